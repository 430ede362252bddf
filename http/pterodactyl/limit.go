package pterodactyl

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
)

// All keys of a user together may make so many requests within a window, which the first of them begins.
const (
	maxRequests = 240
	windowTime  = time.Minute
)

// limiter counts the requests of users on this instance.
type limiter struct {
	mu      sync.Mutex
	windows map[uuid.UUID]window
	swept   time.Time
}

type window struct {
	until time.Time
	count int
}

func newLimiter() *limiter { return &limiter{windows: map[uuid.UUID]window{}} }

// take counts a request and returns how many are left until when; a negative number means that this one was too many.
func (l *limiter) take(user uuid.UUID, now time.Time) (left int, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	w := l.windows[user]
	if !now.Before(w.until) {
		w = window{until: now.Add(windowTime)}
	}
	if w.count < maxRequests {
		w.count++
		l.windows[user] = w
		return maxRequests - w.count, w.until
	}
	return -1, w.until
}

// sweep forgets the windows that are over, once per window.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < windowTime {
		return
	}
	l.swept = now
	for user, w := range l.windows {
		if !now.Before(w.until) {
			delete(l.windows, user)
		}
	}
}

// limit counts the request and says in its answer how many are left.
func (a *api) limit(w http.ResponseWriter, user uuid.UUID) error {
	if a.limits == nil {
		return nil
	}
	now := a.now()
	left, until := a.limits.take(user, now)
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(maxRequests))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	if left >= 0 {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(until.Sub(now).Seconds()))))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
	return tooManyAttempts()
}
