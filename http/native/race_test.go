package native

import (
	"encoding/json"
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
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
)

func decodeBody(t testing.TB, w *httptest.ResponseRecorder, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), v), "%s", w.Body)
}

// TestOneOfManyConditionalChangesWins lets many change one version of a user at the same time, round after round.
func TestOneOfManyConditionalChangesWins(t *testing.T) {
	const callers, rounds = 16, 5
	s := start(t, committer.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "alice@example.com", Active: true})
	path := "/v1/users/" + u.ID.String()
	for round := range rounds {
		tag := s.call("GET", path, s.token, "").Header().Get("ETag")
		var won, lost atomic.Int64
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				body := fmt.Sprintf(`{"phone":"%d-%d","profile":{"city":"%d"}}`, round, i, i)
				w := s.call("PATCH", path, s.token, body, "If-Match", tag)
				switch w.Code {
				case http.StatusOK:
					won.Add(1)
				case http.StatusPreconditionFailed:
					lost.Add(1)
				}
			})
		}
		all.Wait()
		assert.EqualValues(t, 1, won.Load())
		assert.EqualValues(t, callers-1, lost.Load())
	}
}

// TestRacingMergesKeepEachOther changes different members of one profile at the same time: none may be lost.
func TestRacingMergesKeepEachOther(t *testing.T) {
	s := start(t, committer.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "alice@example.com", Active: true})
	path := "/v1/users/" + u.ID.String()
	names := []string{"city", "title", "company", "website", "taxid", "vatid", "jabber", "state"}
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() {
			w := s.call("PATCH", path, s.token, `{"profile":{"`+name+`":"x"}}`)
			assert.Equal(t, http.StatusOK, w.Code, "%s", w.Body)
		})
	}
	all.Wait()
	var got struct{ Profile map[string]string }
	decodeBody(t, s.call("GET", path, s.token, ""), &got)
	for _, name := range names {
		assert.Equal(t, "x", got.Profile[name], name)
	}
}

// TestRacingCreations lets many take one e-mail address at the same time.
func TestRacingCreations(t *testing.T) {
	const callers = 16
	s := start(t, committer.Options{})
	var made, taken atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			switch s.call("POST", "/v1/users", s.token, `{"email":"alice@example.com"}`).Code {
			case http.StatusCreated:
				made.Add(1)
			case http.StatusConflict:
				taken.Add(1)
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, made.Load())
	assert.EqualValues(t, callers-1, taken.Load())
}

// TestChangesOfOneKeyMeet changes different members of a key and of a resource at the same time: none undoes another.
func TestChangesOfOneKeyMeet(t *testing.T) {
	s := start(t, committer.Options{})
	user := call.UsersPath + "/" + s.admin.ID.String()
	key := s.call("POST", user+"/api-keys", s.token, "").Header().Get("Location")
	require.Equal(t, http.StatusCreated, s.call("POST", user+"/resources", s.token, `{"kind":"vm","id":"7"}`).Code)
	var writers sync.WaitGroup
	for _, patch := range [][2]string{
		{key, `{"memo":"CI"}`}, {key, `{"allowed_ips":["192.0.2.0/24"]}`}, {key, `{"permissions":{"users":"read"}}`},
		{key, `{"permissions":{"servers":"none"}}`},
		{user + "/resources/vm/7", `{"name":"web"}`}, {user + "/resources/vm/7", `{"data":{"a":1}}`},
		{user + "/resources/vm/7", `{"data":{"b":2}}`},
	} {
		writers.Go(func() { assert.Equal(t, http.StatusOK, s.call("PATCH", patch[0], s.token, patch[1]).Code, patch) })
	}
	writers.Wait()
	got := s.call("GET", key+"?fields=memo,allowed_ips,permissions", s.token, "").Body.String()
	require.Contains(t, got, `"permissions":{"users":"read","servers":"none","audit":null},"allowed_ips":["192.0.2.0/24"],"memo":"CI"}`)
	require.Equal(t, `{"kind":"vm","id":"7","name":"web","data":{"a":1,"b":2}}`,
		strings.TrimSpace(s.call("GET", user+"/resources/vm/7", s.token, "").Body.String()))
}
