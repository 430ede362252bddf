package danube

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/totp"
	"accountd/events"
	"accountd/http/rest"
)

func TestHeaders(t *testing.T) {
	s := start(t, Options{})
	w := s.call("admin", http.MethodGet, "/api/accounts/user/", "")
	require.Equal(t, http.StatusOK, w.Code)
	h := w.Header()
	task := decoded[envelope](t, w.Body.String()).TaskID
	require.Regexp(t, `^1d1u1-6f75849b-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}$`, task)
	for name, value := range map[string]string{"es_version": "4.6", "es_username": "admin", "es_dc": "main",
		"es_task_id":   task,
		"Content-Type": "application/json", "Allow": "GET, OPTIONS", "Vary": "Accept-Language, Cookie",
		"Content-Language": "en"} {
		require.Equal(t, []string{value}, h[name], name)
	}
	require.NotContains(t, h, "Account-Sequence")
	require.NotContains(t, h, "Www-Authenticate")

	for what, w := range map[string]http.Header{
		"OPTIONS":   s.call("admin", http.MethodOptions, "/api/accounts/user/", "").Header(),
		"log-in":    s.call("", http.MethodPost, "/api/accounts/login/", "{}").Header(),
		"redirect":  s.call("admin", http.MethodGet, "/api/accounts/user", "").Header(),
		"not there": s.call("admin", http.MethodGet, "/api/accounts/nothing/", "").Header(),
	} {
		for _, name := range []string{"es_version", "es_username", "es_dc", "es_task_id"} {
			require.NotContains(t, w, name, what)
		}
	}
	redirected := s.call("admin", http.MethodGet, "/api/accounts/user", "")
	require.Empty(t, redirected.Body.String())
	require.Equal(t, "text/html; charset=utf-8", redirected.Header().Get("Content-Type"))
	require.Equal(t, "application/json", s.call("", http.MethodGet, "/api/accounts/x/",
		"").Header().Get("Content-Type"))
}

func TestThrottle(t *testing.T) {
	s := start(t, Options{RateLimits: true})
	ask := func(as string) int { return s.call(as, http.MethodGet, "/api/accounts/user/", "").Code }
	for n := range maxOfUser {
		s.ahead = time.Duration(n) * time.Second / 2
		if n%2 == 0 {
			require.Equal(t, http.StatusMethodNotAllowed, s.call("admin", http.MethodPatch, "/api/accounts/user/",
				"").Code, "which counts, too")
			continue
		}
		require.Equal(t, http.StatusOK, ask("admin"))
	}
	s.ahead = 30 * time.Second
	w := s.call("admin", http.MethodGet, "/api/accounts/user/", "")
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "30", w.Header().Get("Retry-After"))
	require.JSONEq(t, `{"detail":"Request was throttled. Expected available in 30.0 seconds."}`, w.Body.String())
	require.Equal(t, http.StatusForbidden, ask(""), "bad credentials are not counted")
	s.ahead = 61 * time.Second
	require.Equal(t, http.StatusOK, ask("admin"), "the first requests lie before the window")
	require.Equal(t, http.StatusOK, ask("admin"))
}

func TestLogInsAreCountedByAddress(t *testing.T) {
	s := start(t, Options{RateLimits: true})
	logIn := func(address string) int {
		return s.serve(request(http.MethodPost, "/api/accounts/login/", `{}`), address).Code
	}
	for range maxOfAddress {
		require.Equal(t, http.StatusBadRequest, logIn("192.0.2.1"))
	}
	require.Equal(t, http.StatusTooManyRequests, logIn("192.0.2.1"))
	require.Equal(t, http.StatusBadRequest, logIn("192.0.2.2"))
	unlimited := start(t, Options{})
	for range 2 * maxOfUser {
		require.Equal(t, http.StatusOK, unlimited.call("admin", http.MethodGet, "/api/accounts/user/", "").Code)
	}
}

