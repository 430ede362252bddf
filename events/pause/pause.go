// Package pause waits before something is tried or looked at again.
//
// It promises to return at once when nobody wants to go on. Its one invariant is that no timer outlives a wait.
//
// # Why
//
// Why a package for ten lines: they were written five times, and each copy had to get the timer and the cause right.
package pause

import (
	"context"
	"time"
)

// For returns nil after d, or the cause of ctx's end when that comes first.
func For(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
