package durable

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCreateNeverReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, Create(path, []byte("first")))
	require.ErrorIs(t, Create(path, []byte("second")), fs.ErrExist)
	requireFile(t, path, "first")
}

func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "anchor")
	require.NoError(t, Replace(path, []byte("first")))
	require.NoError(t, Replace(path, []byte("second")))
	requireFile(t, path, "second")
}

func TestMove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, Create(path, []byte("old")))
	require.NoError(t, Create(path+".new", []byte("new")))
	require.NoError(t, Move(path+".new", path))
	requireFile(t, path, "new")
	require.ErrorIs(t, Move(path+".new", path), fs.ErrNotExist)
	requireFile(t, path, "new")
}

func TestMissingFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "file")
	require.ErrorIs(t, Create(path, nil), fs.ErrNotExist)
	require.ErrorIs(t, Replace(path, nil), fs.ErrNotExist)
}

// requireFile checks content and mode, and that nothing else was left beside the file.
func requireFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}
