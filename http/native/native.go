package native

import (
	"cmp"
	"net/http"
	"time"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

// Options of the API.
type Options struct {
	RateLimits    bool             // limit requests, and say so in headers, and bound how often log-ins may fail
	MinuteLimit   int              // requests that a user may make within a minute; 0: any number
	Preconditions bool             // PATCH and DELETE of what has a version must name one
	Issuer        string           // what authenticator apps call the service; empty: accountd
	Now           func() time.Time // nil: time.Now
}

// New returns the handler of everything under /v1.
func New(s rest.Service, o Options) http.Handler { return newAPI(s, o).handler() }

// api is what the handlers of all nouns act by.
type api struct {
	*call.Kernel
	issuer string
}

func newAPI(s rest.Service, o Options) *api {
	k := call.New(s)
	k.Bounded, k.Preconditions = o.RateLimits, o.Preconditions
	if o.Now != nil {
		k.Now = o.Now
	}
	if o.RateLimits && o.MinuteLimit > 0 {
		k.Limits = call.NewLimiter(o.MinuteLimit)
	}
	return &api{k, cmp.Or(o.Issuer, "accountd")}
}

func (a *api) handler() http.Handler { return a.Serve(a.nouns(), a.powerless().nouns()) }

// powerless returns the API without anything that it could act by.
func (a *api) powerless() *api { return &api{a.Powerless(), a.issuer} }

// Describe returns what /openapi.json has about the API.
func Describe() openapi.Dialect {
	return call.Describe(openapi.Dialect{Name: "native", Title: "Native API",
		About: "The service's own API, which covers everything that an account has. RateLimit says how many more " +
			"requests a user may make, and within how many seconds; one too many is refused with 429 and " +
			"Retry-After.",
		Security: map[string]openapi.Schema{"token": {"type": "http", "scheme": "bearer",
			"description": "A key of kind native, such as token in admin.json."}},
	}, newAPI(rest.Service{}, Options{}).nouns())
}

// NewToken returns a fresh token for this API, and the hash by which an events.APIKey of kind native knows it.
func NewToken() (token, hash string) { return call.NewToken() }

// Problem answers a request that failed, in the shape of this API, for handlers of other packages that take its tokens.
func Problem(w http.ResponseWriter, r *http.Request, err error) { call.WriteProblem(w, r, err) }

// Authenticated lets a handler of another package answer when the request has one of this API's tokens.
func Authenticated(s rest.Service, o Options,
	h func(http.ResponseWriter, *http.Request, commands.Actor) error) rest.Handler {
	return newAPI(s, o).Authenticated(func(w http.ResponseWriter, r *http.Request,
		c call.Caller) error {
		return h(w, r, c.Actor)
	})
}

// FailureHeaders are those of this API's answers to what failed with 401, 429 or 503.
func FailureHeaders() []openapi.Header { return call.FailureHeaders() }
