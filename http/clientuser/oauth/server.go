package oauth

import (
	"net/http"
	"time"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/http/rest/page"
	"accountd/projections"
)

// Options of a Server. Now and Problem must be set.
type Options struct {
	RateLimits bool // bound how much one address may ask
	PublicURL  string
	Now        func() time.Time
	Problem    rest.Problem // of the API that the tokens are for
}

// The paths.
const (
	tokenPath        = "/oauth/token"
	authorizePath    = "/oauth/authorize"
	loginPath        = "/oauth/login"
	consentPath      = "/oauth/consent"
	applicationsPath = "/oauth/applications"
)

// Server gives tokens and knows whose they are.
type Server struct {
	Service
	store   Store
	opts    Options
	pages   *page.Pages
	handler http.Handler
}

// New returns a Server.
func New(s Service, kept Store, o Options) *Server {
	out := &Server{Service: s, store: kept, opts: o}
	out.pages = page.New(page.Options{Name: "accountd", Secure: out.secure()})
	mux := http.NewServeMux() // by problem: one writes JSON, the other pages
	mux.Handle("/", out.limited(rest.NewMux([]rest.Route{
		{Method: http.MethodPost, Path: tokenPath, Handle: out.token},
	}, out.problem), out.problem))
	pages := out.limited(rest.NewMux([]rest.Route{
		{Method: http.MethodGet, Path: authorizePath, Handle: out.authorize},
		{Method: http.MethodPost, Path: authorizePath, Handle: out.startByHand},
		{Method: http.MethodGet, Path: loginPath, Handle: out.showLogin},
		{Method: http.MethodPost, Path: loginPath, Handle: sameOrigin(out.logIn)},
		{Method: http.MethodPost, Path: consentPath, Handle: sameOrigin(out.decide)},
		{Method: http.MethodGet, Path: applicationsPath, Handle: out.showApplications},
		{Method: http.MethodPost, Path: applicationsPath, Handle: sameOrigin(out.changeApplications)},
	}, out.pageProblem), out.pageProblem)
	for _, path := range []string{authorizePath, loginPath, consentPath, applicationsPath} {
		mux.Handle(path, pages)
	}
	out.handler = mux
	return out
}

// ServeHTTP answers what is under /oauth.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// states returns everything as it stands now.
func (s *Server) states() (*projections.Snapshot, error) {
	if states := s.Snapshot(); states != nil {
		return states, nil
	}
	return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
		Detail: "The service is still reading its log."}
}

// base returns the beginning of absolute addresses of this service.
func (s *Server) base(r *http.Request) string {
	switch {
	case s.opts.PublicURL != "":
		return s.opts.PublicURL
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// sameOrigin lets the handler answer what no other site sent.
func sameOrigin(h rest.Handler) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := page.CheckOrigin(r); err != nil {
			return err
		}
		return h(w, r)
	}
}
