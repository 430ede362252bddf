package adminfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSetBaseURLLeavesTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	require.ErrorIs(t, SetBaseURL(path, "http://b"), fs.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte(`{
  "base_url": "http://a",
  "token": "t",
  "of_a_later_release": "x"
}
`), 0o644))
	require.NoError(t, SetBaseURL(path, "http://b"))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, `{
  "base_url": "http://b",
  "token": "t",
  "of_a_later_release": "x"
}
`, string(content))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
}

func TestWriteThenRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	want := File{BaseURL: "http://a", Username: "u", Password: "p<&>", UserID: "i", Token: "t", E24APIKey: "k",
		E24SecretKey: "s"}
	require.NoError(t, Write(path, want))
	got, err := Read(path)
	require.NoError(t, err)
	require.Equal(t, want, got)
}
