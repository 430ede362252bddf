package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events/engine"
)

const (
	anchorEvery = time.Minute
	drainFor    = 20 * time.Second // what runs may finish within it
)

// run serves until ctx ends or something fails.
func (a *app) run(ctx context.Context) error {
	anchor := time.NewTicker(anchorEvery)
	defer anchor.Stop()
	for {
		select {
		case <-anchor.C:
			_ = a.secure(ctx) // it says what it cannot do
		case <-ctx.Done():
			a.log.Info("stopping")
			a.drain(nil)
			return nil
		case err := <-a.failed:
			a.drain(err)
			return err
		}
	}
}

// drain lets nobody in any more and what runs finish. Until then it still answers, so that /readyz says why.
func (a *app) drain(cause error) {
	patience := drainFor
	if errors.Is(cause, engine.ErrBroken) {
		patience = brokenCloseFor // what waits for the store waits in vain
	}
	a.gate.Drain()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := a.gate.Idle(ctx)
	if err == nil {
		err = a.http.Shutdown(ctx)
	}
	if err != nil {
		a.log.Warn("not all requests have ended", "error", fmt.Errorf("waiting %v: %w", patience, err))
		_ = a.http.Close() // it fails as the listener did
	}
}
