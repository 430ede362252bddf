package ctl

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// person calls accountctl with a home of its own, and types.
type person struct {
	t    *testing.T
	home string
}

func (p person) types(input string, args ...string) (code int, out, errs string) {
	p.t.Helper()
	var o, e bytes.Buffer
	code = (&program{environ: []string{"HOME=" + p.home}, stdin: strings.NewReader(input), stdout: &o,
		stderr: &e}).run(args)
	return code, o.String(), e.String()
}

func TestLogInAndOut(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "username=ann", "email=ann@example.org", "password=correct horse")
	ann := person{t, t.TempDir()}
	t.Chdir(t.TempDir()) // there is no ./data

	code, out, errs := ann.types("correct horse\n", "log-in", "ann@example.org", "--url", w.url)
	require.Zero(t, code, errs)
	require.Empty(t, out)
	require.Contains(t, errs, "logged in as ann until 20")
	file := filepath.Join(ann.home, ".config", "accountctl", "profiles.json")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	_, out, _ = ann.types("", "profile", "list", "--columns", "name,user")
	require.Equal(t, []string{"NAME", "USER", "default", "ann"}, strings.Fields(out))
	_, out, _ = ann.types("", "profile", "list", "-o", "json")
	require.NotContains(t, out, "acse_")

	code, out, errs = ann.types("", "list", "users", "--columns", "username")
	require.Zero(t, code, errs)
	require.Equal(t, "USERNAME\nann\n", out, "the session acts as ann, without saying where")
	code, _, errs = ann.types("correct horse", "log-in", "ann", "--profile", "second", "--url", w.url)
	require.Zero(t, code, errs)
	code, _, errs = ann.types("correct horse", "log-in", "ann", "--profile", "second")
	require.Zero(t, code, errs, "the profile says where")

	code, _, errs = ann.types("", "log-out")
	require.Zero(t, code, errs)
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(kept), "acse_"), "the token of the other profile is left")
	code, _, errs = ann.types("", "list", "users")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "accountctl log-in asks for a password")
	code, _, errs = ann.types("", "log-out")
	require.Equal(t, 1, code)
	require.Contains(t, errs, `the profile "default" has no session`)
}

func TestLogInThatFails(t *testing.T) {
	w := newWorld(t)
	ann := person{t, t.TempDir()}
	code, _, errs := ann.types("wrong\n", "log-in", "ann", "--url", w.url)
	require.Equal(t, 1, code)
	require.Contains(t, errs, " is wrong.")
	require.NotContains(t, errs, "--token")
	code, _, errs = ann.types("", "log-in", "ann", "--url", w.url)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "nothing was entered")
	code, _, errs = ann.types("x\n", "log-in", "--url", w.url)
	require.Equal(t, 2, code)
	require.Contains(t, errs, "username: give it")
	_, out, _ := ann.types("", "profile", "list", "--columns", "name")
	require.Equal(t, "NAME\n", out, "nothing is kept")
}

// TestLogOutOfAnEndedSession forgets a token that the service does not know any more, and keeps one that it could not
// end.
func TestLogOutOfAnEndedSession(t *testing.T) {
	for status, want := range map[int]int{401: 0, 503: 1} {
		s := newService(t, status, "")
		ann := person{t, t.TempDir()}
		p := &program{environ: []string{"HOME=" + ann.home}}
		require.NoError(t, p.keep("live", profile{URL: s.URL, Token: "acse_x", User: "ann"}))
		code, _, errs := ann.types("", "log-out", "--profile", "live")
		require.Equal(t, want, code, errs)
		all, err := p.stored()
		require.NoError(t, err)
		require.Equal(t, want == 0, all["live"].Token == "")
		require.Equal(t, s.URL, all["live"].URL)
	}
}

func TestReauthenticate(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "username=ann", "email=ann@example.org", "password=correct horse")
	ann := person{t, t.TempDir()}
	t.Chdir(t.TempDir())
	does := func(want int, input string, args ...string) (errs string) {
		t.Helper()
		code, out, errs := ann.types(input, args...)
		require.Equal(t, want, code, errs)
		require.Empty(t, out)
		return errs
	}
	does(0, "correct horse\n", "log-in", "ann", "--url", w.url)
	does(0, "correct horse\n", "reauthenticate")
	require.Contains(t, does(1, "wrong\n", "reauthenticate"), "Name or password is wrong.")
	require.Contains(t, does(1, "correct horse\n", "reauthenticate", "--data", w.data), "not in a session")

	late := newService(t, 403, `{"code":"reauthentication_required","detail":"This takes the password again."}`)
	require.Contains(t, does(1, "", "create", "users", "email=x@example.org", "--url", late.URL, "--token", "t"),
		"\n  accountctl reauthenticate asks for it.")
	code := newService(t, 401, `{"code":"second_factor_required","detail":"A code is needed."}`)
	require.Contains(t, does(1, "correct horse\n", "reauthenticate", "--url", code.URL, "--token", "t"),
		"nothing was entered")
	require.Contains(t, does(1, "correct horse\n", "reauthenticate", "--url", code.URL, "--token", "t", "--code", "1"),
		"A code is needed.")
}
