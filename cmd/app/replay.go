package app

import (
	"context"
	"fmt"
	"time"

	"accountd/projections"
)

const progressEvery = 2 * time.Second

// replay starts following the log, and returns when everything in it has been read.
func (a *app) replay(ctx context.Context) error {
	a.runner = projections.NewRunner(a.history, a.service.View, a.tree.Apply)
	failed := a.follow()
	a.gate.Replaying(a.runner.Progress)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-a.runner.CaughtUp():
			return nil
		case err := <-failed:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
			if p, ok := a.gate.Progress(); ok {
				a.log.Info("reading the log", "progress", p.String())
			}
		}
	}
}

// follow runs the runner, in the background, until the service ends. What it fails with ends the service.
func (a *app) follow() <-chan error {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.runner.Run(ctx); ctx.Err() == nil {
			a.failed <- a.explained(fmt.Errorf("following the log: %w", err))
		}
	}()
	a.onClose(func() error {
		stop()
		<-done
		return nil
	})
	return a.failed
}
