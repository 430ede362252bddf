package pterodactyl

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/projections"
)

// Options of the dialect.
type Options struct {
	RateLimits bool             // limit requests, and say so in headers
	Now        func() time.Time // nil: time.Now
	BaseURL    string           // its scheme is that of links; empty: the scheme by which the request came
}

// New returns the handler of everything under /api/application.
func New(s Service, o Options) http.Handler {
	a := &api{Service: s, now: o.Now}
	if a.now == nil {
		a.now = time.Now
	}
	if o.RateLimits {
		a.limits = rest.NewLimiter[uuid.UUID](maxRequests, rest.FromFirst(windowTime))
	}
	a.scheme, _, _ = strings.Cut(o.BaseURL, "://")
	return common(rest.NewMux(a.routes(), Problem))
}

type api struct {
	Service
	now    func() time.Time
	limits *rest.Limiter[uuid.UUID] // nil: none
	scheme string
}

// call is a request whose key is known.
type call struct {
	commands.Actor
	states *projections.Snapshot
	input  *object        // query and body
	user   *commands.User // of the path, nil when it has no id
}

type handler func(w http.ResponseWriter, r *http.Request, c call) error

// route is a call of the API and the question that the policy is asked before it.
type route struct {
	method, path string
	may          func(commands.States, commands.Actor) bool
	handle       handler
}

const (
	usersPath   = "/api/application/users"
	serversPath = "/api/application/servers"
)

func (a *api) calls() []route {
	return []route{
		{http.MethodGet, usersPath, commands.MayReadUsers, a.listUsers},
		{http.MethodPost, usersPath, commands.MayWriteUsers, a.createUser},
		{http.MethodGet, usersPath + "/external/:external", commands.MayReadUsers, a.showExternal},
		{http.MethodGet, usersPath + "/:id", commands.MayReadUsers, a.showUser},
		{http.MethodPatch, usersPath + "/:id", commands.MayWriteUsers, a.updateUser},
		{http.MethodDelete, usersPath + "/:id", commands.MayWriteUsers, a.deleteUser},
		{http.MethodGet, serversPath, commands.MayReadServers, a.listServers},
	}
}

func (a *api) routes() []rest.Route {
	var out []rest.Route
	for _, c := range a.calls() {
		methods := []string{c.method}
		if c.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		for _, m := range methods {
			out = append(out, rest.Route{Method: m, Path: c.path, Handle: a.answer(c)})
		}
	}
	return out
}

// answer makes the checks of the panel in the panel's order.
func (a *api) answer(t route) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, key, err := a.authenticate(r)
		if err != nil {
			return err
		}
		if c.input, err = readInput(w, r); err != nil {
			return err
		}
		address := rest.InfoOf(r.Context()).Address
		if from, _ := netip.ParseAddr(address); !key.AllowsFrom(from) {
			return addressForbidden(address)
		}
		if err := a.limit(w, c.User); err != nil {
			return err
		}
		if strings.HasSuffix(t.path, "/:id") {
			if c.user = userOf(c.states, rest.Param(r, "id")); c.user == nil {
				return notFound()
			}
		}
		if !commands.IsSuperAdmin(c.states, c.Actor) {
			return forbidden("This account does not have permission to access the API.")
		}
		if !t.may(c.states, c.Actor) {
			return unauthorizedAction()
		}
		return t.handle(w, r, c)
	}
}

// userOf returns the user of that number, nil when there is none or it is no number.
func userOf(s *projections.Snapshot, id string) *commands.User {
	if strings.Trim(id, "0123456789") != "" {
		return nil
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	return s.UserByNumber(number)
}

// common is what all requests have in common before a route is looked for.
func common(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w)
		r, err := overridden(w, r)
		if err != nil {
			Problem(w, r, err)
			return
		}
		h.ServeHTTP(w, withoutSlash(r))
	})
}

// withoutSlash returns the request without the slash behind its path, unless it was sent escaped: with and without are
// the same route.
func withoutSlash(r *http.Request) *http.Request {
	if !strings.HasSuffix(r.URL.EscapedPath(), "/") {
		return r
	}
	changed, url := *r, *r.URL
	url.Path, url.RawPath = strings.TrimSuffix(url.Path, "/"), strings.TrimSuffix(url.RawPath, "/")
	changed.URL = &url
	return &changed
}

func setHeaders(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-cache, private") }

// overridden returns the request with the method that the field _method of a posted form names.
func overridden(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	kind := bodyKind(r)
	if r.Method != http.MethodPost || kind != kindForm && kind != kindMultipart {
		return r, nil
	}
	form, err := peekBody(w, r)
	if err != nil {
		return r, err
	}
	method, _ := form.values["_method"].(string)
	if method = strings.ToUpper(method); method == "" || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return r, nil
	}
	changed := *r
	changed.Method = method
	return &changed, nil
}

// methods is the order in which the panel names what a path takes.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete}

func inPanelOrder(allow []string) []string {
	return slices.SortedFunc(slices.Values(allow),
		func(a, b string) int { return slices.Index(methods, a) - slices.Index(methods, b) })
}
