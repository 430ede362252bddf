package native

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/login"
	"accountd/commands/password"
	"accountd/commands/totp"
	"accountd/events"
	"accountd/http/native/call"
)

// ann makes a user with the password secret, and logs her in so often.
func (s *service) ann(sessions int) (u *commands.User, tokens []string) {
	s.t.Helper()
	hash, err := s.HashPassword(s.t.Context(), "secret")
	require.NoError(s.t, err)
	u = s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.org", Active: true,
		PasswordHash: hash})
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
	s := start(t, committer.Options{})
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
	acts(http.MethodPost, path+"/totp/confirm", `{"code":"`+totp.Code(s.Snapshot().User(u.ID).SecondFactor.Secret,
		s.now)+`"}`)
	other(third)
	acts(http.MethodDelete, path+"/totp", "")
	fourth := s.logIn("another")
	acts(http.MethodDelete, sessionPath, "")
	lasts(tokens[0], http.StatusUnauthorized)
	require.Equal(t, http.StatusOK, s.call(http.MethodPatch, path, s.token, `{"password":"third"}`).Code)
	lasts(fourth, http.StatusUnauthorized)
}

// TestRacingPasswords has all of a user's sessions set a password at the same time: one is left, the one whose password
// counts.
func TestRacingPasswords(t *testing.T) {
	s := start(t, committer.Options{})
	u, tokens := s.ann(4)
	codes := make([]int, len(tokens))
	var all sync.WaitGroup
	for i, token := range tokens {
		all.Go(func() {
			codes[i] = s.call(http.MethodPatch, "/v1/users/"+u.ID.String(), token, `{"password":"by session `+
				strconv.Itoa(i)+`"}`).Code
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
	s := start(t, committer.Options{})
	for _, name := range []string{"nobody", "admin"} {
		body := `{"username":"` + name + `","password":"wrong"}`
		for range login.FreeByName + 1 {
			require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", body).Code)
		}
		w := s.call(http.MethodPost, sessionsPath, "", body)
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		require.Equal(t, "1", w.Header().Get("Retry-After"))
		var p call.Problem
		decodeBody(t, w, &p)
		require.Equal(t, "too_many_attempts", p.Code)
		s.now = s.now.Add(time.Second)
		require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", body).Code)
	}
	s.api.Bounded = false
	require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "",
		`{"username":"admin","password":"wrong"}`).Code)
}

// TestReauthentication bounds how often it may fail, together with log-ins, and wants a code where there is a second
// factor.
func TestReauthentication(t *testing.T) {
	s := start(t, committer.Options{})
	u, tokens := s.ann(1)
	path, token := "/v1/users/"+u.ID.String(), tokens[0]
	call := func(method, path, body string, want int, code string) {
		t.Helper()
		w := s.call(method, path, token, body)
		require.Equal(t, want, w.Code, w.Body)
		var p call.Problem
		if code != "" {
			decodeBody(t, w, &p)
		}
		require.Equal(t, code, p.Code)
	}
	prove := func(body string, want int, code string) {
		t.Helper()
		call(http.MethodPost, sessionPath+"/reauthenticate", body, want, code)
	}
	call(http.MethodPost, path+"/totp", "", http.StatusCreated, "")
	code := func() string { return totp.Code(s.Snapshot().User(u.ID).SecondFactor.Secret, s.now) }
	call(http.MethodPost, path+"/totp/confirm", `{"code":"`+code()+`"}`, http.StatusOK, "")
	s.now = s.now.Add(time.Hour)
	long := strings.Repeat("x", password.MaxLength+1)
	// before it is hashed
	call(http.MethodPatch, path, `{"password":"`+long+`"}`, http.StatusForbidden, "reauthentication_required")
	call(http.MethodPost, path+"/totp/recovery-codes", `{"code":"`+code()+`"}`, http.StatusForbidden,
		"reauthentication_required")
	call(http.MethodDelete, path+"/totp", "", http.StatusForbidden, "reauthentication_required")

	prove(`{"password":"secret"}`, http.StatusUnauthorized, "second_factor_required")
	call(http.MethodDelete, path+"/totp", "", http.StatusForbidden, "reauthentication_required")
	prove(`{"password":"secret","code":"no code"}`, http.StatusUnauthorized, "bad_credentials")
	prove(`{"password":"secret","code":"`+code()+`"}`, http.StatusOK, "")
	call(http.MethodDelete, path+"/totp", "", http.StatusNoContent, "")
	prove(`{"password":"secret"}`, http.StatusOK, "") // which the failures before do not count with

	for range login.FreeByName / 2 {
		prove(`{"password":"wrong"}`, http.StatusUnauthorized, "bad_credentials")
		call(http.MethodPost, sessionsPath, `{"username":"ann","password":"wrong"}`, http.StatusUnauthorized,
			"bad_credentials")
	}
	prove(`{"password":"wrong"}`, http.StatusUnauthorized, "bad_credentials")
	prove(`{"password":"secret"}`, http.StatusTooManyRequests, "too_many_attempts")
	call(http.MethodPost, sessionsPath, `{"username":"ann","password":"secret"}`, http.StatusTooManyRequests,
		"too_many_attempts")
	call(http.MethodGet, path, "", http.StatusOK, "")
	s.now = s.now.Add(time.Second)
	prove(`{"password":"secret"}`, http.StatusOK, "")
	s.do(commands.Service(), commands.UpdateUser{ID: u.ID, Active: new(false)})
	prove(`{"password":"secret"}`, http.StatusForbidden, "account_inactive")
}

// TestAdministratorsProve has an administrator change others' rights and the directory by a session of an hour ago.
func TestAdministratorsProve(t *testing.T) {
	s := start(t, committer.Options{})
	u, tokens := s.ann(1)
	s.do(commands.Service(), commands.UpdateUser{ID: u.ID, Rights: events.RightsChanged{SuperAdmin: new(true)}})
	kid := "/v1/users/" + s.create(commands.Service(), events.UserCreated{Email: "kid@example.org",
		Active: true}).ID.String()
	for _, c := range []struct {
		method, path, body string
		want               int // later; a session just begun may do all
	}{
		{http.MethodPatch, kid, `{"password":"x"}`, http.StatusForbidden},
		{http.MethodPatch, kid, `{"super_admin":true}`, http.StatusForbidden},
		{http.MethodPatch, kid, `{"comment":"x"}`, http.StatusOK},
		{http.MethodPost, "/v1/users", `{"email":"NEW@example.org","super_admin":true}`, http.StatusForbidden},
		{http.MethodPost, "/v1/users", `{"email":"NEW@example.org"}`, http.StatusCreated},
		{http.MethodPost, "/v1/groups", `{"name":"NEW"}`, http.StatusForbidden},
		{http.MethodPost, "/v1/webhooks", `{"url":"https://x.example"}`, http.StatusForbidden},
		{http.MethodPost, kid + "/signing-keys", ``, http.StatusForbidden},
		{http.MethodDelete, kid, ``, http.StatusForbidden},
	} {
		call := func(after time.Duration) int {
			s.now = testNow.Add(after)
			return s.call(c.method, c.path, tokens[0], strings.ReplaceAll(c.body, "NEW", uuid.NewString())).Code
		}
		require.Equal(t, c.want, call(time.Hour), c)
		require.Less(t, call(0), http.StatusBadRequest, c)
	}
}
