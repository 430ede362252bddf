package rest

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// Limiter counts the requests of users on this instance. All credentials of a user together may make so many of them within
// a window, which the first one begins.
type Limiter struct {
	most   int
	length time.Duration // of a window

	mu      sync.Mutex
	windows map[uuid.UUID]window
	swept   time.Time
}

type window struct {
	until time.Time
	count int
}

// NewLimiter returns a Limiter that lets each user make most requests within a window of that length.
func NewLimiter(most int, length time.Duration) *Limiter {
	return &Limiter{most: most, length: length, windows: map[uuid.UUID]window{}}
}

// Take counts a request and returns how many are left until when; a negative number means that this one was too many.
func (l *Limiter) Take(user uuid.UUID, now time.Time) (left int, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	w := l.windows[user]
	if !now.Before(w.until) {
		w = window{until: now.Add(l.length)}
	}
	if w.count >= l.most {
		return -1, w.until
	}
	w.count++
	l.windows[user] = w
	return l.most - w.count, w.until
}

// GiveBack makes a request that was taken one that was never made.
func (l *Limiter) GiveBack(user uuid.UUID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, ok := l.windows[user]; ok && w.count > 0 {
		w.count--
		l.windows[user] = w
	}
}

// sweep forgets the windows that are over, once per window.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < l.length {
		return
	}
	l.swept = now
	for user, w := range l.windows {
		if !now.Before(w.until) {
			delete(l.windows, user)
		}
	}
}
