package ctl

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/adminfile"
)

// TestEnvIsForShells evaluates what env prints, in a shell.
func TestEnvIsForShells(t *testing.T) {
	data := t.TempDir()
	password := `it's "$HOME" ` + "`x`" + ` \n ü`
	require.NoError(t, adminfile.Write(filepath.Join(data, adminfile.Name),
		adminfile.File{BaseURL: "http://127.0.0.1:1", Password: password, ClientID: 7}))
	code, out, problems := run(nil, "env", "--data", data)
	require.Equal(t, 0, code, problems)
	shell := exec.Command("sh", "-c", out+`printf '%s|%s|%s|' "$base_url" "$password" "$client_id"; env`)
	shell.Env = []string{"HOME=/nowhere"}
	said, err := shell.Output()
	require.NoError(t, err)
	require.Contains(t, string(said), "http://127.0.0.1:1|"+password+"|7|")
	require.NotContains(t, string(said), "password=", "programs do not get it")
}

func TestEnvWithoutAFile(t *testing.T) {
	code, out, problems := run(nil, "env", "--data", t.TempDir())
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, problems, adminfile.Name)
}
