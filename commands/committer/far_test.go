package committer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/cluster"
)

// TestFarInstanceGetsItsTurn has an instance beside the engine write without a pause, from several callers, and one
// that is 200 ms away write, too.
func TestFarInstanceGetsItsTurn(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true,
		StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	way := cluster.NewLink(t, s.Addr().String())
	master := seal.Generate()
	at := func(url string) instance {
		e, err := engine.Connect(t.Context(), url, nil)
		require.NoError(t, err)
		t.Cleanup(e.Conn().Close)
		log, err := eventlog.Open(t.Context(), eventlog.Options{Engine: e, Master: master})
		require.NoError(t, err)
		t.Cleanup(log.Close)
		return start(t, log, committer.Options{})
	}
	near, far := at(s.ClientURL()), at("nats://"+way.Addr())
	way.Delay(100 * time.Millisecond) // in each direction

	stop, done := make(chan struct{}), make(chan int)
	for w := range 2 {
		go func() {
			n := 0
			for ; ; n++ {
				select {
				case <-stop:
					done <- n
					return
				default:
				}
				if _, err := near.handler.Do(t.Context(), commands.Service(),
					create(fmt.Sprintf("near%d-%d", w, n))); err != nil {
					t.Errorf("near: %v", err)
				}
			}
		}()
	}
	for n := range 3 {
		_, err := far.handler.Do(t.Context(), commands.Service(), create(fmt.Sprintf("far%d", n)))
		require.NoError(t, err)
	}
	close(stop)
	require.Positive(t, <-done+<-done)
}