// TestFailedLogInsWait has log-ins fail, a known name's and an unknown one's, and then succeed.
func TestFailedLogInsWait(t *testing.T) {
	s := start(t, Options{RateLimits: true})
	hash, err := s.HashPassword(t.Context(), "secret")
	require.NoError(t, err)
	s.Given(commands.UpdateUser{ID: s.Named("admin").ID, PasswordHash: &hash})
	now := time.Now() // and no later, however long it takes
	s.http = New(s.Service, s.Sessions, Options{RateLimits: true, Now: func() time.Time { return now }})
	logIn := func(name, plain string, n int) *httptest.ResponseRecorder {
		return s.serve(request(http.MethodPost, "/api/accounts/login/", fmt.Sprintf(`{"username":%q,"password":%q}`,
			name, plain)), fmt.Sprint("192.0.2.", n%8))
	}
	for _, name := range []string{"admin", "nobody"} {
		for n := range login.FreeByName + 1 {
			require.Equal(t, http.StatusBadRequest, logIn(name, "wrong", n).Code)
		}
		for _, plain := range []string{"wrong", "secret"} {
			w := logIn(name, plain, 0)
			require.Equal(t, http.StatusTooManyRequests, w.Code)
			require.Equal(t, "1", w.Header().Get("Retry-After"))
			require.JSONEq(t, `{"detail":"Request was throttled. Expected available in 1.0 second."}`, w.Body.String())
		}
		now = now.Add(time.Second)
	}
	require.Equal(t, http.StatusOK, logIn("admin", "secret", 0).Code)
}

func TestLogInWithACode(t *testing.T) {
	s := start(t, Options{})
	hash, err := s.HashPassword(t.Context(), "secret")
	require.NoError(t, err)
	admin, secret := s.Named("admin").ID, totp.NewSecret()
	s.Given(commands.UpdateUser{ID: admin, PasswordHash: &hash})
	for _, c := range []commands.Command{commands.EnrollTOTP{ID: admin, Secret: secret},
		commands.ConfirmTOTP{ID: admin, Secret: secret}} {
		_, err := s.Do(t.Context(), commands.Actor{User: admin, Permissions: commands.Whole()}, c)
		require.NoError(t, err)
	}
	now := time.Now()
	s.http = New(s.Service, s.Sessions, Options{Now: func() time.Time { return now }})
	logIn := func(more string) *httptest.ResponseRecorder {
		return s.call("", http.MethodPost, "/api/accounts/login/", `{"username":"admin","password":"secret"`+more+`}`)
	}
	for _, none := range []string{"", `,"otp":null`, `,"otp":"no code"`, `,"otp":1.5`, `,"otp":[]`} {
		w := logIn(none)
		require.Equal(t, http.StatusBadRequest, w.Code, none)
		require.JSONEq(t, `{"detail":"Unable to log in with provided credentials."}`, w.Body.String())
	}
	require.Equal(t, http.StatusOK, logIn(`,"otp":"`+totp.Code(secret, now)+`"`).Code)
	now = now.Add(30 * time.Second)
	number := strings.TrimLeft(totp.Code(secret, now), "0")
	require.Equal(t, http.StatusOK, logIn(`,"otp":`+number).Code, "es sends digits as a number")
}

