package ctl

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProfiles(t *testing.T) {
	home := t.TempDir()
	env := []string{"HOME=" + home}
	s := newService(t, 200, "")
	code, _, errs := run(env, "profile", "set", "live", "--url", s.URL, "--token", "secret")
	require.Zero(t, code, errs)
	info, err := os.Stat(filepath.Join(home, ".config", "accountctl", "profiles.json"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	code, out, _ := run(env, "profile", "list")
	require.Zero(t, code)
	require.Equal(t, []string{"NAME", "URL", "USER", "EXPIRES_AT", "live", s.URL}, strings.Fields(out),
		"the token is not shown")

	for _, args := range [][]string{{"--profile", "live"}, {"--profile", "live", "--token", "secret"}} {
		code, _, errs = run(env, append([]string{"events"}, args...)...)
		require.Zero(t, code, errs)
		require.Equal(t, "Bearer secret", s.asked.Header.Get("Authorization"))
	}
	code, _, _ = run(append(env, "ACCOUNTCTL_PROFILE=live"), "events")
	require.Zero(t, code)

	_, out, _ = run(env, "__complete", "list", "--profile", "")
	require.Contains(t, out, "live\n")
	code, _, errs = run(env, "events", "--profile", "none")
	require.Equal(t, 1, code)
	require.Contains(t, errs, `there is no profile "none"`)
	code, _, _ = run(env, "profile", "set", "live")
	require.Equal(t, 2, code)
	code, _, _ = run(env, "profile", "delete", "live")
	require.Zero(t, code)
	code, _, _ = run(env, "profile", "delete", "live")
	require.Equal(t, 1, code)
	code, _, errs = run(nil, "profile", "list")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "HOME")
}
