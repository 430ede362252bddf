package native

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/commands/webhook"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/session"
	"accountd/http/native/call"
	"accountd/http/rest"
)

// TestRacingRepeatsAreCarriedOutOnce sends one request many times at once, to two instances on one log.
func TestRacingRepeatsAreCarriedOutOnce(t *testing.T) {
	s := start(t, committer.Options{})
	other := s.in(t)
	other.http = newAPI(s.Service, Options{}).handler()
	body := `{"memo":"x"}`
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	for round := range 4 {
		var made, running atomic.Int64
		var all sync.WaitGroup
		key := fmt.Sprint("key", round)
		for i := range 16 {
			all.Go(func() {
				w := []*service{s, other}[i%2].call("POST", path, s.token, body, call.IdempotencyHeader, key)
				switch {
				case w.Code == http.StatusCreated:
					made.Add(1)
				case w.Code == http.StatusConflict && strings.Contains(w.Body.String(), "request_running"):
					running.Add(1)
				}
			})
		}
		all.Wait()
		assert.EqualValues(t, 16, made.Load()+running.Load())
		assert.Len(t, s.Snapshot().User(s.admin.ID).APIKeys, round+2) // one each round, and the admin's own
	}
}

const apiKeysRoute = "/v1/users/:id/api-keys"