// TestWhatEndsTokens tells a password that this API sets from what is done elsewhere.
func TestWhatEndsTokens(t *testing.T) {
	s := start(t, Options{})
	secret := totp.NewSecret()
	s.user("jo", events.UserCreated{APIAccess: true})
	wants := func(status int, body string) {
		t.Helper()
		w := s.call("jo", http.MethodGet, "/api/accounts/user/jo/", "")
		require.Equal(t, status, w.Code)
		require.Contains(t, w.Body.String(), body)
	}
	for _, who := range []string{"jo", "admin"} {
		require.Equal(t, http.StatusOK, s.call(who, http.MethodPut, "/api/accounts/user/jo/",
			`{"password":"secret"}`).Code)
		wants(http.StatusOK, "jo@example.org")
	}
	for _, c := range []commands.Command{
		commands.UpdateUser{ID: s.Named("jo").ID, PasswordHash: new(events.Secret("another"))},
		commands.ConfirmTOTP{ID: s.Named("jo").ID, Secret: secret},
		commands.RemoveTOTP{ID: s.Named("jo").ID},
	} {
		if _, ok := c.(commands.ConfirmTOTP); ok {
			s.doAs("jo", commands.EnrollTOTP{ID: s.Named("jo").ID, Secret: secret})
		}
		wants(http.StatusOK, "jo@example.org")
		s.doAs("jo", c)
		wants(http.StatusForbidden, `{"detail":"Invalid token."}`)
		s.tokens["jo"] = s.token("jo")
	}
}

func TestThrottledText(t *testing.T) {
	require.Equal(t, "Request was throttled. Expected available in 1.0 second.", throttledText(1))
}

func TestTaskID(t *testing.T) {
	const random = "00000000-2819-4bb8-98a2-000000000000"
	for want, ids := range map[string][3]int64{
		"1d11u1-6f75849b-2819-4bb8-98a2": {1, 11, 1}, "8d8u3-297e236d-2819-4bb8-98a2": {8, 8, 3},
		"11d11u1-82652dca-2819-4bb8-98a2": {11, 11, 1},
	} {
		require.Equal(t, want, taskID(ids[0], ids[1], ids[2], random))
	}
}

func TestTenSSHKeys(t *testing.T) {
	s := start(t, Options{})
	for n := range maxSSHKeys + 1 {
		w := s.call("admin", http.MethodPost, fmt.Sprintf("/api/accounts/user/admin/sshkey/k%d/", n),
			fmt.Sprintf(`{"key":"%s"}`, publicKey(byte(n))))
		if n < maxSSHKeys {
			require.Equal(t, http.StatusCreated, w.Code, w.Body)
			continue
		}
		require.Equal(t, http.StatusBadRequest, w.Code)
		require.Contains(t, w.Body.String(), `"result":{"non_field_errors":["SSH keys limit reached"]}`)
	}
}

func TestLongSSHKey(t *testing.T) {
	s := start(t, Options{})
	key := publicKey(1) + " "
	for more, want := range map[int]int{0: http.StatusCreated, 1: http.StatusBadRequest} {
		body := fmt.Sprintf(`{"key":"%s"}`, key+strings.Repeat("x", maxKey-len(key)+more))
		w := s.call("admin", http.MethodPost, fmt.Sprintf("/api/accounts/user/admin/sshkey/k%d/", more), body)
		require.Equal(t, want, w.Code, more)
	}
}

func TestLongBody(t *testing.T) {
	s := start(t, Options{})
	w := s.call("admin", http.MethodPut, "/api/accounts/user/admin/", `{"x":"`+strings.Repeat("x", 1<<20)+`"}`)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	require.Regexp(t, `^{"detail":".+"}$`, w.Body.String())
}

func TestProblem(t *testing.T) {
	for err, want := range map[error]string{
		errors.New("secret"): "500 Server Error", rest.ErrNoRoute: "404 Resource not found",
		&commands.Refusal{Kind: commands.Busy, Detail: "Later."}: `503 {"detail":"Later."}`,
	} {
		w := httptest.NewRecorder()
		Problem(w, httptest.NewRequest(http.MethodGet, "/", nil), err)
		require.Equal(t, want, fmt.Sprint(w.Code, " ", w.Body))
	}
}

// publicKey returns a key that is nobody's.
func publicKey(n byte) string {
	blob := append([]byte("\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"), make([]byte, 32)...)
	blob[len(blob)-1] = n
	return "ssh-ed25519 " + base64.StdEncoding.EncodeToString(blob)
}
