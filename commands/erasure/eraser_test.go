package erasure_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/erasure"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/projections"
	"accountd/testing/testlog"
)

// instance is one process's share of the service.
type instance struct {
	t       *testing.T
	log     *eventlog.Log
	view    *projections.View
	handler *committer.Handler
	stop    func()
}

func start(t *testing.T, log *eventlog.Log) *instance {
	t.Helper()
	i := &instance{t: t, log: log, view: projections.NewView()}
	runner := projections.NewRunner(log, i.view)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	<-runner.CaughtUp()
	i.handler = committer.New(log, i.view, committer.Options{})
	i.stop = func() {
		if ended != nil {
			i.handler.Close()
			stop()
			require.ErrorIs(t, <-ended, context.Canceled)
			ended = nil
		}
	}
	t.Cleanup(func() { i.stop() })
	return i
}

func (i *instance) eraser(purges ...erasure.Purge) *erasure.Eraser {
	e := erasure.Start(i.log, i.view, slog.New(slog.DiscardHandler), purges...)
	i.t.Cleanup(e.Close)
	return e
}

func (i *instance) do(c commands.Command) *commands.User {
	i.t.Helper()
	out, err := i.handler.Do(i.t.Context(), commands.Service(), c)
	require.NoError(i.t, err)
	return out.User
}

// people makes an administrator and somebody.
func (i *instance) people() *commands.User {
	i.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "admin", Email: "admin@example.org",
		Active: true}})
	return i.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "ada", Email: "ada@example.org",
		Active: true}})
}

// requireErased reads the log as an instance does that starts now.
func requireErased(t *testing.T, log *eventlog.Log, u *commands.User) {
	t.Helper()
	records, err := log.Read(t.Context(), 0, 100)
	require.NoError(t, err)
	seen := 0
	for _, r := range records {
		require.Equal(t, r.Aggregate.ID == u.ID, r.Erased, "record %d", r.Sequence)
		if r.Erased {
			seen++
			require.Nil(t, r.Event)
			require.NotEmpty(t, r.Type)
		}
	}
	require.NotZero(t, seen)
}

func TestErase(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log)
	u := i.people()
	purged := 0
	e := i.eraser(erasure.Purge{Name: "a queue", Do: func(ctx context.Context, user uuid.UUID) error {
		require.Equal(t, u.ID, user)
		there, err := env.Log.HasKey(ctx, u.Key)
		require.NoError(t, err)
		require.True(t, there, "the key goes last")
		purged++
		return nil
	}})
	require.NoError(t, e.Finish(t.Context(), u.ID), "nothing to do yet")
	there, err := env.Log.HasKey(t.Context(), u.Key)
	require.NoError(t, err)
	require.True(t, there)

	i.do(commands.EraseUser{ID: u.ID})
	require.NoError(t, e.Finish(t.Context(), u.ID))
	require.NoError(t, e.Finish(t.Context(), u.ID), "again")
	require.Equal(t, 1, purged)
	requireErased(t, env.Log, u)
	requireErased(t, env.Another(), u)
	require.Nil(t, i.view.Snapshot().UserByName("ada"))
}

// TestACrashAfterTheRecord leaves a key that the next start finds.
func TestACrashAfterTheRecord(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log)
	u := i.people()
	i.do(commands.EraseUser{ID: u.ID})
	i.stop()
	env.Reopen()

	i = start(t, env.Log)
	done := make(chan uuid.UUID, 1)
	i.eraser(erasure.Purge{Name: "a queue", Do: func(_ context.Context,
		user uuid.UUID) error {
		done <- user
		return nil
	}}).Close()
	select {
	case user := <-done:
		require.Equal(t, u.ID, user)
	default: // it was closed before it began
	}
	require.NoError(t, i.eraser().Finish(t.Context(), u.ID))
	requireErased(t, env.Log, u)
}

// TestACrashAmongThePurges leaves the key as well: what was purged already is purged again.
func TestACrashAmongThePurges(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log)
	u := i.people()
	broken := errors.New("out of order")
	first := 0
	count := erasure.Purge{Name: "a queue", Do: func(context.Context, uuid.UUID) error { first++; return nil }}
	e := i.eraser(count, erasure.Purge{Name: "a store", Do: func(context.Context, uuid.UUID) error { return broken }})
	i.do(commands.EraseUser{ID: u.ID})
	err := e.Finish(t.Context(), u.ID)
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "a store")
	e.Close()
	i.stop()
	env.Reopen()

	i = start(t, env.Log)
	there, err := env.Log.HasKey(t.Context(), u.Key)
	require.NoError(t, err)
	require.True(t, there)
	before := first
	require.NoError(t, i.eraser(count).Finish(t.Context(), u.ID))
	require.Greater(t, first, before)
	requireErased(t, env.Log, u)
}

// TestEveryInstanceDropsItsCopy of the key, also the one that did not erase.
func TestEveryInstanceDropsItsCopy(t *testing.T) {
	env := testlog.Start(t)
	one, other := start(t, env.Log), start(t, env.Another())
	u := one.people()
	e1, e2 := one.eraser(), other.eraser()
	one.do(commands.EraseUser{ID: u.ID})
	require.NoError(t, e1.Finish(t.Context(), u.ID))
	require.NoError(t, other.view.Wait(t.Context(), 4))
	require.NoError(t, e2.Finish(t.Context(), u.ID))
	requireErased(t, other.log, u)
}

// TestTheBackgroundFinishes what nobody waits for.
func TestTheBackgroundFinishes(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log)
	u := i.people()
	done := make(chan uuid.UUID, 1)
	e := i.eraser(erasure.Purge{Name: "a queue",
		Do: func(_ context.Context, user uuid.UUID) error { done <- user; return nil }})
	i.do(commands.DeleteUser{ID: u.ID})
	i.do(commands.EraseUser{ID: u.ID})
	require.Equal(t, u.ID, <-done)
	require.NoError(t, e.Finish(t.Context(), u.ID))
	requireErased(t, env.Log, u)
}

// TestALongErasureGoesOn answers who waits for it, does not hold up another person's, and is not begun twice.
func TestALongErasureGoesOn(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log)
	busy := i.people()
	other := i.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "bob",
		Email: "bob@example.org", Active: true}})
	var begun atomic.Int32
	release := make(chan struct{})
	e := i.eraser(erasure.Purge{Name: "a queue", Do: func(ctx context.Context, user uuid.UUID) error {
		if user != busy.ID {
			return nil
		}
		begun.Add(1)
		select {
		case <-release:
		case <-ctx.Done():
		}
		return ctx.Err()
	}})
	i.do(commands.EraseUser{ID: busy.ID})
	asked, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, e.Finish(asked, busy.ID), erasure.ErrUnfinished)
	i.do(commands.EraseUser{ID: other.ID})
	require.NoError(t, e.Finish(t.Context(), other.ID))
	require.ErrorIs(t, e.Finish(t.Context(), busy.ID), erasure.ErrUnfinished, "after some seconds")
	close(release)
	require.NoError(t, e.Finish(t.Context(), busy.ID))
	require.EqualValues(t, 1, begun.Load())
}
