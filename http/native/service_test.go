package native

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/erasure"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/commands/subscription"
	"accountd/commands/webhook"
	"accountd/events"
	"accountd/events/feed"
	"accountd/events/session"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/projections"
	"accountd/projections/past"
	"accountd/testing/contract"
	"accountd/testing/testlog"
)

// The request id, address and time of every call that does not say otherwise.
const (
	testRequest = "0195f0a0-0000-7000-8000-00000000abcd"
	testAddress = "192.0.2.7"
)

var testNow = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// service is a whole service on a real log, with a super admin.
type service struct {
	t   testing.TB
	env *testlog.Env
	rest.Service
	api   *api
	http  http.Handler
	now   time.Time
	admin *commands.User
	token string // of the admin
}

func start(t testing.TB, options committer.Options) *service {
	t.Helper()
	env := testlog.Start(t)
	view := projections.NewView()
	view.Open()
	handler := committer.New(env.Log, view, options)
	t.Cleanup(handler.Close)
	// nobody relays to it
	public, err := feed.Open(context.Background(), feed.Options{Engine: env.Engine, Log: env.Log})
	require.NoError(t, err)
	sessions, err := session.Open(context.Background(), env.Engine)
	require.NoError(t, err)
	eraser := erasure.Start(env.Log, view, slog.New(slog.DiscardHandler),
		erasure.Purge{Name: "answers", Do: sessions.ForgetAbout})
	t.Cleanup(eraser.Close)
	// does not run
	reactor, err := webhook.New(context.Background(), webhook.Options{Engine: env.Engine, Log: env.Log, Feed: public,
		Fold: view, Handler: handler})
	require.NoError(t, err)
	// does not run
	subscriptions := subscription.New(subscription.Options{Engine: env.Engine, Feed: public, Fold: view,
		Handler: handler})
	archive := past.New(env.Log, view)
	t.Cleanup(archive.Close)
	s := &service{t: t, env: env, now: testNow,
		Service: rest.Service{Handler: handler, View: view, Hasher: password.New(password.Options{}),
			Sessions: sessions, Keys: env.Log,
			Eraser: eraser, Past: archive, Feed: public, Webhooks: reactor, Subscriptions: subscriptions}}
	s.api = newAPI(s.Service, Options{RateLimits: true, Now: func() time.Time { return s.now }})
	s.http = contract.Watch(t, openapi.Document(Describe()), contract.Rules{Partial: call.FieldsParameter},
		s.api.handler())
	s.admin = s.create(commands.Service(), events.UserCreated{Username: "admin", Email: "admin@example.com",
		Active: true, State: commands.StateCreated, SuperAdmin: true})
	s.token = s.key(s.admin.ID, events.Permissions{})
	return s
}

// calls returns those that a caller must be known for.
func (a *api) calls() []call.Call {
	return slices.DeleteFunc(call.Calls(a.nouns()), func(c call.Call) bool { return c.Open != nil })
}

// in returns the service for a test inside the one that started it.
func (s *service) in(t testing.TB) *service {
	inner := *s
	inner.t = t
	return &inner
}

// create makes a user.
func (s *service) create(a commands.Actor, u events.UserCreated) *commands.User {
	s.t.Helper()
	return s.do(a, commands.CreateUser{ID: uuid.New(), User: u})
}

func (s *service) do(a commands.Actor, c commands.Command) *commands.User {
	s.t.Helper()
	out, err := s.Do(context.Background(), a, c)
	require.NoError(s.t, err)
	return out.User
}

// application makes an application for a client that it makes, too.
func (s *service) application(e events.ApplicationCreated) *commands.Application {
	s.t.Helper()
	id := uuid.New()
	out, err := s.Do(context.Background(), commands.Service(),
		commands.CreateClient{ID: id, Client: events.ClientCreated{Name: "Acme"}})
	require.NoError(s.t, err)
	e.Client = out.Directory.Client(id).Number
	owner := s.create(commands.Service(), events.UserCreated{Email: uuid.NewString() + "@example.com", Active: true,
		Client: e.Client})
	appID, _, hash := secrets.Application()
	e.Name, e.AppID, e.SecretHash, e.User, e.Access = "Sync", appID, events.Secret(hash), owner.ID, commands.AccessAll
	id = uuid.New()
	out, err = s.Do(context.Background(), commands.Service(), commands.CreateApplication{ID: id, Application: e})
	require.NoError(s.t, err)
	return out.Directory.Application(id)
}

// key gives the user a token.
func (s *service) key(user uuid.UUID, p events.Permissions) string {
	s.t.Helper()
	token, hash := call.NewToken()
	s.do(commands.Service(), commands.AddAPIKey{ID: user,
		Key: events.APIKey{ID: uuid.New(), Kind: call.KeyKind, Hash: events.Secret(hash), Permissions: p}})
	return token
}

// call sends a request. Headers are names and values in turn.
func (s *service) call(method, target, token, body string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.serve(r, testAddress)
}

// serve answers the request as http/server would.
func (s *service) serve(r *http.Request, address string) *httptest.ResponseRecorder {
	info := &rest.Info{ID: testRequest, Dialect: "native", Address: address}
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r.WithContext(rest.WithInfo(r.Context(), info)))
	require.NoError(s.t, info.Failure, "%s %s", r.Method, r.URL)
	if r.Method == http.MethodHead {
		w.Body.Reset() // net/http does not send it
	}
	return w
}

// place makes a datacenter and a group that nobody is in.
func (s *service) place() (datacenter, group uuid.UUID) {
	s.t.Helper()
	ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	if len(s.Snapshot().Directory().Datacenters()) == 0 { // the first cannot be deleted
		s.do(commands.Service(), commands.CreateDatacenter{ID: ids[2],
			Datacenter: events.DatacenterCreated{Name: "main"}})
	}
	s.do(commands.Service(), commands.CreateDatacenter{ID: ids[0],
		Datacenter: events.DatacenterCreated{Name: ids[0].String()}})
	s.do(commands.Service(), commands.CreateGroup{ID: ids[1], Group: events.GroupCreated{Name: ids[1].String()}})
	return ids[0], ids[1]
}
