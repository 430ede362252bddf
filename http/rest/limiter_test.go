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
	l, one, other := NewLimiter(2, time.Minute), uuid.New(), uuid.New()
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
	l, user := NewLimiter(requests, time.Minute), uuid.New()
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
	l := NewLimiter(1, time.Minute)
	for range 100 {
		l.Take(uuid.New(), noon)
	}
	l.Take(uuid.New(), noon.Add(time.Minute))
	require.Len(t, l.windows, 1)
}