// request returns a request to a route, as a handler gets it.
func (s *service) request(method, route, path, body string) (routed *http.Request) {
	handle := func(_ http.ResponseWriter, r *http.Request) error {
		routed = r
		return nil
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	rest.NewMux([]rest.Route{{Method: method, Path: route, Handle: handle}},
		call.WriteProblem).ServeHTTP(httptest.NewRecorder(), r)
	r = routed
	r.Header.Set("Authorization", "Bearer "+s.token)
	return r
}

// crash makes it so that the service stopped before it kept the answers that it has kept: what took effect is in the
// log, and whoever carried it out is gone.
func (s *service) crash() {
	s.t.Helper()
	ctx := context.Background()
	bucket, err := s.env.Engine.JetStream().KeyValue(ctx, session.Bucket)
	require.NoError(s.t, err)
	keys, err := bucket.ListKeysFiltered(ctx, "request.>")
	require.NoError(s.t, err)
	for key := range keys.Keys() {
		entry, err := bucket.Get(ctx, key)
		require.NoError(s.t, err)
		var attempt map[string]any
		require.NoError(s.t, json.Unmarshal(entry.Value(), &attempt))
		delete(attempt, "answer")
		attempt["holder"] = "somebody who is gone"
		value, err := json.Marshal(attempt)
		require.NoError(s.t, err)
		_, err = bucket.Put(ctx, key, value)
		require.NoError(s.t, err)
	}
}

// TestCrashBeforeTheAnswerIsKept repeats what took effect, but of which no answer was kept: the first answer comes
// again, with the same secrets, and nothing takes effect a second time.
func TestCrashBeforeTheAnswerIsKept(t *testing.T) {
	s := start(t, committer.Options{ExternalProvisioning: true})
	ada := s.create(commands.Service(), events.UserCreated{Username: "ada", Email: "ada@example.com", Active: true})
	user := "/v1/users/" + ada.ID.String()
	app := s.application(events.ApplicationCreated{Kind: commands.ApplicationTrusted})
	hook := uuid.New()
	_, err := s.Do(context.Background(), commands.Service(), commands.CreateWebhook{ID: hook,
		Webhook: events.WebhookCreated{URL: "https://example.com/", Secret: webhook.NewSecret()}})
	require.NoError(t, err)
	group := uuid.New()
	s.do(commands.Service(), commands.CreateGroup{ID: group, Group: events.GroupCreated{Name: "ops"}})
	s.key(ada.ID, events.Permissions{})
	key := s.Snapshot().User(ada.ID).APIKeys[0].ID.String()
	for i, c := range []struct{ method, path, body string }{
		{"POST", "/v1/users", `{"email":"bob@example.com"}`},
		{"POST", "/v1/users", `{"email":"eve@example.com","password":"correct horse"}`},
		{"PATCH", user, `{"first_name":"Ada","password":"battery staple"}`},
		{"POST", user + "/ssh-keys", `{"title":"laptop","key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN"}`},
		{"POST", user + "/signing-keys", `{"name":"ci"}`},
		{"POST", user + "/storage-keys", `{"kind":"s3"}`},
		{"POST", user + "/api-keys", `{"memo":"x"}`},
		{"POST", user + "/api-keys", `{"kind":"pterodactyl","permissions":{"users":"read"}}`},
		{"POST", user + "/api-keys/" + key + "/rotate", `{}`},
		{"POST", user + "/resources", `{"kind":"server","id":"7","name":"web"}`},
		{"POST", user + "/resources", `{"kind":"server","id":"7","name":"db"}`},
		{"POST", user + "/provisioned", ``},
		{"POST", user + "/unlock", ``},
		{"POST", "/v1/groups", `{"name":"staff"}`},
		{"PATCH", "/v1/groups/" + group.String(), `{"name":"operators"}`},
		{"POST", "/v1/datacenters", `{"name":"north"}`},
		{"POST", "/v1/clients", `{"name":"Bolt"}`},
		{"POST", "/v1/applications", `{"name":"App","type":"trusted","user":"` + app.User.String() + `"}`},
		{"POST", "/v1/applications/" + app.ID.String() + "/secret", ``},
		{"POST", "/v1/webhooks", `{"url":"https://example.org/"}`},
		{"POST", "/v1/webhooks/" + hook.String() + "/secret", `{}`},
		{"DELETE", user + "/resources/server/7", ``},
		{"DELETE", user + "/api-keys/" + key, ``},
		{"DELETE", "/v1/groups/" + group.String(), ``},
		{"DELETE", "/v1/webhooks/" + hook.String(), ``},
		{"DELETE", user, ``},
	} {
		name := fmt.Sprint(c.method, " ", c.path, " ", c.body)
		send := func() *httptest.ResponseRecorder {
			return s.call(c.method, c.path, s.token, c.body, call.IdempotencyHeader, fmt.Sprint("key", i))
		}
		first := send()
		require.Less(t, first.Code, 300, "%s: %s", name, first.Body)
		position := s.View.Position()
		s.crash()
		again := send()
		assert.Equal(t, first.Code, again.Code, name)
		assert.Equal(t, first.Body.String(), again.Body.String(), name)
		assert.Equal(t, first.Header(), again.Header(), name)
		assert.Equal(t, position, s.View.Position(), name)
		third := send()
		assert.Equal(t, "true", third.Header().Get(call.ReplayedHeader), name)
		assert.Equal(t, first.Body.String(), third.Body.String(), name)
	}
}

// TestCrashBeforeItTookEffect repeats a creation that was begun and did not come about.
func TestCrashBeforeItTookEffect(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	r := s.request("POST", apiKeysRoute, path, "")
	c, err := s.api.Identify(r, s.token)
	require.NoError(t, err)
	_, kept, err := s.api.Begin(call.Call{}, r, &c, "k", nil)
	require.NoError(t, err)
	require.Nil(t, kept)
	w := s.call("POST", path, s.token, "", call.IdempotencyHeader, "k")
	assert.Equal(t, http.StatusConflict, w.Code, "the first one has not ended")
	assert.Contains(t, w.Body.String(), `"code":"request_running"`)
	assert.NotEmpty(t, w.Header().Get("Retry-After"))

	s.api.Sessions, err = session.Open(context.Background(), s.env.Engine) // as after a restart
	require.NoError(t, err)
	s.http = s.api.handler()
	assert.Equal(t, http.StatusCreated, s.call("POST", path, s.token, "", call.IdempotencyHeader, "k").Code)
	assert.Len(t, s.Snapshot().User(s.admin.ID).APIKeys, 2)
}

// TestAfterACrashOthersGoOn repeats a change after somebody else has changed the same: theirs stays.
func TestAfterACrashOthersGoOn(t *testing.T) {
	s := start(t, committer.Options{})
	ada := s.create(commands.Service(), events.UserCreated{Username: "ada", Email: "ada@example.com", Active: true})
	user := "/v1/users/" + ada.ID.String()
	version := call.VersionTag(ada.Version)
	first := s.call("PATCH", user, s.token, `{"first_name":"Ada"}`, call.IdempotencyHeader, "k", "If-Match", version)
	require.Equal(t, http.StatusOK, first.Code)
	s.crash()
	s.do(commands.Service(), commands.UpdateUser{ID: ada.ID, Profile: events.ProfileUpdated{FirstName: new("Grace")}})
	again := s.call("PATCH", user, s.token, `{"first_name":"Ada"}`, call.IdempotencyHeader, "k", "If-Match", version)
	assert.Equal(t, http.StatusOK, again.Code)
	assert.Equal(t, first.Body.String(), again.Body.String())
	assert.Equal(t, "Grace", s.Snapshot().User(ada.ID).FirstName)
}

// TestReplaysOfThoseWhoLostTheRight are refused, as the request would be, whether the answer was kept or not.
func TestReplaysOfThoseWhoLostTheRight(t *testing.T) {
	for _, crashed := range []bool{false, true} {
		s := start(t, committer.Options{})
		boss := s.create(commands.Service(), events.UserCreated{Username: "boss", Email: "boss@example.com",
			Active: true, SuperAdmin: true})
		ada := s.create(commands.Service(), events.UserCreated{Username: "ada", Email: "ada@example.com", Active: true})
		token := s.key(boss.ID, events.Permissions{})
		app := s.application(events.ApplicationCreated{Kind: commands.ApplicationTrusted})
		calls := [][3]string{
			{"POST", "/v1/users", `{"email":"bob@example.com"}`},
			{"POST", "/v1/users/" + ada.ID.String() + "/api-keys", ``},
			{"PATCH", "/v1/users/" + ada.ID.String(), `{"first_name":"Ada"}`},
			{"POST", "/v1/users/" + ada.ID.String() + "/signing-keys", `{"name":"ci"}`},
			{"POST", "/v1/users/" + ada.ID.String() + "/storage-keys", `{"kind":"s3"}`},
			{"POST", "/v1/users/" + ada.ID.String() + "/resources", `{"kind":"server","id":"7","name":"web"}`},
			{"POST", "/v1/groups", `{"name":"staff"}`},
			{"POST", "/v1/datacenters", `{"name":"north"}`},
			{"POST", "/v1/clients", `{"name":"Bolt"}`},
			{"POST", "/v1/applications/" + app.ID.String() + "/secret", ``},
			{"POST", "/v1/webhooks", `{"url":"https://example.org/"}`},
			{"POST", "/v1/subscriptions", `{"name":"crm"}`},
			{"POST", "/v1/subscriptions/crm/secret", ``},
		}
		for i, c := range calls {
			require.Less(t, s.call(c[0], c[1], token, c[2], call.IdempotencyHeader, fmt.Sprint(i)).Code, 300, c)
		}
		if crashed {
			s.crash()
		}
		s.do(commands.Service(), commands.UpdateUser{ID: boss.ID, Rights: events.RightsChanged{SuperAdmin: new(bool)}})
		position := s.View.Position()
		for i, c := range calls {
			w := s.call(c[0], c[1], token, c[2], call.IdempotencyHeader, fmt.Sprint(i))
			assert.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, w.Code, "%v: %s", c, w.Body)
			assert.Empty(t, w.Header().Get(call.ReplayedHeader), c)
		}
		assert.Equal(t, position, s.View.Position())
	}
}

