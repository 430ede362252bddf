package clientuser

import (
	"context"
	"time"

	"github.com/google/uuid"

	"accountd/events"
	"accountd/http/clientuser/oauth"
	"accountd/projections"
)

// Service is what the dialect asks of the world, which is some of [rest.Service].
type Service interface {
	oauth.Service
	List(projections.Query) (projections.Page, error)
	HashPassword(ctx context.Context, plain string) (events.Secret, error)
	Used(credential string, at time.Time)
	HandPassword(user uuid.UUID, password events.Secret)
	ForgetPassword(user uuid.UUID)
}
