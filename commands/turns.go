package commands

import (
	"context"
	"time"

	"accountd/events"
)

const (
	// minTries and patience are how often at least, and how long, a command is decided before a lost race is the caller's to
	// repeat.
	minTries = 5
	patience = 5 * time.Second
	// contended is how long after another instance's Record it is expected to append more.
	contended = time.Second
)

// turns knows whether other instances append to the Log, too.
type turns struct {
	newest uint64    // sequence that this instance decided on or appended
	others time.Time // when another instance had appended behind it
}

// decides notes on how long a Log this instance decides now.
func (t *turns) decides(on uint64, now time.Time) {
	if on > t.newest {
		t.others = now
	}
	t.newest = on
}

// appended notes what this instance appended, and reports whether others lately did.
func (t *turns) appended(records []events.Record, now time.Time) (others bool) {
	if len(records) == 0 {
		return false
	}
	t.newest = records[len(records)-1].Sequence
	return now.Sub(t.others) < contended
}

// giveWay lets another instance append first: it waits for a Record of somebody else, but not much longer than an append
// takes.
func (h *Handler) giveWay(append time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*append)
	defer cancel()
	_ = h.fold.Wait(ctx, h.turns.newest+1) // or nobody wants to
}
