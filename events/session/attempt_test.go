package session

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/testing/testlog"
)

func begin(t *testing.T, s *Store, request string) (*Attempt, string, error) {
	t.Helper()
	a, answer, err := s.Begin(ctx, Request{Name: "name", About: user, Digest: []byte(request), Since: 7})
	return a, string(answer), err
}

// instance opens the bucket as one of several instances on a cluster does.
func instance(t *testing.T, env *testlog.Env) *Store {
	t.Helper()
	s := open(t, env)
	s.attempts = newAttempts(false)
	return s
}

func requireRunning(t *testing.T, err error) {
	t.Helper()
	var running RunningError
	require.ErrorAs(t, err, &running)
	require.Greater(t, running.For, time.Duration(0))
	require.LessOrEqual(t, running.For, leaseFor)
}

func TestAnAttemptIsAnsweredAgain(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	a, answer, err := begin(t, s, "r")
	require.NoError(t, err)
	require.Empty(t, answer)
	require.False(t, a.Again)
	require.EqualValues(t, 7, a.Since)
	_, _, err = begin(t, s, "r")
	requireRunning(t, err)
	_, _, err = begin(t, s, "other")
	require.ErrorIs(t, err, ErrOther)
	require.NoError(t, a.End(ctx, []byte("done")))
	require.NoError(t, a.Release(ctx))
	env.Reopen()

	s = open(t, env)
	_, answer, err = begin(t, s.later(23*time.Hour), "r")
	require.NoError(t, err)
	require.Equal(t, "done", answer)
	_, _, err = begin(t, s, "other")
	require.ErrorIs(t, err, ErrOther)
}

// TestAnAttemptThatIsReleased is made again from where the first one began.
func TestAnAttemptThatIsReleased(t *testing.T) {
	env := testlog.Start(t)
	for _, s := range []*Store{open(t, env), instance(t, env)} {
		name := Request{Name: uuid.NewString(), Digest: []byte("r"), Since: 7}
		first, _, err := s.Begin(ctx, name)
		require.NoError(t, err)
		require.NoError(t, first.Release(ctx))
		name.Since = 9
		again, answer, err := s.Begin(ctx, name)
		require.NoError(t, err)
		require.Empty(t, answer)
		require.True(t, again.Again)
		require.EqualValues(t, 7, again.Since)
		require.Equal(t, first.Seed, again.Seed)
		require.NoError(t, again.End(ctx, []byte("done")))
	}
}

// TestAnAttemptOfAProcessThatIsGone is void at once where one process alone writes.
func TestAnAttemptOfAProcessThatIsGone(t *testing.T) {
	env := testlog.Start(t)
	first, _, err := begin(t, open(t, env), "r")
	require.NoError(t, err)
	env.Reopen()
	again, answer, err := begin(t, open(t, env), "r")
	require.NoError(t, err)
	require.Empty(t, answer)
	require.True(t, again.Again)
	require.Equal(t, first.Seed, again.Seed)
}

// TestAnAttemptOfAnotherInstance is left to it as long as its lease lasts, which is not long.
func TestAnAttemptOfAnotherInstance(t *testing.T) {
	env := testlog.Start(t)
	gone, other := instance(t, env), instance(t, env)
	a, _, err := begin(t, gone, "r")
	require.NoError(t, err)
	a.end() // nobody renews the lease any more
	_, _, err = begin(t, other, "r")
	requireRunning(t, err)
	again, _, err := begin(t, other.later(leaseFor+time.Second), "r")
	require.NoError(t, err)
	require.Equal(t, a.Seed, again.Seed)
	require.NoError(t, again.End(ctx, []byte("second")))
	require.NoError(t, a.End(ctx, []byte("first")), "it comes too late")
	_, answer, err := begin(t, gone, "r")
	require.NoError(t, err)
	require.Equal(t, "second", answer)
}

// TestALeaseIsRenewed as long as the request is worked at.
func TestALeaseIsRenewed(t *testing.T) {
	env := testlog.Start(t)
	s := instance(t, env)
	a, _, err := begin(t, s, "r")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		c, err := s.cells.get(ctx, a.key)
		require.NoError(t, err)
		var kept attempt
		require.NoError(t, json.Unmarshal(c.value, &kept))
		return kept.Until.After(a.kept.Until)
	}, 10*renewEvery, renewEvery/10)
	require.NoError(t, a.End(ctx, []byte("done")))
}

// TestAttemptsRace has many begin the same request at once on two instances: one carries it out.
func TestAttemptsRace(t *testing.T) {
	env := testlog.Start(t)
	stores := []*Store{instance(t, env), instance(t, env)}
	var won, running atomic.Int64
	var all sync.WaitGroup
	for n := range 32 {
		all.Go(func() {
			switch _, _, err := stores[n%2].Begin(ctx, Request{Name: "name", Digest: []byte("r")}); err.(type) {
			case nil:
				won.Add(1)
			case RunningError:
				running.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 31, running.Load())
}

// TestForgetAbout leaves no answer about the user, nor one to a request that is being carried out.
func TestForgetAbout(t *testing.T) {
	s := open(t, testlog.Start(t))
	require.NoError(t, s.ForgetAbout(ctx, user))
	mine, theirs := Request{Name: "mine", About: user, Digest: []byte("r")},
		Request{Name: "theirs", Digest: []byte("r")}
	running := Request{Name: "running", About: user, Digest: []byte("r")}
	for _, r := range []Request{mine, theirs} {
		a, _, err := s.Begin(ctx, r)
		require.NoError(t, err)
		require.NoError(t, a.End(ctx, []byte("personal")))
	}
	a, _, err := s.Begin(ctx, running)
	require.NoError(t, err)
	require.NoError(t, s.ForgetAbout(ctx, user))
	require.NoError(t, a.End(ctx, []byte("personal")))
	for r, want := range map[*Request]string{&mine: "", &running: "", &theirs: "personal"} {
		_, answer, err := s.Begin(ctx, *r)
		require.NoError(t, err)
		require.Equal(t, want, string(answer), r.Name)
	}
}
