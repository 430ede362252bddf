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

// TestDoOnce has two instances carry out one command, as when the first one was held for dead: whoever is second is
// answered from the log, although it knew of nothing when it began.
func TestDoOnce(t *testing.T) {
	env := testlog.Start(t)
	one, two := start(t, env.Log, committer.Options{}), start(t, env.Another(), committer.Options{})
	ctx := context.Background()
	admin := administrator(t, one)
	link := func(name string) commands.Command {
		return commands.LinkResource{ID: admin.ID, Resource: events.ResourceLinked{Kind: "server", ID: "1", Name: name}}
	}
	once := committer.Once{ID: uuid.New(), After: one.view.Position()}
	first, err := one.handler.DoOnce(ctx, commands.Service(), link("first"), once)
	require.NoError(t, err)
	second, err := one.handler.Do(ctx, commands.Service(), link("second"))
	require.NoError(t, err)
	require.NoError(t, two.view.Wait(ctx, second.Sequence))

	for _, again := range []bool{false, true} {
		once.Again = again
		second, err := two.handler.DoOnce(ctx, commands.Service(), link("first"), once)
		require.NoError(t, err)
		require.Equal(t, first.Sequence, second.Sequence)
		require.Equal(t, first.User, second.User)
		require.Equal(t, first.Before, second.Before)
	}
	last, err := env.Log.Last(ctx)
	require.NoError(t, err)
	require.Equal(t, first.Sequence+1, last)

	other, err := two.handler.DoOnce(ctx, commands.Service(), link("first"),
		committer.Once{ID: uuid.New(), Again: true})
	require.NoError(t, err)
	require.Equal(t, last+1, other.Sequence, "another command is another one")
}
