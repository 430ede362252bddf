package clientuser

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"accountd/commands"
	"accountd/http/clientuser/oauth"
	"accountd/http/rest"
	"accountd/projections"
)

// Options of the dialect.
type Options struct {
	RateLimits  bool             // limit requests, and say so in headers, and limit log-ins
	HourlyLimit int              // requests that all users of one client may make within an hour
	PublicURL   string           // where clients reach the service; empty: where the request says that it was sent
	Now         func() time.Time // nil: time.Now
}

// Prefixes returns the paths that are this dialect's own, with all below them.
func Prefixes() []string { return []string{"/client", "/user", versioned, oauthPath} }

const (
	versioned = "/api/ver1.0" // the same paths stand below it
	oauthPath = "/oauth"
)

// New returns the handler of everything under the Prefixes.
func New(s Service, tokens oauth.Store, o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	server := oauth.New(s, tokens, oauth.Options{RateLimits: o.RateLimits, PublicURL: o.PublicURL, Now: o.Now,
		Problem: Problem})
	a := &api{Service: s, now: o.Now, tokens: server}
	if o.RateLimits {
		a.limits = newLimiter(o.HourlyLimit)
	}
	return a.common(rest.NewMux(a.routes(), Problem), server)
}

type api struct {
	Service
	now    func() time.Time
	limits *limiter // nil: none
	tokens *oauth.Server
}

// call is a request of somebody who may make it.
type call struct {
	commands.Actor
	states *projections.Snapshot
	user   *commands.User   // who asks
	client *commands.Client // of whoever asks
}

type handler func(w http.ResponseWriter, r *http.Request, c call) error

const (
	askerPath = "/user"
	usersPath = "/client/:client/user/client"
)

func (a *api) routes() []rest.Route {
	var out []rest.Route
	add := func(method, path string, h handler) {
		out = append(out, rest.Route{Method: method, Path: path, Handle: a.answer(h)})
		if method == http.MethodGet {
			out = append(out, rest.Route{Method: http.MethodHead, Path: path, Handle: a.answer(h)})
		}
	}
	add(http.MethodGet, askerPath, a.asker)
	add(http.MethodGet, usersPath, a.listUsers)
	add(http.MethodPost, usersPath, a.createUser)
	add(http.MethodGet, usersPath+"/:user", a.showUser)
	add(http.MethodPut, usersPath+"/:user", a.updateUser)
	add(http.MethodDelete, usersPath+"/:user", a.deleteUser)
	for _, level := range []string{"/extension_group", "/extension"} { // there are no users of these levels
		for _, m := range []string{http.MethodGet, http.MethodPost} {
			add(m, "/client/:client/user"+level, refuseLevel)
		}
		for _, m := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
			add(m, "/client/:client/user"+level+"/:user", refuseLevel)
		}
	}
	return out
}

// answer makes the checks in their order: what somebody who may not do something learns is that, and not what there is.
func (a *api) answer(h handler) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.authenticate(r)
		if err != nil {
			return err
		}
		if err := a.limit(w, c.user.Client); err != nil {
			return err
		}
		if err := commands.MayActAsMember(c.states, c.Actor); err != nil {
			return err
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if err := commands.MayChangeMembers(c.states, c.Actor); err != nil {
				return err
			}
		}
		if id := rest.Param(r, "client"); id != "" && id != me && id != strconv.FormatInt(c.client.Number, 10) {
			return noSuchClient()
		}
		return h(w, r, c)
	}
}

// authenticate finds out who asks by which application. Whether they may do anything is another question.
func (a *api) authenticate(r *http.Request) (call, error) {
	states := a.Snapshot()
	if states == nil {
		return call{}, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
			Detail: "The service is still reading its log."}
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return call{}, rest.RequestError{Status: http.StatusUnauthorized, Reason: reasonTokenRequired,
			Detail: "A token is required"}
	}
	actor, ok, err := a.tokens.Actor(r.Context(), states, strings.TrimSpace(token))
	if err != nil {
		return call{}, err
	}
	if !ok {
		return call{}, badToken()
	}
	c := call{Actor: rest.Identify(r, actor), states: states, user: states.User(actor.User)}
	c.At = a.now()
	c.client = states.Directory().ClientByNumber(c.user.Client)
	a.Used(actor.Credential, a.now())
	return c, nil
}

// common is what all requests have in common before a route is looked for.
func (a *api) common(own http.Handler, tokens http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.limits != nil {
			a.limits.tell(w, a.limits.Most(), a.now())
		}
		r = unversioned(r)
		if r.URL.Path == oauthPath || strings.HasPrefix(r.URL.Path, oauthPath+"/") {
			tokens.ServeHTTP(w, r)
			return
		}
		own.ServeHTTP(w, r)
	})
}

// unversioned returns the request without the version before its path and without the slash behind it: with and without
// are the same route.
func unversioned(r *http.Request) *http.Request {
	path := strings.TrimPrefix(r.URL.Path, versioned)
	if path = strings.TrimSuffix(path, "/"); path == r.URL.Path {
		return r
	}
	changed, url := *r, *r.URL
	url.Path, url.RawPath = path, ""
	changed.URL = &url
	return &changed
}
