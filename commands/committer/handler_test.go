package committer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/projections"
	"accountd/testing/testlog"
)

var adminID = uuid.MustParse("00000000-0000-4000-8000-000000000001")

// instance is one process's share of the service: a view that follows the log, and a handler on it.
type instance struct {
	view    *projections.View
	handler *committer.Handler
}

func start(t testing.TB, log *eventlog.Log, opts committer.Options) instance {
	t.Helper()
	i := instance{view: projections.NewView()}
	runner := projections.NewRunner(log, i.view)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	<-runner.CaughtUp()
	i.handler = committer.New(log, i.view, opts)
	t.Cleanup(func() {
		i.handler.Close()
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	return i
}

func create(name string) commands.CreateUser {
	return commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: name, Email: name + "@example.org",
		Active: true}}
}

// administrator makes the first user, who is the protected one.
func administrator(t *testing.T, i instance) *commands.User {
	t.Helper()
	made, err := i.handler.Do(context.Background(), commands.Service(), commands.CreateUser{ID: adminID,
		User: events.UserCreated{Username: "admin", Email: "admin@example.com", Active: true, SuperAdmin: true}})
	require.NoError(t, err)
	return made.User
}

func TestDoAnswersWithTheStateItMade(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log, committer.Options{})
	ctx := context.Background()
	administrator(t, i)
	made, err := i.handler.Do(ctx, commands.Service(), create("jan"))
	require.NoError(t, err)
	require.Equal(t, uint64(2), made.Sequence)
	require.Equal(t, i.view.Snapshot().User(made.User.ID), made.User, "a write is seen by the next read")

	again, err := i.handler.Do(ctx, commands.Service(), commands.UpdateUser{ID: made.User.ID, Active: new(true)})
	require.NoError(t, err)
	require.Equal(t, made.User, again.Before)
	again.Before = nil
	require.Equal(t, made, again, "nothing changed")

	three, err := i.handler.Do(ctx, commands.Service(), commands.UpdateUser{ID: made.User.ID, Active: new(false),
		Profile: events.ProfileUpdated{Phone: new("+1 2")}, Rights: events.RightsChanged{APIAccess: new(true)}})
	require.NoError(t, err)
	require.Equal(t, uint64(5), three.Sequence)
	require.Equal(t, i.view.Snapshot().User(made.User.ID), three.User)

	gone, err := i.handler.Do(ctx, commands.Service(), commands.DeleteUser{ID: made.User.ID})
	require.NoError(t, err)
	require.Equal(t, commands.Outcome{Sequence: 6, Before: three.User, Directory: made.Directory}, gone)

	_, err = i.handler.Do(ctx, commands.Service(), commands.DeleteUser{ID: made.User.ID})
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal)
	last, err := env.Log.Last(ctx)
	require.NoError(t, err)
	require.Equal(t, uint64(6), last, "a refusal leaves no trace")
}

func TestDoCarriesTheCause(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log, committer.Options{})
	ctx := context.Background()
	admin := administrator(t, i)
	actor := commands.Actor{User: adminID, Credential: "signing-key:1", Dialect: "native", RequestID: "r-1",
		TraceParent: "00-1", Address: "192.0.2.1", Permissions: commands.Whole()}
	_, err := i.handler.Do(ctx, actor, create("jan"))
	require.NoError(t, err)
	records, err := env.Log.Read(ctx, 0, 10)
	require.NoError(t, err)
	require.Equal(t, events.Cause{Actor: events.System}, records[0].Cause)
	require.Equal(t, events.Cause{Actor: adminID.String(), Credential: "signing-key:1", Dialect: "native", RequestID: "r-1",
		TraceParent: "00-1", Address: "192.0.2.1", AddressKey: admin.Key}, records[1].Cause)
}

func TestExternalProvisioning(t *testing.T) {
	i := start(t, testlog.Start(t).Log, committer.Options{ExternalProvisioning: true})
	ctx := context.Background()
	made, err := i.handler.Do(ctx, commands.Service(), create("jan"))
	require.NoError(t, err)
	require.Equal(t, commands.StateCreating, made.User.State)
	done, err := i.handler.Do(ctx, commands.Service(), commands.CompleteProvisioning{ID: made.User.ID})
	require.NoError(t, err)
	require.Equal(t, commands.StateCreated, done.User.State)
}

