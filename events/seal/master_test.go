package seal

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWrapAndUnwrap(t *testing.T) {
	master, key := Generate(), NewDataKey()
	wrapped := master.Wrap(key, []byte("place 1"))
	require.Len(t, wrapped, WrappedSize)
	unwrapped, err := master.Unwrap(wrapped, []byte("place 1"))
	require.NoError(t, err)
	require.Equal(t, key, unwrapped)
	_, err = master.Unwrap(wrapped, []byte("place 2"))
	require.ErrorIs(t, err, ErrSealed)
	_, err = Generate().Unwrap(wrapped, []byte("place 1"))
	require.ErrorIs(t, err, ErrSealed)
	_, err = master.Unwrap(wrapped[:len(wrapped)-1], []byte("place 1"))
	require.ErrorIs(t, err, ErrSealed)
}

// TestMasterIsStable keeps the text and the fingerprint of a master key what they are for ever: both are stored.
func TestMasterIsStable(t *testing.T) {
	master, err := NewMaster([]byte("0123456789abcdef0123456789abcdef"))
	require.NoError(t, err)
	require.Equal(t, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", master.Text())
	require.Equal(t, "07fc297b80c8f2c2", master.Fingerprint())
	require.Len(t, master.Fingerprint(), FingerprintSize)
	require.NotEqual(t, master.Fingerprint(), Generate().Fingerprint())
}

func TestParseMaster(t *testing.T) {
	master := Generate()
	for _, text := range []string{master.Text(), master.Text() + "\n", " " + master.Text() + "\r\n"} {
		parsed, err := ParseMaster(text)
		require.NoError(t, err)
		require.Equal(t, master.Fingerprint(), parsed.Fingerprint())
	}
	for _, text := range []string{"", "\n", "AAAA", master.Text()[:43], master.Text() + master.Text(),
		"!" + master.Text()[1:]} {
		_, err := ParseMaster(text)
		require.ErrorIs(t, err, ErrMaster, text)
	}
}

func TestMasterFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	_, err := LoadMaster(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	made, err := CreateMaster(path)
	require.NoError(t, err)
	loaded, err := LoadMaster(path)
	require.NoError(t, err)
	require.Equal(t, made.Text(), loaded.Text())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	_, err = CreateMaster(path)
	require.ErrorIs(t, err, fs.ErrExist)
	again, err := LoadMaster(path)
	require.NoError(t, err)
	require.Equal(t, made.Text(), again.Text())

	require.NoError(t, os.WriteFile(path, []byte("no key"), 0o600))
	_, err = LoadMaster(path)
	require.ErrorIs(t, err, ErrMaster)
}

func FuzzParseMaster(f *testing.F) {
	f.Add(Generate().Text())
	f.Add("")
	f.Add(strings.Repeat("A", 44))
	f.Fuzz(func(t *testing.T, text string) {
		master, err := ParseMaster(text)
		if err != nil {
			require.ErrorIs(t, err, ErrMaster)
			return
		}
		again, err := ParseMaster(master.Text())
		require.NoError(t, err)
		require.Equal(t, master.Fingerprint(), again.Fingerprint())
	})
}
