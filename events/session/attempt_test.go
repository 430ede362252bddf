package session

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/testlog"
)

const lease = time.Minute

func begin(t *testing.T, s *Store, request string, again bool) (*Attempt, string, error) {
	t.Helper()
	a, answer, err := s.Begin(ctx, "name", []byte(request), lease, again)
	return a, string(answer), err
}

func TestAnAttemptIsAnsweredAgain(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	a, answer, err := begin(t, s, "r", false)
	require.NoError(t, err)
	require.Empty(t, answer)
	_, _, err = begin(t, s, "r", true)
	require.ErrorIs(t, err, ErrRunning)
	_, _, err = begin(t, s, "other", true)
	require.ErrorIs(t, err, ErrOther)
	require.NoError(t, a.End(ctx, []byte("done")))
	env.Reopen()

	s = open(t, env)
	_, answer, err = begin(t, s.later(23*time.Hour), "r", false)
	require.NoError(t, err)
	require.Equal(t, "done", answer)
	_, _, err = begin(t, s, "other", true)
	require.ErrorIs(t, err, ErrOther)
}

func TestAnAttemptThatHadNoEffect(t *testing.T) {
	s := open(t, testlog.Start(t))
	a, _, err := begin(t, s, "r", false)
	require.NoError(t, err)
	require.NoError(t, a.Abandon(ctx))
	_, answer, err := begin(t, s, "other", false)
	require.NoError(t, err)
	require.Empty(t, answer)
}

// TestAnAttemptThatNobodyEnded is what a crash leaves behind.
func TestAnAttemptThatNobodyEnded(t *testing.T) {
	s := open(t, testlog.Start(t))
	_, _, err := begin(t, s, "r", false)
	require.NoError(t, err)
	after := s.later(lease + time.Second)
	_, _, err = begin(t, after, "r", false)
	require.ErrorIs(t, err, ErrLost)
	a, answer, err := begin(t, after, "r", true)
	require.NoError(t, err)
	require.Empty(t, answer)
	_, _, err = begin(t, after, "r", true)
	require.ErrorIs(t, err, ErrRunning)
	require.NoError(t, a.End(ctx, []byte("done")))
	_, answer, err = begin(t, after, "r", false)
	require.NoError(t, err)
	require.Equal(t, "done", answer)
}

// TestAttemptsRace has many begin the same request at once on two instances: one carries it out.
func TestAttemptsRace(t *testing.T) {
	env := testlog.Start(t)
	stores := []*Store{open(t, env), open(t, env)}
	var won, running atomic.Int64
	var all sync.WaitGroup
	for n := range 32 {
		all.Go(func() {
			switch _, _, err := stores[n%2].Begin(ctx, "name", []byte("r"), lease, true); err {
			case nil:
				won.Add(1)
			case ErrRunning:
				running.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 31, running.Load())
}
