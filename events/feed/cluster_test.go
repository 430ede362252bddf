//go:build cluster

package feed

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/cluster"
	"accountd/testing/testlog"
)

// clusterWorld is a world on three servers. Run it with -tags cluster.
func clusterWorld(t *testing.T) (*world, *Feed, *cluster.Cluster) {
	t.Helper()
	servers := cluster.Start(t)
	e, err := engine.Connect(t.Context(), servers.URLs(0), nil)
	require.NoError(t, err)
	t.Cleanup(e.Conn().Close)
	log, err := eventlog.Open(t.Context(), eventlog.Options{Engine: e, Master: seal.Generate()})
	require.NoError(t, err)
	t.Cleanup(log.Close)
	w := &world{Env: &testlog.Env{Engine: e, Log: log}, t: t}
	return w, w.open(Options{}), servers
}

// one appends and relays so many events, each by itself, as they come when little happens.
func (w *world) one(f *Feed, n int) {
	w.t.Helper()
	defer w.relaying(f)()
	for range n {
		w.append(events.Draft{Aggregate: events.User(uuid.New()), Event: events.UserCreated{Username: "ada"}})
		require.NoError(w.t, f.Wait(w.t.Context(), w.head.Sequence))
	}
}

// requireCopies proves that every server has so many messages.
func (w *world) requireCopies(f *Feed, want uint64) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		counts, err := f.copies(w.t.Context())
		if err != nil || len(counts) != cluster.Size {
			return false
		}
		for _, count := range counts {
			if count != want {
				return false
			}
		}
		return true
	}, 30*time.Second, 100*time.Millisecond)
}

// TestClusterCopiesStayEqual takes one server after another away and brings it back, among events that come one by one, and then
// changes the number of copies: a copy that has caught up knows the sequence of the newest message, but not its id.
func TestClusterCopiesStayEqual(t *testing.T) {
	w, f, servers := clusterWorld(t)
	w.one(f, 5)
	want := uint64(5)
	for i := range cluster.Size {
		servers.Down(i)
		w.one(f, 5)
		servers.Up(i)
		w.one(f, 5)
		want += 10
		w.requireCopies(f, want)
	}
	m := &mender{Feed: f}
	for _, replicas := range []int{1, 3} {
		require.NoError(t, m.scale(t.Context(), replicas, replicas))
		w.one(f, 5)
		want += 5
	}
	w.requireCopies(f, want)
	w.requireRelayed(f, 1, want)
}

// withLastID appends so many events, and publishes them with a guard that a copy which has caught up takes for broken: it leaves the
// message out, alone and in silence.
func (w *world) withLastID(f *Feed, n int) {
	w.t.Helper()
	for range n {
		record := w.append(events.Draft{Aggregate: events.User(uuid.New()), Event: events.UserCreated{Username: "ada"}})[0]
		msg, err := message(record)
		require.NoError(w.t, err)
		msg.Header.Set("Nats-Expected-Last-Msg-Id", decimal(record.Sequence-1))
		asked, cancel := context.WithTimeout(w.t.Context(), attemptFor)
		_, _ = w.Engine.Publish(asked, msg) // also the leader may be a copy that refuses it; what is left the relay publishes
		cancel()
	}
}

// TestClusterShortCopyIsMadeAnew has a server that lacks messages, which a reader there would not get: once one that only follows,
// once the leader itself.
func TestClusterShortCopyIsMadeAnew(t *testing.T) {
	for name, leads := range map[string]bool{"a follower": false, "the leader": true} {
		t.Run(name, func(t *testing.T) {
			w, f, servers := clusterWorld(t)
			w.one(f, 10)
			reader, err := f.stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "reader", AckPolicy: jetstream.AckExplicitPolicy})
			require.NoError(t, err)
			for range 4 {
				_, done := w.take(reader)
				done()
			}
			m := &mender{Feed: f}
			for _, replicas := range []int{1, 3} { // two copies are fresh, and have caught up
				require.NoError(t, m.scale(t.Context(), replicas, replicas))
			}
			again := (servers.Leader(Stream) + 1) % cluster.Size // a restart reads the id from the disk, so only the other one is damaged
			servers.Down(again)
			servers.Up(again)
			w.withLastID(f, 5)
			var counts map[string]uint64
			require.Eventually(t, func() bool {
				counts, err = f.copies(t.Context())
				return err == nil && len(counts) == cluster.Size
			}, time.Minute, 10*time.Millisecond)
			var short string
			for server, count := range counts {
				if short == "" || count < counts[short] {
					short = server
				}
			}
			require.Less(t, counts[short], uint64(15), "%v", counts)
			if leads {
				require.NoError(t, m.leadBy(t.Context(), short))
			}
			for range doubtful {
				require.NoError(t, m.look(t.Context()))
			}
			w.requireCopies(f, 15)
			w.one(f, 2)
			w.requireCopies(f, 17)
			w.requireRelayed(f, 1, 17)
			info, err := f.stream.Info(t.Context())
			require.NoError(t, err)
			require.NotContains(t, info.Config.Metadata, replicasKey)
			for record := uint64(5); record <= 17; record++ {
				got, done := w.take(reader)
				require.Equal(t, decimal(record), got, "the reader goes on where it was")
				done()
			}
		})
	}
}

// TestClusterMendingIsFinished has a mending that was interrupted when one copy was left.
func TestClusterMendingIsFinished(t *testing.T) {
	w, f, _ := clusterWorld(t)
	w.one(f, 3)
	m := &mender{Feed: f}
	require.NoError(t, m.scale(t.Context(), 3, 1))
	w.one(f, 3)
	require.NoError(t, m.look(context.Background()))
	w.requireCopies(f, 6)
}
