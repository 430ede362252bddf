package native

import (
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// Problem answers a request that failed, in the shape of this API, for what is served beside it.
func Problem(w http.ResponseWriter, r *http.Request, err error) { problem(w, r, err) }

// Authenticated lets a handler that is served beside this API answer when the request has one of its tokens.
func Authenticated(s rest.Service, o Options, h func(http.ResponseWriter, *http.Request, commands.Actor) error) rest.Handler {
	return newAPI(s, o).authenticated(func(w http.ResponseWriter, r *http.Request, c caller) error { return h(w, r, c.Actor) })
}
