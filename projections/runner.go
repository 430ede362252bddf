package projections

import (
	"context"
	"fmt"
	"sync/atomic"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
)

// Runner follows the Log and feeds the View, and who else wants every Record.
type Runner struct {
	log      *eventlog.Log
	view     *View
	also     []func([]events.Record) error
	target   atomic.Uint64
	applied  atomic.Uint64
	caughtUp chan struct{}
}

// NewRunner returns a Runner for a View that is loading. The others are given every Record behind the View's position,
// once the View has it; what one of them fails with ends Run.
func NewRunner(log *eventlog.Log, view *View, also ...func([]events.Record) error) *Runner {
	return &Runner{log: log, view: view, also: also, caughtUp: make(chan struct{})}
}

// Run reads everything that is in the Log, opens the View, and follows until the context ends, whose error it then
// returns. Any other error is final: the Log has a gap, was changed, or holds what this release cannot read.
func (r *Runner) Run(ctx context.Context) error {
	last, err := r.log.Last(ctx)
	for r.log.Shared() && engine.Temporary(err) && ctx.Err() == nil {
		// a cluster may be electing its leaders for a while
		last, err = r.log.Last(ctx)
	}
	if err != nil {
		return fmt.Errorf("asking how long the log is: %w", err)
	}
	r.target.Store(last)
	r.open()
	return r.log.Follow(ctx, r.view.Head(), func(records []events.Record) error {
		if err := r.view.Apply(records); err != nil {
			return err
		}
		for _, apply := range r.also {
			if err := apply(records); err != nil {
				return err
			}
		}
		r.applied.Add(uint64(len(records)))
		r.open()
		return nil
	})
}

// open opens the View as soon as it has what was in the Log at the start.
func (r *Runner) open() {
	select {
	case <-r.caughtUp:
	default:
		if r.view.Position() >= r.target.Load() {
			r.view.Open()
			close(r.caughtUp)
		}
	}
}

// CaughtUp is closed when the View has everything that was in the Log at the start, and answers.
func (r *Runner) CaughtUp() <-chan struct{} { return r.caughtUp }

// Progress returns how far the View is, and how far it must come to be caught up.
func (r *Runner) Progress() (position, target uint64) { return r.view.Position(), r.target.Load() }

// Followed returns how many Records the Log has delivered.
func (r *Runner) Followed() uint64 { return r.applied.Load() }
