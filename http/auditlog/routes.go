package auditlog

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"accountd/commands"
	"accountd/events/audit"
	"accountd/events/eventlog"
	"accountd/http/rest"
)

// Path is below which everything is.
const Path = "/v1/audit"

// Handler answers a call by somebody who is known.
type Handler = func(http.ResponseWriter, *http.Request, commands.Actor) error

// View tells who may read, and how far the caller may have read already. projections.View implements it.
type View interface {
	States() commands.States
	Position() uint64
}

// Options say what is proved, and how callers are known.
type Options struct {
	View          View
	Log           *eventlog.Log
	Tree          *audit.Tree
	Signer        *audit.Signer
	Authenticated func(Handler) rest.Handler
	Problem       rest.Problem
}

// maxWait bounds how long a request waits for the tree, which is a moment behind the view.
const maxWait = 5 * time.Second

// New returns the handler of everything below Path.
func New(o Options) http.Handler {
	var routes []rest.Route
	for path, c := range o.calls() {
		handle := o.Authenticated(o.permitted(c.do))
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			routes = append(routes, rest.Route{Method: method, Path: Path + path, Handle: handle})
		}
	}
	return rest.NewMux(routes, o.Problem)
}

// permitted lets in who may read the log.
func (o Options) permitted(h func(http.ResponseWriter, *http.Request, url.Values) error) Handler {
	return func(w http.ResponseWriter, r *http.Request, a commands.Actor) error {
		if !commands.MayReadLog(o.View.States(), a) {
			return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
				Detail: "Auditing the log needs the permission audit."}
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return rest.BadRequest("query_invalid", "", "The query cannot be read.")
		}
		if query.Has("keys") && !commands.IsSuperAdmin(o.View.States(), a) {
			return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
				Detail: "The data keys take a super admin."}
		}
		return h(w, r, query)
	}
}

// size returns how many records there are, once the tree has all that the caller may know of.
func (o Options) size(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	if err := o.Tree.Wait(ctx, o.View.Position()); err != nil {
		return 0, err
	}
	return o.Tree.Size(), nil
}

// numbers reads the query's parameters, each a whole number from 1 up, 0 when it is not given.
func numbers(query url.Values, allowed ...string) (map[string]uint64, error) {
	out := map[string]uint64{}
	for _, name := range allowed {
		values, given := query[name]
		if !given {
			continue
		}
		n, err := strconv.ParseUint(values[0], 10, 63)
		if err != nil || n == 0 || len(values) > 1 {
			return nil, rest.BadRequest("parameter_invalid", "", "The parameter %s takes one whole number from 1 up.",
				name)
		}
		out[name] = n
	}
	return out, known(query, allowed...)
}

// known refuses parameters that are not among those allowed.
func known(query url.Values, allowed ...string) error {
	left := len(query)
	for _, name := range allowed {
		if query.Has(name) {
			left--
		}
	}
	if left > 0 {
		return rest.BadRequest("parameter_unknown", "", "There is no such parameter here.")
	}
	return nil
}