// TestRacingWriters lets 16 goroutines on two instances of one log create the same addresses: each address is made
// once, everybody else is refused cleanly, and no number is given twice.
func TestRacingWriters(t *testing.T) {
	env := testlog.Start(t)
	instances := []instance{start(t, env.Log, committer.Options{}), start(t, env.Another(), committer.Options{})}
	const writers, rounds = 16, 20
	var won, lost atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for r := range rounds {
				for {
					_, err := instances[w%2].handler.Do(context.Background(), commands.Service(),
						create(fmt.Sprintf("round%d", r)))
					var refusal *commands.Refusal
					switch {
					case err == nil:
						won.Add(1)
					case errors.As(err, &refusal) && refusal.Kind == commands.Busy:
						continue // told to try again
					case errors.As(err, &refusal) && refusal.Kind == commands.Taken:
						lost.Add(1)
					default:
						t.Errorf("neither made nor refused: %v", err)
					}
					break
				}
			}
		})
	}
	all.Wait()
	require.Equal(t, int64(rounds), won.Load())
	require.Equal(t, int64(rounds*(writers-1)), lost.Load())
	last, err := env.Log.Last(context.Background())
	require.NoError(t, err)
	require.Equal(t, uint64(rounds), last)
	for _, i := range instances {
		require.NoError(t, i.view.Wait(context.Background(), last))
		page, err := i.view.List(projections.Query{Scope: commands.Scope{All: true}, Limit: 1000})
		require.NoError(t, err)
		require.Equal(t, rounds, page.Total)
		for n, u := range page.Users {
			require.Equal(t, int64(n+1), u.Number)
		}
	}
	require.Equal(t, instances[0].view.Head(), instances[1].view.Head())
}

type watcher struct {
	mu     sync.Mutex
	groups []int
}

func (w *watcher) Conflicted() {}
func (w *watcher) Appended(commands, _ int, _ time.Duration) {
	w.mu.Lock()
	w.groups = append(w.groups, commands)
	w.mu.Unlock()
}

// TestCrowdIsGrouped lets many wait at once: what waits together is decided one after another and appended together,
// and a rebuilt view equals the one that ran along.
func TestCrowdIsGrouped(t *testing.T) {
	env := testlog.Start(t)
	var seen watcher
	i := start(t, env.Log, committer.Options{Observer: &seen})
	administrator(t, i)
	const crowd = 300
	var all sync.WaitGroup
	var refused atomic.Int64
	for n := range crowd {
		all.Go(func() {
			ctx := context.Background()
			// 50 names twice
			made, err := i.handler.Do(ctx, commands.Service(), create(fmt.Sprintf("user%d", n%(crowd-50))))
			if err != nil {
				refused.Add(1)
				return
			}
			_, err = i.handler.Do(ctx, commands.Service(), commands.UpdateUser{ID: made.User.ID, Active: new(false),
				Profile: events.ProfileUpdated{Phone: new("+1 2")}})
			require.NoError(t, err)
		})
	}
	all.Wait()
	require.Equal(t, int64(50), refused.Load())
	require.Greater(t, maxOf(seen.groups), 1, "nothing was appended together")

	live := i.view.Snapshot()
	rebuilt := start(t, env.Another(), committer.Options{}).view.Snapshot()
	require.Equal(t, live.Head(), rebuilt.Head())
	for n := range int64(crowd - 50 + 1) {
		require.Equal(t, live.UserByNumber(n+1), rebuilt.UserByNumber(n+1))
	}
}

func maxOf(list []int) int {
	out := 0
	for _, n := range list {
		out = max(out, n)
	}
	return out
}

func TestDoAfterClose(t *testing.T) {
	env := testlog.Start(t)
	view := projections.NewView()
	h := committer.New(env.Log, view, committer.Options{})
	_, err := h.Do(context.Background(), commands.Service(), create("early"))
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "not_ready", refusal.Reason)
	h.Close()
	h.Close()
	_, err = h.Do(context.Background(), commands.Service(), create("late"))
	require.ErrorIs(t, err, committer.ErrClosed)
}
