package eventlog_test

import (
	"testing"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/seal"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// TestFollowWithoutConsumers has a cluster whose leader makes no consumer of the Log, as while it is elected: what the
// Log's own leader has is delivered all the same.
func TestFollowWithoutConsumers(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true,
		StoreDir: t.TempDir(),
		NoSigs:   true, NoLog: true, Users: []*server.User{{Username: "u", Password: "p",
			Permissions: &server.Permissions{
				Publish: &server.SubjectPermission{Deny: []string{"$JS.API.CONSUMER.CREATE.ACCOUNTS.>"}},
			}}}})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	e, err := engine.Connect(t.Context(), "nats://u:p@"+s.Addr().String(), nil)
	require.NoError(t, err)
	t.Cleanup(e.Conn().Close)
	log, err := open(t, e, seal.Generate())
	require.NoError(t, err)
	var head events.Head
	records := appendUntilDone(t, log, &head, create(1))
	require.Equal(t, records, follow(t, log, events.Head{}, uint64(len(records))))
}
