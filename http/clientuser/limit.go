package clientuser

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limiter counts the requests of clients, on this instance, within the hour of the clock.
type limiter struct {
	most int // requests that one client may make within an hour

	mu     sync.Mutex
	hour   time.Time
	counts map[int64]int // by the client's number
}

func newLimiter(most int) *limiter { return &limiter{most: most, counts: map[int64]int{}} }

// take counts a request of the client and returns how many are left; a negative number means that this one was too many.
func (l *limiter) take(client int64, now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hour := now.Truncate(time.Hour); !hour.Equal(l.hour) {
		l.hour, l.counts = hour, map[int64]int{}
	}
	if l.counts[client] >= l.most {
		return -1
	}
	l.counts[client]++
	return l.most - l.counts[client]
}

// tell puts into the answer how many requests are left, and for how many seconds that is so.
func (l *limiter) tell(w http.ResponseWriter, left int, now time.Time) {
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.most))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	h.Set("X-RateLimit-Reset", strconv.Itoa(untilNextHour(now)))
}

// untilNextHour returns the seconds, rounded up.
func untilNextHour(now time.Time) int {
	left := now.Truncate(time.Hour).Add(time.Hour).Sub(now)
	return int((left + time.Second - 1) / time.Second)
}

// limit counts a request of the client.
func (a *api) limit(w http.ResponseWriter, client int64) error {
	if a.limits == nil {
		return nil
	}
	now := a.now()
	left := a.limits.take(client, now)
	a.limits.tell(w, left, now)
	if left >= 0 {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(untilNextHour(now)))
	return tooMany()
}