// TestRehearsalsActOnNothing carries out every call without anything to act by: nothing takes effect, and nobody
// reaches for what is not there.
func TestRehearsalsActOnNothing(t *testing.T) {
	s := start(t, committer.Options{})
	ada := s.create(commands.Service(), events.UserCreated{Username: "ada", Email: "ada@example.com", Active: true})
	plain := s.key(ada.ID, events.Permissions{})
	app := s.application(events.ApplicationCreated{Kind: commands.ApplicationTrusted})
	hook, group := uuid.New(), uuid.New()
	for _, cmd := range []commands.Command{
		commands.CreateWebhook{ID: hook, Webhook: events.WebhookCreated{URL: "https://example.com/",
			Secret: webhook.NewSecret()}},
		commands.CreateGroup{ID: group, Group: events.GroupCreated{Name: "ops"}},
		commands.CreateSubscription{ID: uuid.New(), Subscription: events.SubscriptionCreated{Name: "crm"}},
		commands.LinkResource{ID: ada.ID, Resource: events.ResourceLinked{Kind: "server", ID: "7", Name: "web"}},
	} {
		s.do(commands.Service(), cmd)
	}
	names := strings.NewReplacer("users/:id", "users/"+ada.ID.String(), ":application", app.ID.String(), ":webhook",
		hook.String(),
		":group", group.String(), ":name", "crm", ":kind/:resource", "server/7", "api-keys/:key",
		"api-keys/"+ada.ID.String())
	position, rehearsed := s.View.Position(), 0
	for _, route := range s.api.powerless().calls() {
		if route.Method == http.MethodGet || route.Path == importPath || route.Path == sessionPath ||
			strings.Contains(route.Path, userSessionsPath) {
			continue // which is not carried out once, or answers without a body
		}
		for _, token := range []string{s.token, plain} {
			for _, body := range []string{``, `{}`, `{"name":"new"}`,
				`{"email":"new@example.com","password":"correct horse"}`} {
				r := s.request(route.Method, route.Path, names.Replace(route.Path), body)
				r.Header.Set("Authorization", "Bearer "+token)
				c, err := s.api.Identify(r, token)
				require.NoError(t, err)
				assert.NotPanics(t, func() { err = route.Handle(httptest.NewRecorder(), r, c) }, "%s %s %s",
					route.Method, route.Path, body)
				assert.Error(t, err, "%s %s %s", route.Method, route.Path, body)
				rehearsed++
			}
		}
	}
	assert.Greater(t, rehearsed, 200)
	assert.Equal(t, position, s.View.Position())
}

