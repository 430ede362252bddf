package native

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
)

// TestRotateAPIKey uses the secrets of a key before, during and after their overlap.
func TestRotateAPIKey(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	made := decodePanelKey(t, s.call(http.MethodPost, path, s.token,
		`{"memo":"CI","permissions":{"users":"read"},"expires_at":"2030-02-01T00:00:00Z"}`).Body.Bytes())
	rotate := func(body string, want int) panelKey {
		t.Helper()
		w := s.call(http.MethodPost, path+"/"+made.ID+"/rotate", s.token, body)
		require.Equal(t, want, w.Code, w.Body)
		return decodePanelKey(t, w.Body.Bytes())
	}
	opens := func(key *string, want int) {
		t.Helper()
		require.Equal(t, want, s.call(http.MethodGet, path, *key, "").Code)
	}
	second := rotate("", http.StatusOK)
	require.Equal(t, []any{made.ID, "CI", "read", *made.ExpiresAt},
		[]any{second.ID, *second.Memo, *second.Permissions.Users, *second.ExpiresAt})
	require.Equal(t, testNow.Add(24*time.Hour), *second.PreviousExpiresAt)
	opens(made.Key, http.StatusOK)
	opens(second.Key, http.StatusOK)
	s.now = testNow.Add(24*time.Hour - 1)
	opens(made.Key, http.StatusOK)
	s.now = testNow.Add(24 * time.Hour)
	opens(made.Key, http.StatusUnauthorized)
	opens(second.Key, http.StatusOK)
	require.Contains(t, s.call(http.MethodGet, path, s.token, "").Body.String(), `"previous_expires_at":null`)
	require.NotContains(t, s.call(http.MethodGet, path, s.token, "").Body.String(), `"previous_expires_at":"`)

	third := rotate(`{"overlap_seconds":2592000}`, http.StatusOK)
	require.Equal(t, *made.ExpiresAt, *third.PreviousExpiresAt, "no longer than the key")
	opens(second.Key, http.StatusOK)
	fourth := rotate(`{"overlap_seconds":0}`, http.StatusOK)
	require.Nil(t, fourth.PreviousExpiresAt)
	for _, old := range []*string{made.Key, second.Key, third.Key} {
		opens(old, http.StatusUnauthorized)
	}
	opens(fourth.Key, http.StatusOK)
	require.Contains(t, s.call(http.MethodGet, "/v1/users/"+s.admin.ID.String()+"/history?limit=1", s.token,
		"").Body.String(), `"field":"api_keys"`, "although nothing is shown otherwise")

	for _, wrong := range []string{`{"overlap_seconds":-1}`, `{"overlap_seconds":2592001}`, `{"overlap_seconds":"1"}`,
		`{"x":1}`} {
		rotate(wrong, http.StatusBadRequest)
	}
	s.now = *made.ExpiresAt
	rotate("", http.StatusConflict)
	s.now = testNow
	fifth := rotate("", http.StatusOK)
	s.do(commands.Service(), commands.RevokeAPIKey{ID: s.admin.ID, KeyID: call.ParseID(made.ID)})
	opens(fourth.Key, http.StatusUnauthorized)
	opens(fifth.Key, http.StatusUnauthorized)
	rotate("", http.StatusNotFound)
}

// TestOldSecretDoesNotOutliveItself has who holds the secret before a rotation try to go on: by a key of its own,
// another rotation, and a second factor.
func TestOldSecretDoesNotOutliveItself(t *testing.T) {
	s := start(t, committer.Options{})
	user := "/v1/users/" + s.admin.ID.String()
	made := decodePanelKey(t, s.call(http.MethodPost, user+"/api-keys", s.token, "").Body.Bytes())
	rotate := user + "/api-keys/" + made.ID + "/rotate"
	second := decodePanelKey(t, s.call(http.MethodPost, rotate, s.token, "").Body.Bytes())
	want := func(status int, path string, key *string, body string) {
		t.Helper()
		require.Equal(t, status, s.call(http.MethodPost, path, *key, body).Code)
	}
	want(http.StatusForbidden, user+"/api-keys", made.Key, "")
	want(http.StatusForbidden, rotate, made.Key, "")
	want(http.StatusForbidden, user+"/totp", made.Key, "")
	want(http.StatusCreated, user+"/api-keys", made.Key, `{"expires_at":"2030-01-02T00:00:00Z"}`) // which ends as soon
	want(http.StatusCreated, user+"/api-keys", second.Key, "")
	want(http.StatusOK, rotate, second.Key, "")
}

// TestRotatePanelKey wants a panel's key to keep its form; Danube's are renewed there.
func TestRotatePanelKey(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	made := decodePanelKey(t, s.call(http.MethodPost, path, s.token,
		`{"kind":"pterodactyl","permissions":{"users":"read"}}`).Body.Bytes())
	again := decodePanelKey(t, s.call(http.MethodPost, path+"/"+made.ID+"/rotate", s.token,
		`{"overlap_seconds":60}`).Body.Bytes())
	require.Regexp(t, "^ptla_[A-Za-z0-9]{43}$", *again.Key)
	danube := events.APIKey{ID: call.ParseID("00000000-0000-4000-8000-0000000000d1"), Kind: commands.KeyDanube,
		Hash: "h", Secret: "s"}
	s.do(commands.Service(), commands.AddAPIKey{ID: s.admin.ID, Key: danube})
	w := s.call(http.MethodPost, path+"/"+danube.ID.String()+"/rotate", s.token, "")
	require.Equal(t, http.StatusConflict, w.Code)
}
