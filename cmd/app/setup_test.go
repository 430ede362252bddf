package app

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/projections"
	"accountd/testing/testlog"
)

func TestSetUp(t *testing.T) {
	env := testlog.Start(t)
	view := projections.NewView()
	view.Open()
	handler := committer.New(env.Log, view, committer.Options{})
	t.Cleanup(handler.Close)
	ctx := context.Background()

	cmd, application, _ := newAdministrator()
	made, err := handler.Do(ctx, commands.Service(), cmd) // a release that had users only
	require.NoError(t, err)
	out, err := handler.Do(ctx, commands.Service(), completion(made.User))
	require.NoError(t, err)
	require.Equal(t, []any{int64(1), "full"}, []any{out.User.Client, out.User.Access})
	requirePlaces(t, out)

	fresh := testlog.Start(t)
	second := projections.NewView()
	second.Open()
	first := committer.New(fresh.Log, second, committer.Options{})
	t.Cleanup(first.Close)
	out, err = first.Do(ctx, commands.Service(), firstStart(cmd, application))
	require.NoError(t, err)
	require.EqualValues(t, commands.AdministratorNumber, out.User.Number)
	requirePlaces(t, out)
	app := out.Directory.ApplicationByAppID(application.Application.AppID)
	require.Equal(t, []any{out.User.ID, int64(1), "trusted", "all"}, []any{app.User, app.Client, app.Kind, app.Access})

	_, err = first.Do(ctx, commands.Service(), completion(out.User))
	require.ErrorContains(t, err, "already_set_up")
}

func requirePlaces(t *testing.T, out commands.Outcome) {
	t.Helper()
	main, second := out.Directory.DatacenterByName("main"), out.Directory.DatacenterByName("admin")
	require.Equal(t, []any{int64(1), true, out.User.ID}, []any{main.Number, main.Public, main.Owner})
	require.Equal(t, []any{int64(2), false, out.User.ID}, []any{second.Number, second.Public, second.Owner})
	require.Equal(t, []string{"admin"}, out.Directory.GroupByName("admins").Permissions)
	require.Equal(t, "main", out.Directory.ClientByNumber(1).Name)
}
