package integration

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/events/seal"
)

// TestFeedOutlivesKills has two processes relay one log, of which one is killed and started again all the time: the
// feed tells of every record once, in order.
func TestFeedOutlivesKills(t *testing.T) {
	url := outside(t)
	key := t.TempDir() + "/master.key"
	_, err := seal.CreateMaster(key)
	require.NoError(t, err)
	stays := run(t, t.TempDir(), "--nats", url, "--master-key-file", key)
	var writers sync.WaitGroup
	done := make(chan struct{})
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
					_, _ = stays.call(http.MethodPost, "/v1/users",
						map[string]any{"email": fmt.Sprintf("w%d-n%d@example.org", w, n)}, nil)
				}
			}
		})
	}
	for range 3 {
		run(t, t.TempDir(), "--nats", url, "--master-key-file", key).kill(t)
	}
	close(done)
	writers.Wait()
	run(t, t.TempDir(), "--nats", url, "--master-key-file", key)
	requireFeed(t, url)
}

// requireFeed waits until the feed tells of all that is in the log, and proves that it does so once and in order.
func requireFeed(t *testing.T, url string) {
	t.Helper()
	js := jetStream(t, url)
	log, err := js.Stream(t.Context(), "ACCOUNTS")
	require.NoError(t, err)
	end := log.CachedInfo().State.LastSeq
	require.Greater(t, end, uint64(50))
	reader, err := js.OrderedConsumer(t.Context(), "ACCOUNT_FEED", jetstream.OrderedConsumerConfig{})
	require.NoError(t, err)
	for want := uint64(1); want <= end; want++ {
		msg, err := reader.Next(jetstream.FetchMaxWait(20 * time.Second))
		if errors.Is(err, nats.ErrNoResponders) {
			want-- // in a cluster, the servers have not all heard of the reader yet
			continue
		}
		require.NoError(t, err)
		require.Equal(t, strconv.FormatUint(want, 10), msg.Headers().Get("Nats-Msg-Id"))
	}
}

// jetStream connects to the engine until the test ends.
func jetStream(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect(url)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}
