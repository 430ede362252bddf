package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMux(t *testing.T) {
	var seen string
	note := func(w http.ResponseWriter, r *http.Request) error {
		seen = InfoOf(r.Context()).Route + " id=" + Param(r, "id") + " x=" + Param(r, "x")
		return nil
	}
	var routes []Route
	for _, route := range []string{"GET /users", "GET /users/", "POST /users", "GET /users/:id", "GET /users/:id/",
		"DELETE /users/:id",
		"GET /users/external/:x", "GET /users/profile", "GET /users/:id/keys/:x", "DELETE /own/api",
		"DELETE /own/:id/key", "PUT /own/key"} {
		method, path, _ := strings.Cut(route, " ")
		routes = append(routes, Route{Method: method, Path: path, Handle: note})
	}
	routes = append(routes, Route{Method: "GET", Path: "/fails",
		Handle: func(http.ResponseWriter, *http.Request) error { return errors.New("it broke") }})
	mux := NewMux(routes, func(_ http.ResponseWriter, _ *http.Request, err error) {
		seen = err.Error()
		var method MethodError
		if errors.As(err, &method) {
			seen = strings.Join(method.Allow, ",")
		}
	})
	for request, want := range map[string]string{
		"GET /users": "/users id= x=", "GET /users/": "/users/ id= x=", "GET /users/7": "/users/:id id=7 x=",
		"GET /users/7/":       "/users/:id/ id=7 x=",
		"GET /users/external": "/users/:id id=external x=", "GET /users/external/a": "/users/external/:x id= x=a",
		"GET /users/profile": "/users/profile id= x=", "GET /users/profile/keys/1": "/users/:id/keys/:x id=profile x=1",
		"GET /users/external/keys/1": "/users/:id/keys/:x id=external x=1",
		"DELETE /own/api":            "/own/api id= x=", "DELETE /own/3/key": "/own/:id/key id=3 x=",
		"DELETE /own/api/key": "/own/:id/key id=api x=",
		"PUT /own/key":        "/own/key id= x=", "GET /fails": "it broke",
		"GET /own/key": "PUT", "PATCH /users/7": "DELETE,GET", "PUT /users": "GET,POST", "OPTIONS /users": "GET,POST",
		"GET /": "no such path", "GET /user": "no such path", "GET /users//keys/1": "no such path",
		"DELETE /own/x":           "no such path",
		"GET /users/external/a/b": "no such path", "GET //users": "no such path",
	} {
		seen = "nothing"
		method, path, _ := strings.Cut(request, " ")
		r := httptest.NewRequest(method, "http://localhost/", nil)
		r.URL.Path = path
		mux.ServeHTTP(httptest.NewRecorder(), r.WithContext(WithInfo(r.Context(), &Info{})))
		require.Equal(t, want, seen, request)
	}
}
