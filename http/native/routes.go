package native

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"accountd/http/rest"
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

// maxWait bounds how long a request waits for a sequence that this instance has not applied yet.
const maxWait = 2 * time.Second

type api struct {
	rest.Service
	now      func() time.Time
	maxWait  time.Duration
	bounded  bool     // log-ins
	limits   *limiter // nil: requests are not counted
	matching bool     // changes must name a version
	issuer   string

	rehearsing bool // see powerless
}

func newAPI(s rest.Service, o Options) *api {
	a := &api{Service: s, now: o.Now, maxWait: maxWait, bounded: o.RateLimits, matching: o.Preconditions, issuer: cmp.Or(o.Issuer, "accountd")}
	if a.now == nil {
		a.now = time.Now
	}
	if o.RateLimits && o.MinuteLimit > 0 {
		a.limits = newLimiter(o.MinuteLimit)
	}
	return a
}

// route is a call of the API. Only lists, and what says so, take query parameters.
type route struct {
	method, path string
	handle       handler
	list         bool
}

// versioned reports whether the call changes or deletes something that has a version of its own.
func (r route) versioned() bool {
	_, below, _ := strings.Cut(strings.TrimPrefix(r.path, "/v1/"), "/")
	return (r.method == http.MethodPatch || r.method == http.MethodDelete) && !strings.Contains(below, "/") && !unversioned(r.path)
}

// unversioned reports whether the path is of something that is not in the log, or that is shown with what is in no version.
func unversioned(path string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	return name == "subscriptions" || name == "mail" || name == "sessions"
}

// matches reports whether the call changes or ends something that has its user's version.
func (r route) matches() bool {
	return (r.method == http.MethodPatch || r.method == http.MethodDelete) && strings.HasPrefix(r.path, usersPath+"/:id/")
}

const (
	usersPath  = "/v1/users"
	importPath = usersPath + ":import"
)

func (a *api) routes() []route {
	const users, user = usersPath, usersPath + "/:id"
	return slices.Concat([]route{
		{http.MethodGet, users, a.listUsers, true},
		{http.MethodPost, users, a.createUser, false},
		{http.MethodPost, importPath, a.importUsers, false},
		{http.MethodGet, usersPath + ":export", a.exportUsers, true},
		{http.MethodGet, user, a.getUser, true},
		{http.MethodPatch, user, a.patchUser, false},
		{http.MethodDelete, user, a.deleteUser, false},
		{http.MethodPost, user + "/erase", a.eraseUser, false},
		{http.MethodPost, user + "/unlock", a.unlockUser, false},
		{http.MethodPost, user + "/provisioned", a.completeProvisioning, false},
		{http.MethodPost, user + "/failed", a.failProvisioning, false},
		{http.MethodGet, user + "/history", a.getHistory, true},
		{http.MethodGet, user + "/ssh-keys", sshKeys().list, true},
		{http.MethodGet, user + "/ssh-keys/:number", sshKeys().get, false},
		{http.MethodPatch, user + "/ssh-keys/:number", sshKeys().patch(a, changedSSHKey), false},
		{http.MethodPost, user + "/ssh-keys", a.addSSHKey, false},
		{http.MethodDelete, user + "/ssh-keys/:number", a.removeSSHKey, false},
		{http.MethodGet, user + "/signing-keys", signingKeys().list, true},
		{http.MethodGet, user + "/signing-keys/:key", signingKeys().get, false},
		{http.MethodPatch, user + "/signing-keys/:key", signingKeys().patch(a, changedSigningKey), false},
		{http.MethodPost, user + "/signing-keys", a.addSigningKey, false},
		{http.MethodDelete, user + "/signing-keys/:key", a.removeSigningKey, false},
		{http.MethodGet, user + "/storage-keys", storageKeys().list, true},
		{http.MethodPost, user + "/storage-keys", a.renewStorageKey, false},
		{http.MethodGet, user + "/storage-keys/:kind", storageKeys().get, false},
		{http.MethodDelete, user + "/storage-keys/:kind", a.removeStorageKey, false},
		{http.MethodGet, user + "/api-keys", a.apiKeys().list, true},
		{http.MethodGet, user + "/api-keys/:key", a.apiKeys().get, false},
		{http.MethodPatch, user + "/api-keys/:key", a.apiKeys().patch(a, a.changedAPIKey), false},
		{http.MethodPost, user + "/api-keys", a.addAPIKey, false},
		{http.MethodDelete, user + "/api-keys/:key", a.revokeAPIKey, false},
		{http.MethodPost, user + "/api-keys/:key/rotate", a.rotateAPIKey, false},
		{http.MethodGet, user + "/resources", resources().list, true},
		{http.MethodGet, user + "/resources/:kind/:resource", resources().get, false},
		{http.MethodPatch, user + "/resources/:kind/:resource", resources().patch(a, changedResource), false},
		{http.MethodPost, user + "/resources", a.linkResource, false},
		{http.MethodDelete, user + "/resources/:kind/:resource", a.unlinkResource, false},
		{http.MethodGet, user + "/consents", a.consents().list, true},
		{http.MethodGet, user + "/consents/:application", a.consents().get, false},
		{http.MethodDelete, user + "/consents/:application", a.withdrawConsent, false},
		{http.MethodGet, userSessionsPath, a.listUserSessions, true},
		{http.MethodGet, userSessionPath, a.getUserSession, false},
		{http.MethodDelete, userSessionsPath, a.endUserSessions, true},
		{http.MethodDelete, userSessionPath, a.endUserSession, false},
		{http.MethodGet, sessionPath, a.getSession, false},
		{http.MethodDelete, sessionPath, a.endSession, false},
		{http.MethodPost, sessionPath + "/reauthenticate", a.reauthenticate, false},
	}, datacenters().routes(a), groups().routes(a), clients().routes(a), applications().routes(a), []route{
		{http.MethodPost, "/v1/applications/:application/secret", readsDirectory(a.rotateApplicationSecret), false},
	}, a.webhooks().routes(a), a.feedRoutes(), a.mailRoutes(), a.totpRoutes())
}

func (a *api) handler() http.Handler {
	routes := []rest.Route{{Method: http.MethodPost, Path: sessionsPath, Handle: rest.Small(a.logIn)}} // nobody is known yet
	described, rehearsals := descriptions(), a.powerless().routes()
	for i, r := range a.routes() {
		if !r.list {
			r.handle = withoutQuery(r.handle)
		}
		if r.method == http.MethodGet {
			r.handle = fieldsShown(r.handle, membersShown(described[r.method+" "+r.path]))
		}
		if r.method != http.MethodGet && r.path != importPath { // which looks after its lines itself
			r.handle = a.once(r.handle, rehearsals[i].handle)
		}
		if r.versioned() {
			r.handle = a.conditional(r.handle)
		}
		handle := a.authenticated(r.handle)
		routes = append(routes, rest.Route{Method: r.method, Path: r.path, Handle: handle})
		if r.method == http.MethodGet {
			routes = append(routes, rest.Route{Method: http.MethodHead, Path: r.path, Handle: handle})
		}
	}
	return escaped(rest.NewMux(routes, problem))
}
