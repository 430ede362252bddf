package native

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/projections"
)

func TestSequenceThatDoesNotCome(t *testing.T) {
	s := start(t, committer.Options{})
	s.api.MaxWait = time.Millisecond
	r := httptest.NewRequest("GET", "/v1/users", nil)
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set(call.MinSequenceHeader, "1000")
	info := &rest.Info{}
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r.WithContext(rest.WithInfo(context.Background(), info)))
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
	assert.Equal(t, "2", w.Header().Get("Retry-After"))
	assert.Contains(t, w.Body.String(), `"code":"sequence_not_reached"`)
	assert.Error(t, info.Failure)
}

// TestSequenceThatComes uses a token before this instance knows it: the request waits for the sequence that made it.
func TestSequenceThatComes(t *testing.T) {
	s := start(t, committer.Options{})
	s.api.Newest = func(context.Context) (uint64, error) { return 3, nil } // as another instance has written
	token, hash := call.NewToken()
	answered := make(chan int)
	go func() {
		answered <- s.call("GET", "/v1/users", token, "", call.MinSequenceHeader, "3").Code
	}()
	s.do(commands.Service(), commands.AddAPIKey{ID: s.admin.ID, Key: events.APIKey{ID: [16]byte{1}, Kind: call.KeyKind,
		Hash: events.Secret(hash)}})
	assert.Equal(t, http.StatusOK, <-answered)
}

// TestVersionOfAnotherInstance waits for a version that another instance has told the client of.
func TestVersionOfAnotherInstance(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String()
	answered := make(chan int)
	body, send := io.Pipe()
	go func() {
		r := httptest.NewRequest("PATCH", path, body)
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.Header.Set("If-Match", `"3"`)
		answered <- s.serve(r, testAddress).Code
	}()
	_, err := io.WriteString(send, `{"profile":{"city":"x"}}`) // when it is read, the request has long begun
	require.NoError(t, err)
	require.NoError(t, send.Close())
	phone := "1"
	s.do(commands.Service(), commands.UpdateUser{ID: s.admin.ID, Profile: events.ProfileUpdated{Phone: &phone}})
	assert.Equal(t, http.StatusOK, <-answered)
}

func TestVersionThatDoesNotCome(t *testing.T) {
	s := start(t, committer.Options{})
	s.api.MaxWait = time.Millisecond
	w := s.call("PATCH", "/v1/users/"+s.admin.ID.String(), s.token, `{}`, "If-Match", `"1000"`)
	assert.Equal(t, http.StatusPreconditionFailed, w.Code)
}

func TestNotReady(t *testing.T) {
	h := New(rest.Service{View: projections.NewView()}, Options{})
	r := httptest.NewRequest("GET", "/v1/users", nil)
	token, _ := call.NewToken()
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
	assert.NotEmpty(t, w.Header().Get("Retry-After"))
}

// TestNothingIsHashedInVain calls with a context that has ended, so that hashing fails: what is refused before it has
// its usual status.
func TestNothingIsHashedInVain(t *testing.T) {
	s := start(t, committer.Options{})
	child := s.create(commands.Service(), events.UserCreated{Email: "child@example.com", Active: true})
	token := s.key(child.ID, events.Permissions{})
	user, admin := "/v1/users/"+child.ID.String(), "/v1/users/"+s.admin.ID.String()
	for _, c := range []struct {
		token, method, path, body string
		status                    int
	}{
		{s.token, "POST", "/v1/users", `{"email":"a@example.com","password":"secret"}`, 503},
		{s.token, "POST", "/v1/users", `{"email":"child@example.com","password":"secret"}`, 409},
		{token, "POST", "/v1/users", `{"email":"a@example.com","password":"secret"}`, 403},
		{s.token, "PATCH", user, `{"password":"secret"}`, 503},
		{s.token, "PATCH", user, `{"password":"secret","email":"admin@example.com"}`, 409},
		{token, "PATCH", user, `{"password":"secret","comment":"x"}`, 403},
		{token, "PATCH", admin, `{"password":"secret"}`, 404},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)).WithContext(ctx)
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		s.http.ServeHTTP(w, r)
		assert.Equal(t, c.status, w.Code, "%s %s", c.method, c.body)
	}
}

func TestTooLarge(t *testing.T) {
	s := start(t, committer.Options{})
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"email":"` + strings.Repeat("a", rest.MaxBody) + `"}`, http.StatusRequestEntityTooLarge},
		{`{"email":"a@example.com","extra_params":"` + strings.Repeat(`\u0001`, 65536) + `"}`, http.StatusCreated},
		{`{"email":"b@example.com","extra_params":"` + strings.Repeat(`x`, 65537) + `"}`, http.StatusBadRequest},
	} {
		w := s.call("POST", "/v1/users", s.token, c.body)
		assert.Equal(t, c.status, w.Code, "%.200s", w.Body)
	}
	path := "/v1/users/" + s.admin.ID.String()
	ips := strings.Repeat(`"192.0.2.1",`, commands.MaxAllowedIPs)
	assert.Equal(t, http.StatusCreated, s.call("POST", path+"/api-keys", s.token, `{"allowed_ips":[`+ips[:len(ips)-1]+
		`]}`).Code)
	assert.Equal(t, http.StatusBadRequest, s.call("POST", path+"/api-keys", s.token, `{"allowed_ips":[`+ips+
		`"192.0.2.1"]}`).Code)
	assert.Equal(t, http.StatusBadRequest, s.call("POST", path+"/failed", s.token,
		`{"reason":"`+strings.Repeat("x", maxReason+1)+`"}`).Code)
	values := strings.Repeat("a,", maxValues)
	assert.Equal(t, http.StatusBadRequest, s.call("GET", "/v1/users?filter[username][contains]="+values, s.token,
		"").Code)
}

// TestOverTheWire asks a real server: HEAD has no body, an escaped slash stays within its segment.
func TestOverTheWire(t *testing.T) {
	s := start(t, committer.Options{})
	s.do(commands.Service(), commands.LinkResource{ID: s.admin.ID, Resource: events.ResourceLinked{Kind: "vm",
		ID: "a/b %2F"}})
	server := httptest.NewServer(s.http)
	defer server.Close()
	for _, c := range []struct {
		method, path string
		status       int
		body         bool
	}{
		{"GET", "", 200, true},
		{"HEAD", "", 200, false},
		{"DELETE", "/resources/vm/a/b", 404, true},
		{"DELETE", "/resources/vm/a%2Fb%20%252F", 204, false},
		{"DELETE", "/resources/vm/a%2Fb%20%252F", 404, true},
	} {
		r, err := http.NewRequest(c.method, server.URL+"/v1/users/"+s.admin.ID.String()+c.path, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+s.token)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, c.status, answer.StatusCode, "%s %s", c.method, c.path)
		assert.Equal(t, c.body, len(body) > 0, "%s %s", c.method, c.path)
	}
}
