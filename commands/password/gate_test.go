package password

import (
	"context"
	"errors"
	"fmt"
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
	first, err := h.Admit(t.Context(), Caller{}, "secret")
	require.NoError(t, err)
	second, err := h.Admit(t.Context(), Caller{}, "wrong")
	require.NoError(t, err)
	_, err = h.Admit(t.Context(), Caller{}, "third")
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
		_, err = h.Admit(t.Context(), Caller{}, "x")
		require.NoError(t, err)
	}
	_, err = h.Admit(t.Context(), Caller{}, "")
	require.ErrorIs(t, err, ErrEmpty)
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestOneCallerTakesAFewPlaces has a caller ask for everything: others get in at once, by another name from the same
// address, too, and the caller's own wait for each other, up to a bound.
func TestOneCallerTakesAFewPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slots = 2
		h := New(Options{Slots: slots, Queue: 16})
		busy := Caller{Name: "ann", Address: "192.0.2.1"}
		ctx, cancel := context.WithCancel(t.Context())
		places := make(chan Place, 1000)
		var refused atomic.Int64
		for range slots + callersWait + 10 {
			go func() {
				p, err := h.Admit(ctx, busy, "secret")
				if errors.Is(err, ErrBusy) {
					refused.Add(1)
				}
				if err == nil {
					places <- p
				}
			}()
		}
		synctest.Wait()
		require.Len(t, places, slots, "as many as there are slots")
		require.EqualValues(t, 10, refused.Load())
		for _, other := range []Caller{{"bob", "192.0.2.1"}, {"bob", "192.0.2.2"}, {Name: "carol"}, {}} {
			p, err := h.Admit(t.Context(), other, "secret")
			require.NoError(t, err, other)
			p.Leave()
		}
		for range 3 {
			(<-places).Leave()
			synctest.Wait()
			require.Len(t, places, slots, "the next one of its own")
		}
		cancel()
		synctest.Wait()
		for range slots {
			(<-places).Leave()
		}
		for _, s := range h.shares {
			require.NotContains(t, s.of, s.key(busy), "nothing is kept of who has gone")
		}
	})
}

// TestAnAddressTakesAFewPlaces asks by as many names as there are, from one address.
func TestAnAddressTakesAFewPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Slots: 1, Queue: 16})
		ctx, cancel := context.WithCancel(t.Context())
		var in atomic.Int64
		var has [20]atomic.Bool // a place
		for i := range has {
			go func() {
				if _, err := h.Admit(ctx, Caller{Name: fmt.Sprint(i), Address: "192.0.2.1"}, "secret"); err == nil {
					in.Add(1)
					has[i].Store(true)
				}
			}()
		}
		synctest.Wait()
		require.EqualValues(t, 2, in.Load())
		waits := 0
		for has[waits].Load() {
			waits++
		}
		_, err := h.Admit(t.Context(), Caller{Name: fmt.Sprint(waits), Address: "192.0.2.2"}, "secret")
		require.NoError(t, err, "a name that waits for its address keeps no place of those who come from elsewhere")
		cancel()
		synctest.Wait()
	})
}
