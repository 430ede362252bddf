package eventlog

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// How far the clock may be from what it is compared with. Times in a Log never go back, so that one Record of a clock
// that is ahead stamps all that follow it.
const (
	// clockRested is how long a Log may have rested: nobody can tell a clock that is ahead from a service that was
	// stopped.
	clockRested = 366 * 24 * time.Hour
	// clockAhead is how far the clock may jump while the Log is open: no machine sleeps for longer.
	clockAhead = 30 * 24 * time.Hour
	// clockBehind is how far the clock may be behind the newest Record, and off from the cluster's.
	clockBehind = time.Hour
	// clockTold is from where on it is told, and restTold where the Log may have rested.
	clockTold = 5 * time.Minute
	restTold  = 14 * 24 * time.Hour
)

// clock tells the time, and whether it can be right.
type clock struct {
	now     func() time.Time
	elapsed func() time.Duration // since begun, whatever happened to the clock meanwhile
	begun   time.Time
	any     bool // whatever it says is accepted, and told
	log     *slog.Logger
	told    atomic.Bool // of a jump
}

func newClock(o Options) *clock {
	c := &clock{now: o.Now, elapsed: o.Elapsed, any: o.AnyClock, log: o.Logger}
	if c.now == nil {
		c.now = time.Now
	}
	if c.elapsed == nil {
		begun := time.Now()
		c.elapsed = func() time.Duration { return time.Since(begun) }
	}
	c.begun = c.now()
	return c
}

// stamp returns the time for new Records. It returns [ErrClock] when the clock has jumped further since the Log was
// opened than a machine sleeps.
func (c *clock) stamp() (time.Time, error) {
	now := c.now()
	jumped := now.Round(0).Sub(c.begun.Round(0)) - c.elapsed() // of the clock on the wall
	if jumped.Abs() > clockTold && !c.told.Swap(true) {
		c.log.Warn("the clock has jumped", "by", jumped.Round(time.Second), "to", now.UTC().Format(time.RFC3339))
	}
	if jumped.Abs() > clockAhead && !c.any {
		return now, fmt.Errorf("%w: it has jumped by %v, to %s", ErrClock, jumped.Round(time.Second),
			now.UTC().Format(time.RFC3339))
	}
	return now, nil
}

// checkClock compares the clock with the newest Record and, on a cluster, with the clock of the server that leads the
// stream, before anything is written. It returns [ErrClock].
func (l *Log) checkClock(ctx context.Context, last uint64, server time.Time) error {
	now := l.clock.now()
	if l.Shared() && !server.IsZero() {
		if err := l.clock.compare("the cluster's clock", server, now, clockBehind, clockBehind); err != nil {
			return err
		}
	}
	if last == 0 {
		return nil
	}
	newest, err := l.timeOf(ctx, last)
	if err != nil {
		return nil // who follows the Log says what is wrong with the Record
	}
	return l.clock.compare("the log's newest record", newest, now, clockRested, clockBehind)
}

// compare refuses a clock that is further ahead or behind than it may be, or tells.
func (c *clock) compare(with string, other, now time.Time, ahead, behind time.Duration) error {
	off := now.Sub(other)
	if off > -clockTold && off < max(clockTold, min(ahead/2, restTold)) {
		return nil
	}
	line := fmt.Sprintf("it says %s; %s says %s", now.UTC().Format(time.RFC3339), with,
		other.UTC().Format(time.RFC3339))
	if (off > ahead || off < -behind) && !c.any {
		return fmt.Errorf("%w: %s", ErrClock, line)
	}
	c.log.Warn("is the clock right? "+line, "off", off.Round(time.Second))
	return nil
}
