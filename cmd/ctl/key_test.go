package ctl

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeyRotate gives a key new secrets, and asks with the old ones.
func TestKeyRotate(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "username=ann", "email=ann@example.org")
	first := strings.TrimSpace(w.must("key", "add", "ann"))
	id := strings.Fields(w.must("key", "list", "ann", "--columns", "id"))[1]
	letsIn := func(token string) bool {
		code, _, _ := run(nil, "get", "users/ann", "--url", w.url, "--token", token)
		return code == 0
	}
	second := strings.TrimSpace(w.must("key", "rotate", "ann", id, "--overlap", "1h"))
	require.NotEqual(t, first, second)
	require.True(t, letsIn(first))
	require.True(t, letsIn(second))
	require.Regexp(t, `\n20\d\d-`, w.must("key", "list", "ann", "--columns", "previous_expires_at"))

	third := strings.TrimSpace(w.must("key", "rotate", "ann", id, "--overlap", "0"))
	require.False(t, letsIn(first))
	require.False(t, letsIn(second))
	require.True(t, letsIn(third))

	for code, args := range map[int][]string{1: {"01890a5d-ac96-774b-bcce-b302099a8057"}, 2: {"3"}} {
		got, _, _ := w.ctl(append([]string{"key", "rotate", "ann"}, args...)...)
		require.Equal(t, code, got, args)
	}
	for _, wrong := range []string{"-1s", "1500ms", "soon"} {
		code, _, _ := w.ctl("key", "rotate", "ann", id, "--overlap", wrong)
		require.Equal(t, 2, code, wrong)
	}
	code, _, errs := w.ctl("key", "rotate", "ann", id, "--overlap", "8760h")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "overlap")
}

// TestKeyAddReadsAnSSHKey in every form, warns of a weak one, and keeps a private one to itself: there is no service
// at the other end that could be asked.
func TestKeyAddReadsAnSSHKey(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "username=ann", "email=ann@example.org")
	form := func(name string) string { return filepath.Join("..", "..", "commands", "testdata", "sshkeys", name) }
	code, _, errs := w.ctl("key", "add", "ann", "--kind", "ssh", form("rsa1024.rfc4716"))
	require.Equal(t, 0, code)
	require.Contains(t, errs, "warning: This RSA key has 1024 bits")
	code, _, errs = w.ctl("key", "add", "ann", "--kind", "ssh", form("ed25519.pub"))
	require.Equal(t, 0, code)
	require.NotContains(t, errs, "warning")
	shown := w.must("key", "list", "ann", "--kind", "ssh", "--columns", "name")
	require.Contains(t, shown, "1024-bit RSA, converted by ann@laptop from OpenSSH\n")
	require.Contains(t, shown, "ann@key")

	private := w.keep("id", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")
	code, out, errs := run(nil, "key", "add", "ann", "--kind", "ssh", private, "--url", "http://127.0.0.1:1", "--token", "x")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "This is a private key")
	require.NotContains(t, out+errs, "c2VjcmV0")
}
