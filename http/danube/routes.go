package danube

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"accountd/http/rest"
)

// Options of the dialect.
type Options struct {
	RateLimits bool
	Now        func() time.Time // nil: time.Now
}

type api struct {
	Service
	tokens Tokens
	views  []*view
	now    func() time.Time
	limits *limiter // nil: requests are not counted
}

// New returns the dialect's handler, for paths with and without /api in front.
func New(s Service, tokens Tokens, o Options) http.Handler {
	a := &api{Service: s, tokens: tokens, views: views(), now: o.Now}
	if a.now == nil {
		a.now = time.Now
	}
	if o.RateLimits {
		a.limits = newLimiter()
	}
	return a
}

// view is one path of the API.
type view struct {
	name  string // as OPTIONS tells it
	path  string // parameters as ":name" segments
	help  string
	open  bool // for callers who are nobody, too
	raw   bool // reads its body by itself
	calls map[string]func(*exchange) error
	allow string // the methods
}

// views returns the paths. Where two have the same form, the first counts.
func views() []*view {
	all := []*view{
		{name: "Api Login", path: "/accounts/login/", help: helpLogin, open: true, raw: true,
			calls: calls{"POST": (*exchange).logIn}},
		{name: "Api Logout", path: "/accounts/logout/", help: helpLogout, calls: calls{"GET": (*exchange).logOut}},
		{name: "Api Ping", path: "/ping/", help: helpPing, open: true, calls: calls{"GET": (*exchange).ping}},
		{name: "User List", path: "/accounts/user/", help: helpUserList, calls: calls{"GET": (*exchange).listUsers}},
		{name: "Userprofile List", path: "/accounts/user/profile/", help: helpProfileList,
			calls: calls{"GET": (*exchange).listProfiles}},
		{name: "User Manage", path: "/accounts/user/:username/", help: helpUser,
			calls: calls{"GET": (*exchange).showUser,
				"POST": (*exchange).createUser, "PUT": (*exchange).updateUser, "DELETE": (*exchange).deleteUser}},
		{name: "User Apikeys", path: "/accounts/user/:username/apikeys/", help: helpAPIKeys,
			calls: calls{"GET": (*exchange).showKeys, "PUT": (*exchange).updateKeys}},
		{name: "Userprofile Manage", path: "/accounts/user/:username/profile/", help: helpProfile,
			calls: calls{"GET": (*exchange).showProfile, "PUT": (*exchange).updateProfile}},
		{name: "Sshkey List", path: "/accounts/user/:username/sshkey/", help: helpSSHKeyList,
			calls: calls{"GET": (*exchange).listSSHKeys}},
		{name: "Sshkey Manage", path: "/accounts/user/:username/sshkey/:title/", help: helpSSHKey,
			calls: calls{"GET": (*exchange).showSSHKey,
				"POST": (*exchange).addSSHKey, "DELETE": (*exchange).deleteSSHKey}},
		{name: "Group Manage", path: "/accounts/group/:group/", help: helpGroup,
			calls: calls{"GET": (*exchange).showGroup}},
	}
	for _, v := range all {
		methods := []string{http.MethodOptions}
		for m := range v.calls {
			methods = append(methods, m)
		}
		slices.Sort(methods)
		v.allow = strings.Join(methods, ", ")
	}
	return all
}

type calls = map[string]func(*exchange) error

// prefix is what a path may have in front.
const prefix = "/api"

// ServeHTTP answers every request whose path begins like one of the dialect's.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, prefix+"/"); ok {
		path = "/" + rest
	}
	v, params := a.find(path)
	switch {
	case v == nil && !strings.HasSuffix(path, "/"):
		if v, _ = a.find(path + "/"); v != nil {
			redirect(w, r)
			return
		}
		writePlain(w, http.StatusNotFound)
	case v == nil:
		writePlain(w, http.StatusNotFound)
	default:
		info := rest.InfoOf(r.Context())
		info.Route = v.path
		x := &exchange{api: a, w: w, r: r, info: info, view: v, params: params}
		if err := x.run(); err != nil {
			x.fail(err)
		}
	}
}

// find returns the view of the path, nil for none, and the path's parameters.
func (a *api) find(path string) (*view, map[string]string) {
	for _, v := range a.views {
		if params, ok := match(v.path, path); ok {
			return v, params
		}
	}
	return nil, nil
}

// parameter is the form of a username, title or group in a path.
var parameter = regexp.MustCompile(`^[A-Za-z0-9@.+_-]+$`)

func match(template, path string) (map[string]string, bool) {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	params := map[string]string{}
	for i, segment := range want {
		name, isParam := strings.CutPrefix(segment, ":")
		switch {
		case isParam && parameter.MatchString(have[i]):
			params[name] = have[i]
		case segment != have[i]:
			return nil, false
		}
	}
	return params, true
}

// redirect sends the client to the path with a slash at its end.
func redirect(w http.ResponseWriter, r *http.Request) {
	to := *r.URL
	to.Scheme, to.Host = "http", r.Host
	if r.TLS != nil {
		to.Scheme = "https"
	}
	to.Path += "/"
	to.RawPath = ""
	w.Header().Set("Location", to.String())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusMovedPermanently)
}
