package eventstream

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/events"
	"accountd/http/rest"
	"accountd/projections"
	"accountd/testing/testlog"
)

// fixture is the list of a real Log, asked by the service itself unless actor is set.
type fixture struct {
	*testlog.Env
	service rest.Service
	actor   commands.Actor
	handler http.Handler

	source   *source
	draining chan struct{}
}

func problem(w http.ResponseWriter, r *http.Request, err error) {
	f := rest.FaultOf(err)
	w.WriteHeader(f.Head(w, r, err))
	_, _ = io.WriteString(w, f.Reason)
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Env: testlog.Start(t), actor: commands.Service()}
	view := projections.NewView()
	runner := projections.NewRunner(f.Log, view)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- runner.Run(ctx) }()
	<-runner.CaughtUp()
	f.service = rest.Service{Handler: committer.New(f.Log, view, committer.Options{}), View: view,
		Hasher: password.New(password.Options{})}
	t.Cleanup(func() {
		f.service.Handler.Close()
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
	})
	f.draining = make(chan struct{})
	f.source = newSource(f.service.View, f.service.Sessions, f.Log,
		Options{Draining: f.draining, Heartbeat: time.Minute})
	serve := f.source.serve
	answer := func(w http.ResponseWriter, r *http.Request) error { return serve(w, r, f.actor) }
	f.handler = rest.NewMux([]rest.Route{{Method: "GET", Path: "/v1/events", Handle: answer},
		{Method: "HEAD", Path: "/v1/events", Handle: answer}}, problem)
	return f
}

func (f *fixture) create(t *testing.T, name string, superAdmin bool) *commands.User {
	t.Helper()
	out, err := f.service.Do(t.Context(), commands.Service(),
		commands.CreateUser{ID: uuid.New(), User: events.UserCreated{
			Username: name, Email: name + "@example.com", Active: true, SuperAdmin: superAdmin,
			PasswordHash: "$hidden$",
		}})
	require.NoError(t, err)
	return out.User
}

func (f *fixture) get(t *testing.T, query string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1/events"+query, nil))
	return w
}

// lines returns the answer's events.
func lines(t *testing.T, body io.Reader) []map[string]any {
	t.Helper()
	var out []map[string]any
	for in := bufio.NewScanner(body); in.Scan(); {
		var e map[string]any
		require.NoError(t, json.Unmarshal(in.Bytes(), &e))
		out = append(out, e)
	}
	return out
}

func sequences(events []map[string]any) []int {
	var out []int
	for _, e := range events {
		out = append(out, int(e["sequence"].(float64)))
	}
	return out
}

