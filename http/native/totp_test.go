package native

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/totp"
	"accountd/events"
	"accountd/http/native/call"
)

// TestSecondFactor goes from the secret to the log-in, and to its end.
func TestSecondFactor(t *testing.T) {
	s := start(t, committer.Options{})
	hash, err := s.HashPassword(t.Context(), "secret")
	require.NoError(t, err)
	ann := s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.org", Active: true,
		PasswordHash: hash})
	token, path := s.key(ann.ID, events.Permissions{}), "/v1/users/"+ann.ID.String()
	post := func(path, body string, want int, into any) {
		t.Helper()
		w := s.call(http.MethodPost, path, token, body)
		require.Equal(t, want, w.Code, w.Body)
		decodeBody(t, w, into)
	}
	var refused call.Problem
	logIn := func(code string, want int, reason string) {
		t.Helper()
		post(sessionsPath, `{"username":"ann","password":"secret"`+code+`}`, want, &refused)
		require.Equal(t, reason, refused.Code)
		refused = call.Problem{}
	}
	var made secretAnswer
	post(path+"/totp", "", http.StatusCreated, &made)
	assert.True(t, strings.HasPrefix(made.URI, "otpauth://totp/accountd:ann?"), made.URI)
	assert.Contains(t, made.URI, made.Secret)
	logIn("", http.StatusCreated, "") // it counts for nothing yet
	code := func() string { return `"` + totp.Code(events.Secret(made.Secret), s.now) + `"` }
	post(path+"/totp/confirm", `{"code":"no code"}`, http.StatusBadRequest, &refused)
	require.Equal(t, "totp_code_invalid", refused.Code)
	require.Equal(t, "#/code", refused.Errors[0].Pointer)
	var recovery, renewed recoveryAnswer
	post(path+"/totp/confirm", `{"code":`+code()+`}`, http.StatusOK, &recovery)
	require.Len(t, recovery.RecoveryCodes, 10)
	post(path+"/totp/confirm", `{"code":`+code()+`}`, http.StatusConflict, &refused)
	post(path+"/totp", "", http.StatusConflict, &refused)

	logIn("", http.StatusUnauthorized, "second_factor_required")
	logIn(`,"code":null`, http.StatusUnauthorized, "second_factor_required")
	logIn(`,"code":`+code(), http.StatusUnauthorized, "bad_credentials") // it was used to confirm
	s.now = s.now.Add(30 * time.Second)
	logIn(`,"code":`+code(), http.StatusCreated, "")
	logIn(`,"code":"`+strings.ToUpper(recovery.RecoveryCodes[0])+`"`, http.StatusCreated, "")
	logIn(`,"code":"`+recovery.RecoveryCodes[0]+`"`, http.StatusUnauthorized, "bad_credentials")
	w := s.call(http.MethodGet, path+"/totp", token, "")
	require.JSONEq(t, `{"confirmed":true,"recovery_codes_left":9}`, w.Body.String())
	s.now = s.now.Add(30 * time.Second)
	post(path+"/totp/recovery-codes", `{"code":`+code()+`}`, http.StatusOK, &renewed)
	post(path+"/totp/recovery-codes", `{"code":`+code()+`}`, http.StatusBadRequest, &refused)
	logIn(`,"code":"`+recovery.RecoveryCodes[1]+`"`, http.StatusUnauthorized, "bad_credentials")

	for _, where := range []string{path, path + "/history", "/v1/users",
		fmt.Sprint(path, "?at=", s.Snapshot().User(ann.ID).Version)} {
		w := s.call(http.MethodGet, where, s.token, "")
		require.Equal(t, http.StatusOK, w.Code)
		shown := w.Body.String()
		for _, secret := range append(append(recovery.RecoveryCodes, renewed.RecoveryCodes...), made.Secret) {
			require.NotContains(t, shown, secret)
			require.NotContains(t, shown, string(totp.HashRecovery(secret)))
		}
	}
	require.Contains(t, s.call(http.MethodGet, path, token, "").Body.String(), `"second_factor":true`)
	require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, path+"/totp", s.token, "").Code)
	require.Equal(t, http.StatusNotFound, s.call(http.MethodGet, path+"/totp", token, "").Code)
	require.Contains(t, s.call(http.MethodGet, path, token, "").Body.String(), `"second_factor":false`)
	logIn("", http.StatusCreated, "")
}
