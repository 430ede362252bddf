package engine

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

func startIn(t *testing.T, dir string) *Engine {
	t.Helper()
	e, err := Start(t.Context(), Options{StoreDir: dir})
	require.NoError(t, err)
	return e
}

func stop(t *testing.T, e *Engine) {
	t.Helper()
	require.NoError(t, e.Close(context.Background()))
}

func makeStream(t *testing.T, e *Engine) {
	t.Helper()
	_, err := e.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
	require.NoError(t, err)
}

func TestReopenKeepsData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store") // Start makes it
	e := startIn(t, dir)
	require.True(t, e.Embedded())
	require.NoError(t, e.Healthy())
	require.False(t, e.HasStreamFolder("S"))
	makeStream(t, e)
	require.True(t, e.HasStreamFolder("S"))
	_, err := e.JetStream().Publish(t.Context(), "s", []byte("kept"))
	require.NoError(t, err)
	stop(t, e)
	require.ErrorIs(t, e.Healthy(), ErrUnhealthy)

	e = startIn(t, dir)
	defer stop(t, e)
	s, err := e.JetStream().Stream(t.Context(), "S")
	require.NoError(t, err)
	msg, err := s.GetMsg(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "kept", string(msg.Data))
}

// TestStartAfterAKillInTheStart has what a server leaves that was killed while it tried whether it can write.
func TestStartAfterAKillInTheStart(t *testing.T) {
	dir := t.TempDir()
	stop(t, startIn(t, dir))
	left := filepath.Join(dir, server.JetStreamStoreDir, "_test_12345")
	require.NoError(t, os.WriteFile(left, nil, 0o600))
	e := startIn(t, dir)
	defer stop(t, e)
	require.NoError(t, e.Healthy())
	require.NoFileExists(t, left)
}

func TestNobodyElseReachesTheServer(t *testing.T) {
	e := startIn(t, t.TempDir())
	defer stop(t, e)
	require.Nil(t, e.server.Addr())
}

// TestStartRefusesADamagedStore damages what the server needs to open a stream; creating the stream then would delete
// it.
func TestStartRefusesADamagedStore(t *testing.T) {
	dir := t.TempDir()
	e := startIn(t, dir)
	makeStream(t, e)
	stop(t, e)
	meta := filepath.Join(dir, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", "S",
		server.JetStreamMetaFile)
	require.NoError(t, os.WriteFile(meta, []byte("damaged"), 0o600))
	_, err := Start(t.Context(), Options{StoreDir: dir})
	require.ErrorIs(t, err, ErrUnhealthy)
}

func TestStartRefusesAnImpossibleFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Start(t.Context(), Options{StoreDir: filepath.Join(file, "store")})
	require.Error(t, err)
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Start(ctx, Options{StoreDir: t.TempDir()})
	require.ErrorIs(t, err, context.Canceled)
}

func TestConnect(t *testing.T) {
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, JetStream: true,
		StoreDir: t.TempDir()})
	require.NoError(t, err)
	srv.Start()
	defer func() { srv.Shutdown(); srv.WaitForShutdown() }()

	e, err := Connect(t.Context(), srv.ClientURL(), nil)
	require.NoError(t, err)
	require.False(t, e.Embedded())
	require.NoError(t, e.Healthy())
	makeStream(t, e)
	require.False(t, e.HasStreamFolder("S"), "an outside store is not ours to look into")
	stop(t, e)
}

func TestConnectNeedsJetStream(t *testing.T) {
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true})
	require.NoError(t, err)
	srv.Start()
	defer func() { srv.Shutdown(); srv.WaitForShutdown() }()
	_, err = Connect(t.Context(), srv.ClientURL(), nil)
	require.ErrorIs(t, err, ErrUnhealthy)
}

func TestConnectNeedsAServer(t *testing.T) {
	_, err := Connect(t.Context(), "nats://127.0.0.1:1", nil)
	require.Error(t, err)
}

func TestServerLogsThroughSlog(t *testing.T) {
	var lines syncBuffer
	logger := slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e, err := Start(t.Context(), Options{StoreDir: t.TempDir(), Logger: logger, Sync: time.Second})
	require.NoError(t, err)
	stop(t, e)
	require.Contains(t, lines.String(), "level=DEBUG")
	require.Contains(t, lines.String(), "component=nats")
}

// syncBuffer is a buffer for several writers.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
