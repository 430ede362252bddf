package native

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/login"
	"accountd/events"
)

// TestUnlock locks a user out by failures and by the record of a lock, and lets it in again.
func TestUnlock(t *testing.T) {
	s := start(t, committer.Options{})
	hash, err := s.HashPassword(t.Context(), "secret")
	require.NoError(t, err)
	ann := s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.org", Active: true,
		PasswordHash: hash})
	token := s.key(ann.ID, events.Permissions{})
	logIn := func(plain string) error {
		_, err := s.LogIn(httptest.NewRequest(http.MethodPost, "/", nil), login.Attempt{Name: "ann", Password: plain,
			At: s.now})
		return err
	}
	for range login.FreeByName + 1 {
		require.ErrorContains(t, logIn("wrong"), "bad_credentials")
	}
	require.ErrorContains(t, logIn("secret"), "too_many_attempts")
	s.do(commands.Service(), commands.LockLogIn{ID: ann.ID, Until: s.now.Add(time.Minute)})
	path := "/v1/users/" + ann.ID.String()
	locked := func() any {
		w := s.call(http.MethodGet, path, token, "") // keys go on working
		require.Equal(t, http.StatusOK, w.Code)
		var u struct {
			LockedUntil any `json:"locked_until"`
		}
		decodeBody(t, w, &u)
		return u.LockedUntil
	}
	require.Equal(t, "2030-01-01T00:01:00Z", locked())
	s.now = s.now.Add(time.Minute)
	require.Nil(t, locked(), "it is over")
	s.now = testNow
	require.Equal(t, http.StatusForbidden, s.call(http.MethodPost, path+"/unlock", token, "").Code)
	require.Equal(t, http.StatusBadRequest, s.call(http.MethodPost, path+"/unlock", s.token, `{"x":1}`).Code)
	w := s.call(http.MethodPost, path+"/unlock", s.token, "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), `"locked_until":null`)
	require.NoError(t, logIn("secret"))
	last := s.Snapshot().User(ann.ID).Version
	require.Equal(t, http.StatusOK, s.call(http.MethodPost, path+"/unlock", s.token, "{}").Code)
	require.Equal(t, last, s.Snapshot().User(ann.ID).Version, "there is no lock to end")
}