// TestReplaysAboutThoseWhoAreGone tell nothing of them, and an erasure leaves nothing to be told.
func TestReplaysAboutThoseWhoAreGone(t *testing.T) {
	for _, crashed := range []bool{false, true} {
		for _, gone := range []string{"DELETE", "erase"} {
			s := start(t, committer.Options{})
			body := `{"email":"ada@example.com"}`
			made := s.call("POST", "/v1/users", s.token, body, call.IdempotencyHeader, "made")
			require.Equal(t, http.StatusCreated, made.Code)
			user := made.Header().Get("Location")
			require.Equal(t, http.StatusOK, s.call("PATCH", user, s.token, `{"first_name":"Ada"}`,
				call.IdempotencyHeader, "changed").Code)
			require.Equal(t, http.StatusCreated, s.call("POST", user+"/api-keys", s.token, "", call.IdempotencyHeader,
				"key").Code)
			if crashed {
				s.crash()
			}
			if gone == "erase" {
				require.Equal(t, http.StatusNoContent, s.call("POST", user+"/erase", s.token, "").Code)
			} else {
				require.Equal(t, http.StatusNoContent, s.call("DELETE", user, s.token, "").Code)
			}
			if gone == "erase" {
				s.requireNothingKeptAbout(user)
			}
			for _, w := range []*httptest.ResponseRecorder{
				s.call("PATCH", user, s.token, `{"first_name":"Ada"}`, call.IdempotencyHeader, "changed"),
				s.call("POST", user+"/api-keys", s.token, "", call.IdempotencyHeader, "key"),
			} {
				assert.Equal(t, http.StatusNotFound, w.Code, w.Body)
				assert.NotContains(t, w.Body.String(), "ada@example.com")
			}
			w := s.call("POST", "/v1/users", s.token, body, call.IdempotencyHeader, "made")
			assert.Equal(t, http.StatusNotFound, w.Code, w.Body)
		}
	}
}