func TestEvent(t *testing.T) {
	f := newFixture(t)
	u := f.create(t, "ada", false)
	w := f.get(t, "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "application/x-ndjson", w.Header().Get("Content-Type"))
	require.NotContains(t, w.Body.String(), "$hidden$")
	got := lines(t, w.Body)
	require.Len(t, got, 1)
	e := got[0]
	require.Equal(t, "1.0", e["specversion"])
	require.Equal(t, "accountd", e["source"])
	require.Equal(t, "UserCreated.v1", e["type"])
	require.Equal(t, "users/"+u.ID.String(), e["subject"])
	require.Equal(t, "system", e["actor"])
	require.EqualValues(t, 1, e["sequence"])
	require.NotEmpty(t, e["id"])
	require.NotEmpty(t, e["time"])
	require.NotContains(t, e, "erased")
	data := e["data"].(map[string]any)
	require.Equal(t, "ada@example.com", data["email"])
	require.Equal(t, events.Masked, data["password_hash"])
}

func TestErasedEventsStay(t *testing.T) {
	f := newFixture(t)
	u := f.create(t, "ada", false)
	f.create(t, "bob", false)
	require.NoError(t, f.Log.Destroy(t.Context(), u.Key))
	w := f.get(t, "")
	require.NotContains(t, w.Body.String(), "ada")
	got := lines(t, w.Body)
	require.Len(t, got, 2)
	require.Equal(t, true, got[0]["erased"])
	require.Contains(t, got[0], "data")
	require.Nil(t, got[0]["data"])
	require.Equal(t, "users/"+u.ID.String(), got[0]["subject"])
	require.NotContains(t, got[1], "erased")
}

func TestPages(t *testing.T) {
	f := newFixture(t)
	require.Empty(t, lines(t, f.get(t, "").Body))
	for i := range 5 {
		f.create(t, fmt.Sprintf("user%d", i), false)
	}
	for query, want := range map[string][]int{
		"": {1, 2, 3, 4, 5}, "?after=0": {1, 2, 3, 4, 5}, "?after=3": {4, 5}, "?limit=2": {1, 2},
		"?after=1&limit=2": {2, 3},
		"?after=4&limit=9": {5}, "?after=5": nil, "?after=18446744073709551615": nil,
		"?limit=18446744073709551615": {1, 2, 3, 4, 5},
	} {
		require.Equal(t, want, sequences(lines(t, f.get(t, query).Body)), query)
	}
	for _, query := range []string{"?limit=0", "?limit=x", "?after=-1", "?after=1&after=2", "?after="} {
		w := f.get(t, query)
		require.Equal(t, http.StatusBadRequest, w.Code, query)
		require.Equal(t, "parameter_invalid", w.Body.String())
	}
	require.Equal(t, "parameter_unknown", f.get(t, "?kind=user").Body.String())
}

func TestMoreThanOneChunk(t *testing.T) {
	f := newFixture(t)
	const users = chunk + 3
	for i := range users {
		f.create(t, fmt.Sprintf("user%d", i), false)
	}
	s := httptest.NewServer(f.handler)
	defer s.Close()
	answer, err := s.Client().Get(s.URL + "/v1/events")
	require.NoError(t, err)
	defer answer.Body.Close()
	got := sequences(lines(t, answer.Body))
	require.Len(t, got, users)
	for i, sequence := range got {
		require.Equal(t, i+1, sequence)
	}
}

func TestWhoMayRead(t *testing.T) {
	f := newFixture(t)
	admin, other := f.create(t, "admin", true), f.create(t, "other", false)
	for name, c := range map[string]struct {
		actor  commands.Actor
		status int
	}{
		"super admin": {commands.Actor{User: admin.ID, Permissions: commands.Whole()}, http.StatusOK},
		"super admin who may read": {commands.Actor{User: admin.ID,
			Permissions: commands.Granted(events.Permissions{Users: commands.LevelRead})}, http.StatusOK},
		"super admin who may not": {commands.Actor{User: admin.ID,
			Permissions: commands.Granted(events.Permissions{Users: commands.LevelNone})}, http.StatusForbidden},
		"an auditor": {commands.Actor{User: other.ID,
			Permissions: commands.Granted(events.Permissions{Audit: commands.LevelRead})}, http.StatusOK},
		"super admin without audit": {commands.Actor{User: admin.ID,
			Permissions: commands.Granted(events.Permissions{Audit: commands.LevelNone})}, http.StatusForbidden},
		"somebody else": {commands.Actor{User: other.ID, Permissions: commands.Whole()},
			http.StatusForbidden},
		"somebody else with a right": {commands.Actor{User: other.ID,
			Permissions: commands.Granted(events.Permissions{Users: commands.LevelAll})}, http.StatusForbidden},
		"nobody we know": {commands.Actor{User: uuid.New(), Permissions: commands.Whole()},
			http.StatusForbidden},
	} {
		f.actor = c.actor
		require.Equal(t, c.status, f.get(t, "").Code, name)
	}
}

func TestBreaksOffWhenTheLogFails(t *testing.T) {
	f := newFixture(t)
	for i := range chunk + 1 {
		f.create(t, fmt.Sprintf("user%d", i), false)
	}
	var info rest.Info
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(rest.WithInfo(r.Context(), &info))
		f.handler.ServeHTTP(&cancelling{w, cancel}, r.WithContext(ctx))
	}))
	answer, err := s.Client().Get(s.URL + "/v1/events")
	require.NoError(t, err)
	_, err = io.ReadAll(answer.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	answer.Body.Close()
	s.Close()
	require.ErrorIs(t, info.Failure, context.Canceled)
}

// cancelling ends the request's context with the first piece of the answer.
type cancelling struct {
	http.ResponseWriter
	cancel context.CancelFunc
}

func (c *cancelling) Write(b []byte) (int, error) {
	defer c.cancel()
	return c.ResponseWriter.Write(b)
}

func (c *cancelling) Unwrap() http.ResponseWriter { return c.ResponseWriter }
