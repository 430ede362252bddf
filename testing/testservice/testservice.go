// Package testservice gives tests of an API a whole service on a Log of its own, and plays its clients.
//
// It promises that what [Start] returns is closed when the test ends. Its one invariant is that it knows no API: what
// is in the service, and what answers requests, is the test's own.
package testservice

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/events/session"
	"accountd/events/usage"
	"accountd/http/rest"
	"accountd/projections"
	"accountd/testing/testlog"
)

// Running is a service and what it stands on.
type Running struct {
	rest.Service
	Env *testlog.Env
	T   testing.TB
}

// Start runs a service on an empty Log.
func Start(t testing.TB) *Running {
	t.Helper()
	r := &Running{Env: testlog.Start(t), T: t}
	r.open()
	t.Cleanup(r.close)
	return r
}

// Restart closes the service and opens it again on what it has written.
func (r *Running) Restart() {
	r.T.Helper()
	r.close()
	r.Env.Reopen()
	r.open()
}

func (r *Running) open() {
	r.T.Helper()
	ctx, view := context.Background(), projections.NewView()
	records, err := r.Env.Log.Read(ctx, 0, math.MaxInt)
	require.NoError(r.T, err)
	require.NoError(r.T, view.Apply(records))
	view.Open()
	r.Service = rest.Service{View: view, Handler: committer.New(r.Env.Log, view, committer.Options{}),
		Hasher: password.New(password.Options{})}
	r.Keys = r.Env.Log
	r.Sessions, err = session.Open(ctx, r.Env.Engine)
	require.NoError(r.T, err)
	r.Usage, err = usage.Open(ctx, r.Env.Engine)
	require.NoError(r.T, err)
}

func (r *Running) close() {
	r.T.Helper()
	r.Handler.Close()
	require.NoError(r.T, r.Usage.Close(context.Background()))
}

// Given does what another API would do.
func (r *Running) Given(c commands.Command) commands.Outcome {
	r.T.Helper()
	out, err := r.Do(context.Background(), commands.Service(), c)
	require.NoError(r.T, err)
	return out
}

// Named returns the user of that name.
func (r *Running) Named(name string) *commands.User {
	r.T.Helper()
	u := r.Snapshot().UserByName(name)
	require.NotNil(r.T, u, name)
	return u
}

// Serve has the handler answer the request, of which the server knows what info says, as the server would.
func (r *Running) Serve(h http.Handler, req *http.Request, info rest.Info) *httptest.ResponseRecorder {
	r.T.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req.WithContext(rest.WithInfo(req.Context(), &info)))
	require.NoError(r.T, info.Failure, "%s %s", req.Method, req.URL)
	if req.Method == http.MethodHead {
		w.Body.Reset() // net/http does not send it
	}
	return w
}

// Request returns a request to the host as it comes over a wire: with whatever is in the target, which has a path and
// perhaps a query.
func Request(method, host, target, body string) *http.Request {
	path, query, _ := strings.Cut(target, "?")
	r := httptest.NewRequest(method, "http://"+host+"/", strings.NewReader(body))
	u, err := r.URL.Parse(path)
	if err != nil {
		panic(err)
	}
	r.URL, r.RequestURI = u, target
	r.URL.RawQuery = query
	return r
}
