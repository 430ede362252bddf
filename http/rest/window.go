package rest

import (
	"slices"
	"time"
)

// Window is the time within which a [Limiter] counts.
type Window struct {
	kind   windowKind
	length time.Duration
}

type windowKind int

const (
	fromFirst windowKind = iota
	ofClock
	sliding
	refilling
)

// FromFirst returns the window that the first request begins: past its end, another request begins another one.
func FromFirst(length time.Duration) Window { return Window{fromFirst, length} }

// OfClock returns the window that the clock begins, such as an hour from one full hour to the next.
func OfClock(length time.Duration) Window { return Window{ofClock, length} }

// Sliding returns the window that ends now. It remembers the time of every request.
func Sliding(length time.Duration) Window { return Window{sliding, length} }

// Refilling returns the window whose requests come back one by one, evenly, until all are there again: a token bucket.
func Refilling(length time.Duration) Window { return Window{refilling, length} }

// count is what one made of late.
type count struct {
	until time.Time   // then it is over
	n     int         // requests within a window that has a beginning
	times []time.Time // of the requests within a window that slides, the oldest first
}

// take counts a request; see [Limiter.Take].
func (c *count) take(w Window, most int, now time.Time) (left int, until time.Time) {
	switch w.kind {
	case sliding:
		return c.slide(w, most, now)
	case refilling:
		return c.refill(w, most, now)
	}
	if !now.Before(c.until) {
		c.n, c.until = 0, w.end(now)
	}
	if c.n >= most {
		return -1, c.until
	}
	c.n++
	return most - c.n, c.until
}

// end returns the end of the window that a request of now begins.
func (w Window) end(now time.Time) time.Time {
	if w.kind == ofClock {
		now = now.Truncate(w.length)
	}
	return now.Add(w.length)
}

// slide is take for a window that ends now. There is room again when the oldest request is out of it.
func (c *count) slide(w Window, most int, now time.Time) (left int, until time.Time) {
	within := slices.IndexFunc(c.times, func(t time.Time) bool { return now.Sub(t) < w.length })
	if within < 0 {
		within = len(c.times)
	}
	c.times = c.times[within:]
	if left = most - 1 - len(c.times); left >= 0 {
		c.times = append(c.times, now)
		c.until = now.Add(w.length)
	}
	if len(c.times) == 0 {
		return -1, now.Add(w.length) // nobody may ask at all
	}
	return max(left, -1), c.times[0].Add(w.length)
}

// refill is take for requests that come back one by one: each puts off the time when all are there again.
func (c *count) refill(w Window, most int, now time.Time) (left int, until time.Time) {
	each := w.length / time.Duration(max(most, 1))
	full := c.until
	if full.Before(now) {
		full = now
	}
	full = full.Add(each)
	room := w.length - full.Sub(now)
	if room < 0 || most <= 0 {
		return -1, now.Add(-room)
	}
	c.until = full
	return int(room / each), full
}

// giveBack takes the newest request back.
func (c *count) giveBack(w Window, most int) {
	switch {
	case w.kind == refilling:
		c.until = c.until.Add(-w.length / time.Duration(max(most, 1)))
	case len(c.times) > 0:
		c.times = c.times[:len(c.times)-1]
	case c.n > 0:
		c.n--
	}
}
