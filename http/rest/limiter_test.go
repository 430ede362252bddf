package rest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2030, 6, 1, 12, 0, 0, 0, time.UTC)

func TestLimiterCountsEachUserByItself(t *testing.T) {
	l, one, other := NewLimiter[uuid.UUID](2, FromFirst(time.Minute)), uuid.New(), uuid.New()
	for _, x := range []struct {
		user uuid.UUID
		at   time.Duration
		left int
		wait time.Duration
	}{
		{one, 0, 1, time.Minute},
		{one, 59 * time.Second, 0, time.Second},
		{other, 59 * time.Second, 1, time.Minute},
		{one, 60*time.Second - 1, -1, 1},
		{one, time.Minute, 1, time.Minute},
		{other, time.Minute, 0, 59 * time.Second},
	} {
		now := noon.Add(x.at)
		left, until := l.Take(x.user, now)
		require.Equal(t, x.left, left, "at %s", x.at)
		require.Equal(t, now.Add(x.wait), until, "at %s", x.at)
	}
}

func TestLimiterCountsWhatComesAtOnce(t *testing.T) {
	const requests = 240
	l, user := NewLimiter[uuid.UUID](requests, FromFirst(time.Minute)), uuid.New()
	var let atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range requests {
				if left, _ := l.Take(user, noon); left >= 0 {
					let.Add(1)
				}
			}
		})
	}
	all.Wait()
	require.EqualValues(t, requests, let.Load())
}

func TestLimiterForgets(t *testing.T) {
	for name, w := range map[string]Window{"from the first": FromFirst(time.Minute),
		"of the clock": OfClock(time.Minute), "sliding": Sliding(time.Minute), "refilling": Refilling(time.Minute)} {
		l := NewLimiter[int](1, w)
		for n := range 100 {
			left, _ := l.Take(n, noon)
			require.Zero(t, left, name)
		}
		left, _ := l.Take(0, noon.Add(59*time.Second))
		require.Negative(t, left, name)
		l.Take(100, noon.Add(2*time.Minute))
		require.Len(t, l.counts, 1, name)
	}
}

// TestWindows takes three within a minute, at seconds past 12:00:10.
func TestWindows(t *testing.T) {
	begin := noon.Add(10 * time.Second)
	for name, c := range map[string]struct {
		window Window
		takes  [][3]int // at, left, until
	}{
		"from the first": {FromFirst(time.Minute), [][3]int{{0, 2, 60}, {30, 1, 60}, {59, 0, 60}, {59, -1, 60},
			{60, 2, 120}}},
		"of the clock": {OfClock(time.Minute), [][3]int{{0, 2, 50}, {30, 1, 50}, {49, 0, 50}, {49, -1, 50},
			{50, 2, 110}}},
		"sliding": {Sliding(time.Minute), [][3]int{{0, 2, 60}, {30, 1, 60}, {59, 0, 60}, {59, -1, 60},
			{60, 0, 90}, {89, -1, 90}, {90, 0, 119}}},
		"refilling": {Refilling(time.Minute), [][3]int{{0, 2, 20}, {0, 1, 40}, {0, 0, 60}, {19, -1, 20},
			{20, 0, 80}, {79, 1, 100}, {200, 2, 220}}},
	} {
		l := NewLimiter[string](3, c.window)
		for _, x := range c.takes {
			left, until := l.Take("a", begin.Add(time.Duration(x[0])*time.Second))
			require.Equal(t, x[1:], []int{left, int(until.Sub(begin).Seconds())}, "%s at %d", name, x[0])
		}
		l.GiveBack("a")
		left, _ := l.Take("a", begin.Add(time.Duration(c.takes[len(c.takes)-1][0])*time.Second))
		require.Equal(t, c.takes[len(c.takes)-1][1], left, "%s: one was given back", name)
	}
}
