package session

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/testing/testlog"
)

var (
	slow = Backoff{Free: 3, Window: 15 * time.Minute, First: time.Second, Longest: 15 * time.Minute}
	noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
)

func try(t *testing.T, s *Store, key string, at time.Time) (Try, time.Duration) {
	t.Helper()
	done, wait, err := s.Try(ctx, key, slow, at)
	require.NoError(t, err)
	return done, wait
}

// requireTries fails until nothing more is let through at that time, and returns what the last one cost.
func requireTries(t *testing.T, s *Store, key string, at time.Time, want int) (cost time.Duration) {
	t.Helper()
	for range want {
		done, wait := try(t, s, key, at)
		require.Zero(t, wait)
		if cost = 0; !done.Until.IsZero() {
			cost = done.Until.Sub(at)
		}
	}
	_, wait := try(t, s, key, at)
	require.Equal(t, cost, wait)
	return cost
}

func TestTriesDouble(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	at, cost := noon, requireTries(t, s, "anna", noon, 4)
	require.Equal(t, time.Second, cost)
	for _, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900} {
		at = at.Add(cost)
		cost = requireTries(t, s, "anna", at, 1)
		require.Equal(t, want*time.Second, cost)
	}
	requireTries(t, open(t, env), "bert", at, 4)
	env.Reopen()
	_, wait := try(t, open(t, env), "anna", at.Add(time.Minute))
	require.Equal(t, 14*time.Minute, wait, "it is kept")
	for after, want := range map[time.Duration]time.Duration{time.Minute: 14 * time.Minute, 15 * time.Minute: 0,
		time.Hour: 0} {
		wait, err := open(t, env).Waits(ctx, "anna", at.Add(after))
		require.NoError(t, err)
		require.Equal(t, want, wait)
	}
	wait, err := open(t, env).Waits(ctx, "nobody", at)
	require.NoError(t, err)
	require.Zero(t, wait)
}

func TestTriesLapse(t *testing.T) {
	s := open(t, testlog.Start(t))
	requireTries(t, s, "anna", noon, 4)
	requireTries(t, s, "anna", noon.Add(15*time.Minute), 1) // the wait of a second does not count
	requireTries(t, s, "anna", noon.Add(30*time.Minute+5*time.Second), 4)
	require.NoError(t, s.Forget(ctx, "anna"))
	requireTries(t, s, "anna", noon.Add(31*time.Minute), 4)
}

func TestTryTakenBack(t *testing.T) {
	s := open(t, testlog.Start(t))
	first, _ := try(t, s, "anna", noon)
	try(t, s, "anna", noon)
	try(t, s, "anna", noon)
	fourth, _ := try(t, s, "anna", noon)
	require.Equal(t, noon.Add(time.Second), fourth.Until)
	for range 2 { // the second time there is nothing to take back
		require.NoError(t, s.TakeBack(ctx, "anna", slow, fourth, noon))
	}
	requireTries(t, s, "anna", noon, 1)
	require.NoError(t, s.TakeBack(ctx, "anna", slow, first, noon))
	_, wait := try(t, s, "anna", noon)
	require.Equal(t, time.Second, wait, "the wait is not that try's")
	requireTries(t, s, "anna", noon.Add(time.Second), 1)
}

// TestTriesRace has many try at once on two instances: as many are let through as one after another would be.
func TestTriesRace(t *testing.T) {
	env := testlog.Start(t)
	stores := []*Store{open(t, env), open(t, env)}
	var mu sync.Mutex
	let := 0
	var work sync.WaitGroup
	for n := range 48 {
		work.Go(func() {
			_, wait, err := stores[n%2].Try(ctx, "anna", slow, noon)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if wait == 0 {
				let++
			}
		})
	}
	work.Wait()
	require.Equal(t, slow.Free+1, let)
}

// TestNoSequenceOfTriesGetsPast tries at any moments, takes any of them back, and looks at every quarter of an hour:
// the free failures, and then those that the doubled waits leave room for.
func TestNoSequenceOfTriesGetsPast(t *testing.T) {
	const most = 3 + 10 // 1 + 2 + … + 512 seconds are more than the window
	rapid.Check(t, func(t *rapid.T) {
		var kept tries
		var failed []time.Time
		now := noon
		for range rapid.IntRange(1, 120).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(3*time.Minute)).Draw(t,
				"pause")) / time.Duration(rapid.SampledFrom([]int{1, 60, 1000}).Draw(t, "pace")))
			if wait := time.Duration(kept.Until-now.UnixMicro()) * time.Microsecond; wait > 0 && rapid.Bool().Draw(t,
				"patient") {
				now = now.Add(wait)
			}
			done, wait := kept.try(slow, now)
			switch {
			case wait > 0:
				assert.LessOrEqual(t, wait, slow.Longest)
			case rapid.IntRange(0, 4).Draw(t, "outcome") == 0:
				assert.True(t, kept.takeBack(done))
			default:
				failed = append(failed, now)
			}
		}
		for i := range failed {
			n := 0
			for _, at := range failed[i:] {
				if at.Sub(failed[i]) < slow.Window {
					n++
				}
			}
			require.LessOrEqual(t, n, most)
		}
	})
}
