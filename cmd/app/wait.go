package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/pause"
)

// waitPause is between two tries of a start that waits for the cluster.
const waitPause = 500 * time.Millisecond

// await does a step of the start again while the cluster does not answer or elects its leaders: all of a site start at
// once after a power cut. It gives up when Config.NATSWait is over, with what the last try failed with.
func (a *app) await(step func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			err := step(ctx)
			if err == nil || a.config.NATS == "" || ctx.Err() != nil || !temporary(err) {
				a.waiting.Store(false)
				return err
			}
			if time.Since(a.began) > a.config.NATSWait {
				return fmt.Errorf("waited %v for the NATS cluster at %s: %w", a.config.NATSWait, a.config.natsForLog(),
					err)
			}
			if !a.waiting.Swap(true) {
				a.log.Warn("waiting for the NATS cluster", "nats", a.config.natsForLog(), "most", a.config.NATSWait,
					"error", err)
			}
			if ended := pause.For(ctx, waitPause); ended != nil {
				return ended
			}
		}
	}
}

// temporary reports whether a step of the start may succeed a little later.
func temporary(err error) bool {
	return engine.Temporary(err) || errors.Is(err, eventlog.ErrUnavailable)
}
