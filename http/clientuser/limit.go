package clientuser

import (
	"net/http"
	"strconv"
	"time"

	"accountd/http/rest"
)

// limiter counts the requests of clients, by their numbers, within the hour of the clock.
type limiter struct{ *rest.Limiter[int64] }

// newLimiter returns a limiter of so many requests that one client may make within an hour.
func newLimiter(most int) *limiter {
	return &limiter{rest.NewLimiter[int64](most, rest.OfClock(time.Hour))}
}

// tell puts into the answer how many requests are left, and for how many seconds that is so.
func (l *limiter) tell(w http.ResponseWriter, left int, now time.Time) {
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.Most()))
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
	left, _ := a.limits.Take(client, now)
	a.limits.tell(w, left, now)
	if left >= 0 {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(untilNextHour(now)))
	return tooMany()
}
