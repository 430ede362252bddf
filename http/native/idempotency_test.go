package native

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/events/eventlog"
	"accountd/http/rest"
)

// TestRacingRepeatsAreCarriedOutOnce sends one request many times at once, to two instances on one log.
func TestRacingRepeatsAreCarriedOutOnce(t *testing.T) {
	s := start(t, commands.Options{})
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
				w := []*service{s, other}[i%2].call("POST", path, s.token, body, idempotencyHeader, key)
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

// begun leaves behind what a service does that stops before it kept the answer, and returns the caller of the request.
func (s *service) begun(r *http.Request, key, body string) caller {
	s.t.Helper()
	c, err := s.api.identify(r, s.token)
	require.NoError(s.t, err)
	c.secret, err = newRequestSecret(r, key)
	require.NoError(s.t, err)
	name := strings.Join([]string{c.Credential, r.Method, r.URL.Path, key}, "\n")
	request := c.secret.digest("request", []byte(r.URL.RequestURI()), []byte(r.Header.Get("If-Match")), []byte(body))
	_, kept, err := s.Sessions.Begin(context.Background(), name, request, -lease, true)
	require.NoError(s.t, err)
	require.Nil(s.t, kept)
	return c
}

func (s *service) request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.token)
	return r
}

// TestCrashBeforeTheAnswerIsKept repeats a creation that took effect, but whose answer was lost.
func TestCrashBeforeTheAnswerIsKept(t *testing.T) {
	s := start(t, commands.Options{})
	body := `{"email":"ada@example.com"}`
	r := s.request("POST", "/v1/users", body)
	c := s.begun(r, "k", body)
	lost := httptest.NewRecorder()
	require.NoError(t, s.api.createUser(lost, r, c))

	again := s.call("POST", "/v1/users", s.token, body, idempotencyHeader, "k")
	assert.Equal(t, http.StatusCreated, again.Code)
	assert.Equal(t, lost.Body.String(), again.Body.String())
	assert.Equal(t, lost.Header(), again.Header())
	assert.Equal(t, 2, s.Snapshot().Len())
	third := s.call("POST", "/v1/users", s.token, body, idempotencyHeader, "k")
	assert.Equal(t, "true", third.Header().Get(replayedHeader))
	assert.Equal(t, again.Body.String(), third.Body.String())
}

// TestCrashBeforeItTookEffect repeats a creation that was begun and did not come about.
func TestCrashBeforeItTookEffect(t *testing.T) {
	s := start(t, commands.Options{})
	body := `{"email":"ada@example.com"}`
	s.begun(s.request("POST", "/v1/users", body), "k", body)
	assert.Equal(t, http.StatusCreated, s.call("POST", "/v1/users", s.token, body, idempotencyHeader, "k").Code)
	assert.Equal(t, 2, s.Snapshot().Len())
}

// TestCrashWhileMakingASecret does not make another one: who asks is told that the outcome is unknown.
func TestCrashWhileMakingASecret(t *testing.T) {
	s := start(t, commands.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	s.begun(s.request("POST", path, ""), "k", "")
	w := s.call("POST", path, s.token, "", idempotencyHeader, "k")
	assert.Equal(t, http.StatusConflict, w.Code)
	assert.Contains(t, w.Body.String(), `"code":"outcome_unknown"`)
	assert.Len(t, s.Snapshot().User(s.admin.ID).APIKeys, 1)
}

// TestWhatTheServiceCouldNotDoIsNotKept is refused for want of time, and then is not.
func TestWhatTheServiceCouldNotDoIsNotKept(t *testing.T) {
	s := start(t, commands.Options{})
	body := `{"email":"ada@example.com","password":"correct horse"}`
	r := s.request("POST", "/v1/users", body)
	r.Header.Set(idempotencyHeader, "k")
	w := httptest.NewRecorder()
	h := s.api.once(func(http.ResponseWriter, *http.Request, caller) error { return password.ErrBusy }, true)
	err := s.api.authenticated(h)(w, r)
	assert.Equal(t, http.StatusServiceUnavailable, rest.FaultOf(err).Status)
	assert.ErrorIs(t, err, password.ErrBusy)
	assert.Equal(t, http.StatusCreated, s.call("POST", "/v1/users", s.token, body, idempotencyHeader, "k").Code)
}

// TestWhatMayHaveTakenEffect is not carried out again: who asks is told that nobody knows.
func TestWhatMayHaveTakenEffect(t *testing.T) {
	s := start(t, commands.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	r := s.request("POST", path, "")
	r.Header.Set(idempotencyHeader, "k")
	h := s.api.once(func(http.ResponseWriter, *http.Request, caller) error { return eventlog.ErrUnavailable }, false)
	assert.ErrorIs(t, s.api.authenticated(h)(httptest.NewRecorder(), r), eventlog.ErrUnavailable)
	w := s.call("POST", path, s.token, "", idempotencyHeader, "k")
	assert.Equal(t, http.StatusConflict, w.Code)
	assert.Contains(t, w.Body.String(), `"code":"request_running"`) // and outcome_unknown when the lease is over
}

// TestKeptAnswersAreSealed looks for an answer's secret in what is stored of it.
func TestKeptAnswersAreSealed(t *testing.T) {
	s := start(t, commands.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	w := s.call("POST", path, s.token, "", idempotencyHeader, "k")
	var made struct{ Key string }
	decodeBody(t, w, &made)
	c, err := s.api.identify(s.request("POST", path, ""), s.token)
	require.NoError(t, err)
	secret, err := newRequestSecret(s.request("POST", path, ""), "k")
	require.NoError(t, err)
	name := strings.Join([]string{c.Credential, "POST", path, "k"}, "\n")
	_, kept, err := s.Sessions.Begin(context.Background(), name, secret.digest("request", []byte(path), nil, nil), lease, false)
	require.NoError(t, err)
	assert.NotEmpty(t, kept)
	assert.NotContains(t, string(kept), made.Key)
	plain, err := secret.seal.Open(nil, nil, kept, nil)
	require.NoError(t, err)
	assert.Contains(t, string(plain), `"status":201`)
	other, err := newRequestSecret(s.request("POST", path, ""), "other")
	require.NoError(t, err)
	_, err = other.seal.Open(nil, nil, kept, nil)
	assert.Error(t, err)
}
