package session

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/testlog"
)

func TestAdvance(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	for _, next := range []struct {
		step int64
		want bool
	}{{7, true}, {7, false}, {6, false}, {9, true}, {8, false}} {
		ok, err := s.Advance(ctx, "anna", next.step, time.Hour)
		require.NoError(t, err)
		require.Equal(t, next.want, ok, next.step)
	}
	env.Reopen()
	ok, err := open(t, env).Advance(ctx, "anna", 9, time.Hour)
	require.NoError(t, err)
	require.False(t, ok, "it is kept")
}

// TestAdvanceRace has many bring the same step at once, on two instances.
func TestAdvanceRace(t *testing.T) {
	env := testlog.Start(t)
	stores := []*Store{open(t, env), open(t, env)}
	var first atomic.Int32
	var work sync.WaitGroup
	for n := range 32 {
		work.Go(func() {
			ok, err := stores[n%2].Advance(ctx, "anna", 7, time.Hour)
			if err != nil {
				t.Error(err)
			}
			if ok {
				first.Add(1)
			}
		})
	}
	work.Wait()
	require.EqualValues(t, 1, first.Load())
}
