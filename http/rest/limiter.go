package rest

import (
	"sync"
	"time"
)

// Limiter counts requests on this instance, by who makes them: a user, a client, an address. Each may make so many of
// them within a [Window].
type Limiter[K comparable] struct {
	most   int
	window Window

	mu     sync.Mutex
	counts map[K]count
	swept  time.Time
}

// NewLimiter returns a Limiter that lets each make most requests within the window.
func NewLimiter[K comparable](most int, w Window) *Limiter[K] {
	return &Limiter[K]{most: most, window: w, counts: map[K]count{}}
}

// Most returns how many requests each may make within the window.
func (l *Limiter[K]) Most() int { return l.most }

// Take counts a request and returns how many are left until when; a negative number means that this one was too many,
// and does not count.
func (l *Limiter[K]) Take(of K, now time.Time) (left int, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	c := l.counts[of]
	left, until = c.take(l.window, l.most, now)
	l.counts[of] = c
	return left, until
}

// GiveBack makes the newest request that was taken one that was never made.
func (l *Limiter[K]) GiveBack(of K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, ok := l.counts[of]; ok {
		c.giveBack(l.window, l.most)
		l.counts[of] = c
	}
}

// sweep forgets the counts that are over, once per window.
func (l *Limiter[K]) sweep(now time.Time) {
	if now.Sub(l.swept) < l.window.length {
		return
	}
	l.swept = now
	for of, c := range l.counts {
		if !now.Before(c.until) {
			delete(l.counts, of)
		}
	}
}
