package native

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/totp"
	"accountd/events"
)

// ann makes a user with the password secret, and logs her in so often.
func (s *service) ann(sessions int) (u *commands.User, tokens []string) {
	s.t.Helper()
	hash, err := s.HashPassword(s.t.Context(), "secret")
	require.NoError(s.t, err)
	u = s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.org", Active: true, PasswordHash: hash})
	for range sessions {
		tokens = append(tokens, s.logIn("secret"))
	}
	return u, tokens
}

// logIn returns the token of a session of ann's.
func (s *service) logIn(plain string) string {
	s.t.Helper()
	w := s.call(http.MethodPost, sessionsPath, "", `{"username":"ann","password":"`+plain+`"}`)
	require.Equal(s.t, http.StatusCreated, w.Code, w.Body)
	var made struct{ Token string }
	decodeBody(s.t, w, &made)
	return made.Token
}

// TestTheSessionThatActsStays changes the password, and has a second factor come and go, by one of two sessions.
func TestTheSessionThatActsStays(t *testing.T) {
	s := start(t, commands.Options{})
	u, tokens := s.ann(2)
	path := "/v1/users/" + u.ID.String()
	acts := func(method, path, body string) {
		t.Helper()
		w := s.call(method, path, tokens[0], body)
		require.Less(t, w.Code, http.StatusBadRequest, w.Body)
	}
	lasts := func(token string, want int) {
		t.Helper()
		require.Equal(t, want, s.call(http.MethodGet, sessionPath, token, "").Code)
	}
	other := func(token string) { // it has ended, and the acting one has not
		t.Helper()
		lasts(token, http.StatusUnauthorized)
		lasts(tokens[0], http.StatusOK)
	}
	acts(http.MethodPatch, path, `{"password":"another"}`)
	other(tokens[1])
	third := s.logIn("another")
	acts(http.MethodPost, path+"/totp", "")
	lasts(third, http.StatusOK)
	acts(http.MethodPost, path+"/totp/confirm", `{"code":"`+totp.Code(s.Snapshot().User(u.ID).SecondFactor.Secret, s.now)+`"}`)
	other(third)
	acts(http.MethodDelete, path+"/totp", "")
	fourth := s.logIn("another")
	acts(http.MethodDelete, sessionPath, "")
	lasts(tokens[0], http.StatusUnauthorized)
	require.Equal(t, http.StatusOK, s.call(http.MethodPatch, path, s.token, `{"password":"third"}`).Code)
	lasts(fourth, http.StatusUnauthorized)
}

// TestRacingPasswords has all of a user's sessions set a password at the same time: one is left, the one whose password counts.
func TestRacingPasswords(t *testing.T) {
	s := start(t, commands.Options{})
	u, tokens := s.ann(4)
	codes := make([]int, len(tokens))
	var all sync.WaitGroup
	for i, token := range tokens {
		all.Go(func() {
			codes[i] = s.call(http.MethodPatch, "/v1/users/"+u.ID.String(), token, `{"password":"by session `+strconv.Itoa(i)+`"}`).Code
		})
	}
	all.Wait()
	left := 0
	for i, token := range tokens {
		if s.call(http.MethodGet, sessionPath, token, "").Code == http.StatusOK {
			left++
			require.Equal(t, http.StatusOK, codes[i])
			s.logIn("by session " + strconv.Itoa(i))
		}
	}
	require.Equal(t, 1, left)
}

// TestFailedLogInsWait has log-ins fail by a name that nobody has, and by the administrator's, who has no password.
func TestFailedLogInsWait(t *testing.T) {
	s := start(t, commands.Options{})
	for _, name := range []string{"nobody", "admin"} {
		body := `{"username":"` + name + `","password":"wrong"}`
		for range login.FreeByName + 1 {
			require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", body).Code)
		}
		w := s.call(http.MethodPost, sessionsPath, "", body)
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		require.Equal(t, "1", w.Header().Get("Retry-After"))
		var p problemAnswer
		decodeBody(t, w, &p)
		require.Equal(t, "too_many_attempts", p.Code)
		s.now = s.now.Add(time.Second)
		require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", body).Code)
	}
	s.api.bounded = false
	require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", `{"username":"admin","password":"wrong"}`).Code)
}
