package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

var bucket = Bucket{Name: "B", Description: "a test's", MaxAge: time.Hour}

func TestBucket(t *testing.T) {
	e := startIn(t, t.TempDir())
	defer stop(t, e)
	kv, err := e.OpenBucket(t.Context(), bucket)
	require.NoError(t, err)
	_, err = kv.Create(t.Context(), "a", []byte("1"), jetstream.KeyTTL(time.Minute))
	require.NoError(t, err)

	again, err := e.OpenBucket(t.Context(), bucket)
	require.NoError(t, err)
	entry, err := again.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "1", string(entry.Value()))
	stream, err := e.JetStream().Stream(t.Context(), "KV_B")
	require.NoError(t, err)
	require.False(t, stream.CachedInfo().Config.AllowDirect, "a server that is behind must not answer")
	require.Equal(t, time.Hour, stream.CachedInfo().Config.MaxAge)
}

func TestBucketOfAnotherMaker(t *testing.T) {
	e := startIn(t, t.TempDir())
	defer stop(t, e)
	made, err := e.JetStream().CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "B"})
	require.NoError(t, err)
	_, err = made.PutString(t.Context(), "a", "kept")
	require.NoError(t, err)
	kv, err := e.OpenBucket(t.Context(), bucket)
	require.NoError(t, err)
	entry, err := kv.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "kept", string(entry.Value()))
	_, err = kv.Create(t.Context(), "b", nil, jetstream.KeyTTL(time.Minute))
	require.NoError(t, err)
	stream, err := e.JetStream().Stream(t.Context(), "KV_B")
	require.NoError(t, err)
	require.False(t, stream.CachedInfo().Config.AllowDirect)
}

// TestLostStreamIsNotMadeAnew has a folder in the store that the server does not know.
func TestLostStreamIsNotMadeAnew(t *testing.T) {
	dir := t.TempDir()
	e := startIn(t, dir)
	defer stop(t, e)
	makeStream(t, e) // the server makes the account's folder
	folder := filepath.Join(dir, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", "KV_B")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	_, err := e.OpenBucket(t.Context(), bucket)
	require.ErrorIs(t, err, ErrLostStream)
	_, err = e.CreateStream(t.Context(), jetstream.StreamConfig{Name: "KV_B", Subjects: []string{"b"}})
	require.ErrorIs(t, err, ErrLostStream)
}

func TestStreamOnOneServerOutside(t *testing.T) {
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, JetStream: true,
		StoreDir: t.TempDir()})
	require.NoError(t, err)
	srv.Start()
	defer func() { srv.Shutdown(); srv.WaitForShutdown() }()
	e, err := Connect(t.Context(), srv.ClientURL(), nil)
	require.NoError(t, err)
	defer stop(t, e)
	for range 2 { // the second time it is there
		stream, err := e.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
		require.NoError(t, err)
		require.Equal(t, 1, stream.CachedInfo().Config.Replicas)
	}
	_, err = e.CreateStream(t.Context(), jetstream.StreamConfig{Name: "T", Subjects: []string{"t"}, Replicas: 3})
	require.Error(t, err, "what was asked for on purpose is not lowered")
}

func TestUnhealthyEngineMakesNothing(t *testing.T) {
	e := startIn(t, t.TempDir())
	stop(t, e)
	_, err := e.CreateStream(context.Background(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
	require.ErrorIs(t, err, ErrUnhealthy)
}
