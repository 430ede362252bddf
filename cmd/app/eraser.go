package app

import (
	"context"

	"github.com/google/uuid"

	"accountd/commands/erasure"
)

// startEraser starts what finishes erasures, first those that the last run has left.
func (a *app) startEraser(context.Context) error {
	a.service.Eraser = erasure.Start(a.history, a.service.View, a.log, a.purges()...)
	a.onClose(func() error { a.service.Eraser.Close(); return nil })
	return nil
}

// endSessions ends what a person who is no more was logged in by.
func (a *app) endSessions(ctx context.Context, user uuid.UUID) error {
	return a.service.Sessions.EndSessions(ctx, user, uuid.Nil)
}

// purges are the places outside the log and the view where data about people is.
func (a *app) purges() []erasure.Purge {
	return []erasure.Purge{
		a.checkpointPurge(),
		{Name: "the feed", Do: a.feed.Erase},
		{Name: "the sessions", Do: a.endSessions},
		{Name: "the answers that are kept", Do: a.service.Sessions.ForgetAbout},
	}
}
