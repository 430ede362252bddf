package session

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/testlog"
)

func requireCount(t *testing.T, s *Store, key string, want int) {
	t.Helper()
	n, err := s.Count(ctx, key, 15*time.Minute)
	require.NoError(t, err)
	require.Equal(t, want, n)
}

func TestCountWithinTheWindow(t *testing.T) {
	s := open(t, testlog.Start(t))
	requireCount(t, s, "anna", 1)
	requireCount(t, s.later(10*time.Minute), "anna", 2)
	requireCount(t, s, "bert", 1)
	requireCount(t, s.later(16*time.Minute), "anna", 2) // the first one is out
	require.NoError(t, s.Forget(ctx, "anna"))
	requireCount(t, s, "anna", 1)
	require.NoError(t, s.Forget(ctx, "nobody"))
}

func TestCountIsBounded(t *testing.T) {
	s := open(t, testlog.Start(t))
	for n := range maxCounted {
		requireCount(t, s, "anna", n+1)
	}
	requireCount(t, s, "anna", maxCounted)
}

// TestCountRace has many count at once on several instances: none is lost, none counted twice.
func TestCountRace(t *testing.T) {
	env := testlog.Start(t)
	stores := []*Store{open(t, env), open(t, env)}
	var mu sync.Mutex
	var got, want []int
	var work sync.WaitGroup
	for n := range 48 {
		want = append(want, n+1)
		work.Go(func() {
			count, err := stores[n%2].Count(ctx, "anna", time.Hour)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			got = append(got, count)
			mu.Unlock()
		})
	}
	work.Wait()
	require.ElementsMatch(t, want, got)
}
