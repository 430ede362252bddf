package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// Handler answers a request or returns an error, having written nothing then.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Problem writes the answer to a request that failed, in its dialect's shape.
type Problem func(w http.ResponseWriter, r *http.Request, err error)

// Route is one call of a dialect. Path holds parameters as ":name" segments; a colon inside a segment is a colon.
type Route struct {
	Method string
	Path   string
	Handle Handler
}

// NewMux returns a handler that serves the routes. A path that no route has fails with [ErrNoRoute], a method that the
// path does not have with a [MethodError]. No request is redirected.
func NewMux(routes []Route, problem Problem) http.Handler {
	m := &mux{routes: routes, problem: problem, router: httprouter.New()}
	m.router.RedirectTrailingSlash = false
	m.router.RedirectFixedPath = false
	m.router.HandleMethodNotAllowed = false
	m.router.HandleOPTIONS = false
	m.router.NotFound = http.HandlerFunc(m.unmatched)
	shared := map[string][]Route{}
	for _, r := range routes {
		key := r.Method + " " + m.pattern(r)
		shared[key] = append(shared[key], r)
	}
	for key, candidates := range shared {
		method, pattern, _ := strings.Cut(key, " ")
		// the more a route says by itself, the earlier it is tried
		slices.SortStableFunc(candidates, func(a, b Route) int {
			return strings.Count(a.Path,
				":") - strings.Count(b.Path, ":")
		})
		m.router.Handle(method, pattern, m.dispatch(candidates))
	}
	return m.router
}

type mux struct {
	routes  []Route
	problem Problem
	router  *httprouter.Router
}

// pattern returns the route's path for httprouter: a segment is a wildcard when any route of the method has one there,
// behind the same beginning, or a colon, which httprouter would take for one. An empty one, behind a final slash, never
// is: no parameter is empty.
func (m *mux) pattern(r Route) string {
	segments := strings.Split(r.Path, "/")
	for i := range segments {
		if m.wild(r.Method, segments, i) {
			segments[i] = ":"
		}
	}
	for i, s := range segments {
		if s == ":" {
			segments[i] = ":p" + string(rune('a'+i))
		}
	}
	return strings.Join(segments, "/")
}

func (m *mux) wild(method string, segments []string, i int) bool {
	if segments[i] == "" {
		return false
	}
	for _, other := range m.routes {
		o := strings.Split(other.Path, "/")
		if other.Method == method && len(o) > i && strings.Contains(o[i], ":") && overlap(o[:i], segments[:i]) {
			return true
		}
	}
	return false
}

// overlap reports whether some path begins with both.
func overlap(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], ":") && !strings.HasPrefix(b[i], ":") {
			return false
		}
	}
	return true
}

func (m *mux) dispatch(candidates []Route) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
		for _, route := range candidates {
			params, ok := match(route.Path, r.URL.Path)
			if !ok {
				continue
			}
			InfoOf(r.Context()).Route = route.Path
			if len(params) > 0 {
				r = r.WithContext(context.WithValue(r.Context(), paramsKey{}, params))
			}
			if err := route.Handle(w, r); err != nil {
				m.problem(w, r, err)
			}
			return
		}
		m.unmatched(w, r)
	}
}

func (m *mux) unmatched(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, route := range m.routes {
		if _, ok := match(route.Path, r.URL.Path); ok && !slices.Contains(allow, route.Method) {
			allow = append(allow, route.Method)
		}
	}
	if len(allow) == 0 {
		m.problem(w, r, ErrNoRoute)
		return
	}
	slices.Sort(allow)
	m.problem(w, r, MethodError{Allow: allow})
}

// match returns the path's parameters when it has the form of the template. A parameter is never empty.
func match(template, path string) (map[string]string, bool) {
	var params map[string]string
	for {
		t, trest, tmore := strings.Cut(template, "/")
		p, prest, pmore := strings.Cut(path, "/")
		switch name, isParam := strings.CutPrefix(t, ":"); {
		case isParam && p != "":
			if params == nil {
				params = map[string]string{}
			}
			params[name] = p
		case t != p:
			return nil, false
		}
		if tmore != pmore {
			return nil, false
		}
		if !tmore {
			return params, true
		}
		template, path = trest, prest
	}
}

type paramsKey struct{}

// Param returns the path parameter of that name, empty when the route has none.
func Param(r *http.Request, name string) string {
	params, _ := r.Context().Value(paramsKey{}).(map[string]string)
	return params[name]
}
