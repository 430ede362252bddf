package setpassword

import (
	"context"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// Service is what the page asks of the world, which is some of [rest.Service].
type Service interface {
	Do(context.Context, commands.Actor, commands.Command) (commands.Outcome, error)
	Snapshot() *projections.Snapshot
	NewPassword(ctx context.Context, plain string) (events.Secret, error)
	ShortestPassword() int
}