// requireNothingKeptAbout looks for kept answers about the user of that path.
func (s *service) requireNothingKeptAbout(user string) {
	s.t.Helper()
	bucket, err := s.env.Engine.JetStream().KeyValue(context.Background(), session.Bucket)
	require.NoError(s.t, err)
	keys, err := bucket.ListKeysFiltered(context.Background(), "request."+strings.TrimPrefix(user, "/v1/users/")+".>")
	require.NoError(s.t, err)
	for key := range keys.Keys() {
		assert.Fail(s.t, "something is kept", key)
	}
}

// TestWhatTheServiceCouldNotDoIsNotKept is refused for want of time, and then is not.
func TestWhatTheServiceCouldNotDoIsNotKept(t *testing.T) {
	s := start(t, committer.Options{})
	body := `{"email":"ada@example.com","password":"correct horse"}`
	r := s.request("POST", call.UsersPath, call.UsersPath, body)
	r.Header.Set(call.IdempotencyHeader, "k")
	w := httptest.NewRecorder()
	busy := func(http.ResponseWriter, *http.Request, call.Caller) error { return password.ErrBusy }
	h := s.api.Once(call.Call{}, busy, busy)
	err := s.api.Authenticated(h)(w, r)
	assert.Equal(t, http.StatusServiceUnavailable, rest.FaultOf(err).Status)
	assert.ErrorIs(t, err, password.ErrBusy)
	assert.Equal(t, http.StatusCreated, s.call("POST", "/v1/users", s.token, body, call.IdempotencyHeader, "k").Code)
}

// TestWhatMayHaveTakenEffect is looked for when the request comes again, and not done a second time.
func TestWhatMayHaveTakenEffect(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	r := s.request("POST", apiKeysRoute, path, "")
	r.Header.Set(call.IdempotencyHeader, "k")
	lost := httptest.NewRecorder()
	unsure := func(_ http.ResponseWriter, r *http.Request, c call.Caller) error {
		require.NoError(t, s.api.addAPIKey(lost, r, c))
		return eventlog.ErrUnavailable
	}
	assert.ErrorIs(t, s.api.Authenticated(s.api.Once(call.Call{}, unsure, unsure))(httptest.NewRecorder(), r),
		eventlog.ErrUnavailable)
	w := s.call("POST", path, s.token, "", call.IdempotencyHeader, "k")
	assert.Equal(t, http.StatusCreated, w.Code)
	assert.Equal(t, lost.Body.String(), w.Body.String())
	assert.Len(t, s.Snapshot().User(s.admin.ID).APIKeys, 2)
}

// TestKeptAnswersAreSealed looks for an answer's secret in what is stored of it.
func TestKeptAnswersAreSealed(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	w := s.call("POST", path, s.token, "", call.IdempotencyHeader, "k")
	var made struct{ Key string }
	decodeBody(t, w, &made)
	r := s.request("POST", apiKeysRoute, path, "")
	c, err := s.api.Identify(r, s.token)
	require.NoError(t, err)
	_, kept, err := s.api.Begin(call.Call{}, r, &c, "k", nil)
	require.NoError(t, err)
	assert.NotEmpty(t, kept)
	assert.NotContains(t, string(kept), made.Key)
	plain, err := c.Open(kept)
	require.NoError(t, err)
	assert.Contains(t, string(plain), `"status":201`)
	other, err := c.WithKey(s.request("POST", apiKeysRoute, path, ""), "other")
	require.NoError(t, err)
	_, err = other.Open(kept)
	assert.Error(t, err)
}
