package rest

import (
	"context"
	"net/http"
	"time"

	"accountd/commands"
)

// Info is what becomes known about a request on its way; the shared middleware puts it in the context, and logs it.
type Info struct {
	ID          string // the request id
	Dialect     string
	Route       string // the route's template, empty for an unknown path
	User        string // UUID of the user who asks, empty until it is known
	Credential  string // public id of the credential
	Address     string // network address of the client, without port
	TraceParent string // W3C trace context of what comes of the request; empty when there is none
	Failure     error  // what went wrong inside, for the log alone

	// Unauthenticated says that an answer of 403 means what 401 does: nobody knows who asks. It is for a dialect that
	// has no 401.
	Unauthenticated bool
}

type infoKey struct{}

// WithInfo returns a context that carries the Info.
func WithInfo(ctx context.Context, i *Info) context.Context {
	return context.WithValue(ctx, infoKey{}, i)
}

// InfoOf returns the request's Info, an empty one when there is none.
func InfoOf(ctx context.Context) *Info {
	if i, ok := ctx.Value(infoKey{}).(*Info); ok {
		return i
	}
	return &Info{}
}

// Identify notes who asks by which credential, and returns the Actor for commands and queries.
func Identify(r *http.Request, a commands.Actor) commands.Actor {
	i := InfoOf(r.Context())
	i.User, i.Credential = a.User.String(), a.Credential
	a.Dialect, a.RequestID, a.TraceParent, a.Address = i.Dialect, i.ID, i.TraceParent, i.Address
	a.At = time.Now()
	return a
}
