package seal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSealAndOpen(t *testing.T) {
	key := NewDataKey()
	for _, plain := range []string{"", "x", "a person's content"} {
		sealed := Seal(key, []byte(plain), []byte("here"))
		require.Len(t, sealed, len(plain)+Overhead)
		opened, err := Open(key, sealed, []byte("here"))
		require.NoError(t, err)
		require.Equal(t, plain, string(opened))
		opened, err = AppendOpen([]byte("before "), key, sealed, []byte("here"))
		require.NoError(t, err)
		require.Equal(t, "before "+plain, string(opened))
	}
}

func TestSealTwiceDiffers(t *testing.T) {
	key := NewDataKey()
	require.NotEqual(t, Seal(key, []byte("x"), nil), Seal(key, []byte("x"), nil))
}

func TestOpenRefuses(t *testing.T) {
	key := NewDataKey()
	sealed := Seal(key, []byte("content"), []byte("here"))
	_, err := Open(NewDataKey(), sealed, []byte("here"))
	require.ErrorIs(t, err, ErrSealed, "another key")
	_, err = Open(key, sealed, []byte("there"))
	require.ErrorIs(t, err, ErrSealed, "another context")
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		_, err = Open(key, changed, []byte("here"))
		require.ErrorIs(t, err, ErrSealed, "byte %d", i)
		_, err = Open(key, sealed[:i], []byte("here"))
		require.ErrorIs(t, err, ErrSealed, "cut at %d", i)
	}
}

func TestKeysAreNeverPrinted(t *testing.T) {
	key := DataKey(bytes.Repeat([]byte{'k'}, KeySize))
	master, err := NewMaster(key[:])
	require.NoError(t, err)
	for _, secret := range []any{key, &key, []DataKey{key}, master, *master} {
		for _, format := range []string{"%v", "%s", "%+v", "%#v", "%x", "%d", "%q"} {
			printed := fmt.Sprintf(format, secret)
			require.NotContains(t, printed, "kkkk", format)
			require.NotContains(t, printed, "6b6b", format)
			require.NotContains(t, printed, "107 107", format)
		}
	}
	var line bytes.Buffer
	slog.New(slog.NewJSONHandler(&line, nil)).Info("x", "key", key, "master", master)
	var logged struct{ Key, Master string }
	require.NoError(t, json.Unmarshal(line.Bytes(), &logged))
	require.Equal(t, masked, logged.Key)
	require.Equal(t, masked, logged.Master)
}

func FuzzOpen(f *testing.F) {
	key := DataKey{1}
	f.Add(Seal(key, []byte("content"), []byte("here")), []byte("here"))
	f.Add([]byte{}, []byte{})
	f.Add(make([]byte, Overhead), []byte{})
	f.Fuzz(func(t *testing.T, sealed, aad []byte) {
		plain, err := Open(key, sealed, aad)
		if err != nil {
			require.ErrorIs(t, err, ErrSealed)
			return
		}
		again, err := Open(key, Seal(key, plain, aad), aad)
		require.NoError(t, err)
		require.Equal(t, plain, again)
	})
}

func BenchmarkOpen(b *testing.B) {
	key := NewDataKey()
	sealed := Seal(key, make([]byte, 400), nil)
	var plain []byte
	b.ReportAllocs()
	for b.Loop() {
		plain, _ = AppendOpen(plain[:0], key, sealed, nil)
	}
}
