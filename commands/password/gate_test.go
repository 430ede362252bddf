package password

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestGateNeverLetsMoreInThanItHasSlots(t *testing.T) {
	const slots, callers = 3, 200
	g := newGate(slots, callers)
	var in, most atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			if g.enter(t.Context()) != nil {
				t.Error("turned away although the queue holds everybody")
				return
			}
			defer g.leave()
			n := in.Add(1)
			defer in.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, most.Load(), int64(slots))
	require.Zero(t, g.running())
	require.Zero(t, g.waiting())
}

func TestGateQueuesThenIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 2)
		require.NoError(t, g.enter(t.Context()))

		var order []int
		for i := range 2 {
			go func() {
				if g.enter(t.Context()) == nil {
					order = append(order, i) // guarded by the only slot
					g.leave()
				}
			}()
			synctest.Wait()
		}
		require.Equal(t, 1, g.running())
		require.Equal(t, 2, g.waiting())
		require.ErrorIs(t, g.enter(t.Context()), ErrBusy)

		g.leave()
		synctest.Wait()
		require.Equal(t, []int{0, 1}, order, "first come, first served")
		require.NoError(t, g.enter(t.Context()), "room again")
	})
}

func TestGateGivesTheQueuedPlaceBackWhenTheCallerGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1)
		require.NoError(t, g.enter(t.Context()))

		ctx, cancel := context.WithCancel(t.Context())
		var err error
		go func() { err = g.enter(ctx) }()
		synctest.Wait()
		require.Equal(t, 1, g.waiting())

		cancel()
		synctest.Wait()
		require.ErrorIs(t, err, context.Canceled)
		require.Zero(t, g.waiting())
		require.Equal(t, 1, g.running())
	})
}

func TestGateRefusesWhoIsGoneAlready(t *testing.T) {
	g := newGate(1, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, g.enter(ctx), context.Canceled)
	require.Zero(t, g.running())
}

// TestKeptPlaces keeps every place: nobody else is let in until one is left, by its use or without.
func TestKeptPlaces(t *testing.T) {
	h := New(Options{Slots: 1, Queue: 1})
	hash, err := h.Hash(t.Context(), "secret")
	require.NoError(t, err)
	first, err := h.Admit("secret")
	require.NoError(t, err)
	second, err := h.Admit("wrong")
	require.NoError(t, err)
	_, err = h.Admit("third")
	require.ErrorIs(t, err, ErrBusy)
	_, err = h.Hash(t.Context(), "third")
	require.ErrorIs(t, err, ErrBusy)
	require.Zero(t, h.Running())

	ok, _, err := second.Verify(t.Context(), hash)
	require.NoError(t, err)
	require.False(t, ok)
	second.Leave() // again
	ok, _, err = h.Verify(t.Context(), hash, "secret")
	require.NoError(t, err)
	require.True(t, ok, "there is a place again")
	_, _, err = first.Verify(canceled(t), hash)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, h.Waiting())
	for range 2 {
		_, err = h.Admit("x")
		require.NoError(t, err)
	}
	_, err = h.Admit("")
	require.ErrorIs(t, err, ErrEmpty)
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
