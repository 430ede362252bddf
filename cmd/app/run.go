package app

import (
	"context"
	"fmt"
	"time"
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
			if err := a.saveAnchor(); err != nil {
				a.log.Error("the log's place could not be stored", "error", err)
			}
		case <-ctx.Done():
			a.log.Info("stopping")
			a.drain()
			return nil
		case err := <-a.failed:
			a.drain()
			return err
		}
	}
}

// drain lets nobody in any more and what runs finish.
func (a *app) drain() {
	a.gate.Drain()
	ctx, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	if err := a.http.Shutdown(ctx); err != nil {
		a.log.Warn("not all requests have ended", "error", fmt.Errorf("waiting %v: %w", drainFor, err))
		_ = a.http.Close() // it fails as the listener did
	}
}
