package committer_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/testing/testlog"
)

// TestTogether takes the first start's commands, each of which needs the one before it.
func TestTogether(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log, committer.Options{})
	ctx := context.Background()
	asAdmin := commands.Actor{User: adminID, Credential: "test", Permissions: commands.Granted(events.Permissions{})}
	acmeID, northID, staffID := uuid.New(), uuid.New(), uuid.New()
	all := commands.SetUp{ID: adminID, Commands: []commands.Command{
		commands.CreateClient{ID: acmeID, Client: events.ClientCreated{Name: "Acme"}},
		commands.CreateUser{ID: adminID, User: events.UserCreated{Username: "admin", Email: "admin@example.com",
			Active: true, SuperAdmin: true, Client: 1, Access: "full"}},
		commands.CreateDatacenter{ID: northID, Datacenter: events.DatacenterCreated{Name: "North", Owner: adminID}},
		commands.CreateGroup{ID: staffID, Group: events.GroupCreated{Name: "Staff"}, Datacenters: []uuid.UUID{northID}},
	}}
	out, err := i.handler.Do(ctx, commands.Service(), all)
	require.NoError(t, err)
	require.Equal(t, uint64(5), out.Sequence)
	require.Equal(t, i.view.Snapshot().User(adminID), out.User)
	require.Equal(t, i.view.Snapshot().Directory().Lists(), out.Directory.Lists())
	require.Equal(t, []uuid.UUID{staffID}, out.Directory.Datacenter(northID).Groups)

	records, err := env.Log.Read(ctx, 0, 10)
	require.NoError(t, err)
	require.Equal(t, 5, records[0].Of, "one command")
	require.Equal(t, records[2].Key, records[4].Key, "one datacenter, one key")

	_, err = i.handler.Do(ctx, commands.Service(), all)
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal, "all of it or nothing")
	last, err := env.Log.Last(ctx)
	require.NoError(t, err)
	require.Equal(t, uint64(5), last)

	_, err = i.handler.Do(ctx, asAdmin, commands.SetUp{ID: adminID})
	require.ErrorAs(t, err, &refusal, "for the service alone")

	public, err := i.handler.Do(ctx, asAdmin,
		commands.UpdateDatacenter{ID: northID, Change: events.DatacenterUpdated{Public: new(true)}})
	require.NoError(t, err)
	require.Equal(t, uint64(6), public.Sequence)
	require.Nil(t, public.User)
	again, err := i.handler.Do(ctx, asAdmin, commands.UpdateDatacenter{ID: northID,
		Change: events.DatacenterUpdated{Public: new(true)}})
	require.NoError(t, err)
	require.Equal(t, uint64(6), again.Sequence, "so already")
}

// TestEraseAnswersWithTheSequence also of what was done before, and frees the names.
func TestEraseAnswersWithTheSequence(t *testing.T) {
	i := start(t, testlog.Start(t).Log, committer.Options{})
	administrator(t, i)
	c := create("ada")
	_, err := i.handler.Do(t.Context(), commands.Service(), c)
	require.NoError(t, err)
	for range 2 {
		out, err := i.handler.Do(t.Context(), commands.Service(), commands.EraseUser{ID: c.ID})
		require.NoError(t, err)
		require.EqualValues(t, 4, out.Sequence)
		require.Nil(t, out.User)
	}
	c.ID = uuid.New()
	_, err = i.handler.Do(t.Context(), commands.Service(), c)
	require.NoError(t, err)
}
