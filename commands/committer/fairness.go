package committer

import (
	"context"
	"time"

	"accountd/events"
)

const (
	// minTries and patience are how often at least, and how long, a command is decided before a lost race is the
	// caller's to repeat.
	minTries = 5
	patience = 5 * time.Second
	// contended is how long after another instance's Record it is expected to append more.
	contended = time.Second
)

// fairness knows whether other instances append to the Log, too.
type fairness struct {
	asked  bool          // this instance has asked for the turn
	newest uint64        // sequence that this instance decided on or appended
	others time.Time     // when another instance had appended behind it
	caught time.Duration // how long it took to catch up after the last race that was lost
}

// decides notes on how long a Log this instance decides now.
func (f *fairness) decides(on uint64, now time.Time) {
	if on > f.newest {
		f.others = now
	}
	f.newest = on
}

// appended notes what this instance appended, and reports whether others lately did.
func (f *fairness) appended(records []events.Record, now time.Time) (others bool) {
	if len(records) == 0 {
		return false
	}
	f.newest = records[len(records)-1].Sequence
	return now.Sub(f.others) < contended
}

// giveWay lets another instance append first: it waits for a Record of somebody else, but not much longer than an
// append takes.
func (h *Handler) giveWay(append time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*append)
	defer cancel()
	_ = h.fold.Wait(ctx, h.fairness.newest+1) // or nobody wants to
}

// lossesToAsk is how many races in a row an instance loses before it asks the others for the turn.
const lossesToAsk = 2

// lost asks the others to hold back when races are lost again and again: an instance that is far from the engine would
// never win one, however short the others give way. A round is how long it took to decide and to be refused.
func (h *Handler) lost(losses int, round time.Duration) {
	if losses >= lossesToAsk {
		h.fairness.asked = true
		h.log.AskForTurn(h.fairness.wanted(round))
	}
}

// wanted is how long the others have to hold back: until this instance has caught up and been refused once more, for
// what the others had on its way, and has caught up and appended then. The engine may be near, and the server that
// delivers the Log far away.
func (f *fairness) wanted(round time.Duration) time.Duration {
	return 2*round + 2*max(f.caught, round/2)
}

// hold lets another instance that has asked for the turn append, unless this one asks itself.
func (h *Handler) hold() {
	until := h.log.TurnOfAnother()
	if until.IsZero() || h.fairness.asked {
		return
	}
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	_ = h.fold.Wait(ctx, max(h.fairness.newest, h.log.Newest())+1) // or it has ended, or was lost on the way
	h.log.TurnTaken()
}
