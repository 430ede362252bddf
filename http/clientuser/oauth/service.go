package oauth

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/events/session"
	"accountd/projections"
)

// Service is what a Server asks of the world, which is some of [rest.Service].
type Service interface {
	Do(context.Context, commands.Actor, commands.Command) (commands.Outcome, error)
	Snapshot() *projections.Snapshot
	LogIn(*http.Request, login.Attempt) (*commands.User, error)
	NewSession(r *http.Request, u *commands.User, id uuid.UUID, kind string) (session.Session, error)
	EndSession(context.Context, commands.Actor, commands.Command, commands.EndSession) (commands.Outcome, error)
	UsedUntil(credential string, at, until time.Time)
}

// Store keeps codes, tokens and browsers' sessions. session.Store implements it.
type Store interface {
	Get(ctx context.Context, kind, hash string) (session.Token, bool, error)
	Put(ctx context.Context, hash string, t session.Token) error
	Change(ctx context.Context, kind, hash string, change func(*session.Token) bool) (session.Token, bool, error)
	Delete(ctx context.Context, kind, hash string) error
	List(ctx context.Context, hash string, t session.Token) error
}
