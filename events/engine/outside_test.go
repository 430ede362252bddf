package engine_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"accountd/events/engine"
	"accountd/testing/cluster"
)

// TestAHalfOpenConnectionIsGivenUp lets nothing along the way to a server any more, and nobody is told: the connection
// goes another way within seconds, though nothing was sent.
func TestAHalfOpenConnectionIsGivenUp(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true,
		StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	first, second := cluster.NewLink(t, s.Addr().String()), cluster.NewLink(t, s.Addr().String())
	e, err := engine.Connect(t.Context(), "nats://"+first.Addr()+",nats://"+second.Addr(), nil, nats.DontRandomize())
	require.NoError(t, err)
	t.Cleanup(e.Conn().Close)
	require.Equal(t, first.Addr(), e.Conn().ConnectedAddr())
	first.Stop()
	require.Eventually(t, func() bool { return e.Connected() && e.Conn().ConnectedAddr() == second.Addr() },
		15*time.Second, 20*time.Millisecond)
}
