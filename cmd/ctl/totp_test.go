package ctl

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands/totp"
	"accountd/events"
)

// TestSecondFactor goes from the secret to a log-in with a recovery code, and to its end.
func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "username=ann", "email=ann@example.org", "password=correct horse")
	token := strings.TrimSpace(w.must("key", "add", "ann"))
	ann := person{t, t.TempDir()}
	as := func(input string, args ...string) string {
		t.Helper()
		code, out, errs := ann.types(input, append(args, "--url", w.url, "--token", token)...)
		require.Zero(t, code, errs)
		return out
	}
	uri := as("", "totp", "add", "ann")
	require.True(t, strings.HasPrefix(uri, "otpauth://totp/accountd:ann?"), uri)
	made := as("", "totp", "add", "ann", "-o", "json") // it takes the place of the one that was not confirmed
	secret := strings.Split(strings.SplitN(made, `"secret": "`, 2)[1], `"`)[0]
	require.Equal(t, "confirmed: false\nrecovery_codes_left: 0\n", as("", "totp", "show", "ann"))
	codes := strings.Fields(as(totp.Code(events.Secret(secret), time.Now())+"\n", "totp", "confirm", "ann"))
	require.Len(t, codes, 10)

	code, _, errs := ann.types("correct horse\n", "log-in", "ann", "--url", w.url)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "nothing was entered", "it asks for a code")
	as("correct horse\n"+codes[0]+"\n", "log-in", "ann")
	as("correct horse\n", "log-in", "ann", "--code", codes[1])
	code, _, errs = ann.types("correct horse\n", "log-in", "ann", "--url", w.url, "--code", codes[1])
	require.Equal(t, 1, code, "it was used")
	require.Contains(t, errs, "Name, password or code is wrong.")
	require.Equal(t, "RECOVERY_CODES_LEFT\n8\n", as("", "totp", "show", "ann", "--columns", "recovery_codes_left"))

	code, _, errs = ann.types("", "totp", "recovery-codes", "ann", "wrong", "--url", w.url, "--token", token)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "\n  code")
	w.must("totp", "remove", "ann")
	as("correct horse\n", "log-in", "ann")
	code, _, errs = w.ctl("totp", "show", "ann")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "no such second factor")
}
