package app

import (
	"context"

	"accountd/commands/erasure"
)

// startEraser starts what finishes erasures, first those that the last run has left.
func (a *app) startEraser(context.Context) error {
	a.service.Eraser = erasure.Start(a.history, a.service.View, a.log, a.purges()...)
	a.onClose(func() error { a.service.Eraser.Close(); return nil })
	return nil
}

// purges are the places outside the log and the view where data about people is.
func (a *app) purges() []erasure.Purge {
	return []erasure.Purge{a.checkpointPurge(), {Name: "the feed", Do: a.feed.Erase}}
}
