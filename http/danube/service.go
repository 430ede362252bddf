package danube

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/events"
	"accountd/events/session"
	"accountd/projections"
)

// Service is what the dialect asks of the world, which is some of [rest.Service].
type Service interface {
	Do(context.Context, commands.Actor, commands.Command) (commands.Outcome, error)
	List(projections.Query) (projections.Page, error)
	Snapshot() *projections.Snapshot
	HashPassword(ctx context.Context, plain string) (events.Secret, error)
	LogIn(*http.Request, login.Attempt) (*commands.User, error)
	NewSession(r *http.Request, u *commands.User, id uuid.UUID, kind string) (session.Session, error)
	Used(credential string, at time.Time)
	UsedUntil(credential string, at, until time.Time)
}

// Tokens keeps the tokens that log-ins give. session.Store implements it.
type Tokens interface {
	Get(ctx context.Context, kind, hash string) (session.Token, bool, error)
	PutOnly(ctx context.Context, hash string, t session.Token) error
	Delete(ctx context.Context, kind, hash string) error
}
