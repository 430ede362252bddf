package e24

import (
	"context"
	"time"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// Service is what the dialect asks of the world, which is some of [rest.Service].
type Service interface {
	Do(context.Context, commands.Actor, commands.Command) (commands.Outcome, error)
	List(projections.Query) (projections.Page, error)
	Snapshot() *projections.Snapshot
	HashPassword(ctx context.Context, plain string) (events.Secret, error)
	Used(credential string, at time.Time)
}
