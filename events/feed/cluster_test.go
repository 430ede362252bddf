//go:build cluster

package feed

import (
	"context"
	"fmt"
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
		w.append(user())
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

// TestClusterCopiesStayEqual takes one server after another away and brings it back, among events that come one by one,
// and then changes the number of copies: a copy that has caught up knows the sequence of the newest message, but not
// its id.
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

// TestClusterShortCopyIsMadeAnew has a server that lacks messages, which a reader there would not get: once one that
// only follows, once the leader itself.
func TestClusterShortCopyIsMadeAnew(t *testing.T) {
	for name, leads := range map[string]bool{"a follower": false, "the leader": true} {
		t.Run(name, func(t *testing.T) {
			w, f, servers := clusterWorld(t)
			w.one(f, 15)
			reader := w.readFour(f)
			short := (servers.Leader(Stream) + 1) % cluster.Size
			servers.Down(short)
			servers.Drop(short, Stream, 6, 7, 9)
			servers.Up(short)
			m := &mender{Feed: f}
			require.Eventually(t, func() bool {
				counts, err := f.copies(t.Context())
				return err == nil && counts[fmt.Sprintf("n%d", short)] == 12
			}, time.Minute, 10*time.Millisecond)
			if leads {
				require.NoError(t, m.leadBy(t.Context(), fmt.Sprintf("n%d", short)))
			}
			w.requireMended(m, 15)
			w.requireRead(reader, 5, 17) // it goes on where it was
		})
	}
}

// TestClusterHolesAreFilled has all copies lack the same messages.
func TestClusterHolesAreFilled(t *testing.T) {
	w, f, _ := clusterWorld(t)
	w.one(f, 10)
	reader := w.readFour(f)
	for range 5 {
		w.append(user()) // which is not told of
		msg, err := message(w.append(user())[0])
		require.NoError(t, err)
		_, err = w.Engine.Publish(t.Context(), msg)
		require.NoError(t, err)
	}
	w.requireCopies(f, 15)
	w.requireMended(&mender{Feed: f}, 20)
	w.requireRead(reader, 1, 22) // it has read some of them before
}

func user() events.Draft {
	return events.Draft{Aggregate: events.User(uuid.New()), Event: events.UserCreated{Username: "ada"}}
}

// readFour returns a durable consumer that has read four messages.
func (w *world) readFour(f *Feed) jetstream.Consumer {
	w.t.Helper()
	reader, err := f.stream.CreateConsumer(w.t.Context(), jetstream.ConsumerConfig{Durable: "reader",
		AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(w.t, err)
	w.requireRead(reader, 1, 4)
	return reader
}

// requireRead reads these Records, in order; those before them may come once more.
func (w *world) requireRead(reader jetstream.Consumer, first, last uint64) {
	w.t.Helper()
	for record := first; record <= last; record++ {
		got, done := w.take(reader)
		for ; record == first && len(got) == 1 && got < decimal(first); got, done = w.take(reader) {
			done()
		}
		require.Equal(w.t, decimal(record), got)
		done()
	}
}

// requireMended proves that after some looks every copy tells of so many Records, and of two that follow. A
// look may meet a server that does not answer for its copy, and then the doubts begin again.
func (w *world) requireMended(m *mender, records uint64) {
	w.t.Helper()
	fault := errDiffer
	for looks := 0; looks < doubtful || fault != nil; looks++ {
		require.Less(w.t, looks, 3*doubtful, "%v", fault)
		require.NoError(w.t, m.look(w.t.Context()))
		var err error
		fault, err = m.fault(w.t.Context())
		require.NoError(w.t, err)
	}
	w.one(m.Feed, 2)
	w.requireCopies(m.Feed, records+2)
	w.requireRelayed(m.Feed, 1, records+2)
	info, err := m.stream.Info(w.t.Context())
	require.NoError(w.t, err)
	require.NotContains(w.t, info.Config.Metadata, replicasKey)
}

// TestClusterAReaderOfWhatIsNew has taken a message, and acknowledged none: what was there before it is not unread.
func TestClusterAReaderOfWhatIsNew(t *testing.T) {
	w, f, _ := clusterWorld(t)
	w.one(f, 5)
	reader, err := f.stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "new",
		AckPolicy: jetstream.AckExplicitPolicy, DeliverPolicy: jetstream.DeliverNewPolicy})
	require.NoError(t, err)
	w.one(f, 2)
	got, done := w.take(reader)
	require.Equal(t, decimal(6), got)
	slow, err := f.slowest(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, reading{consumer: "new", record: 6}, slow)
	done()
	require.Eventually(t, func() bool {
		slow, err := f.slowest(t.Context(), 0)
		return err == nil && slow == reading{consumer: "new", record: 7}
	}, time.Minute, 10*time.Millisecond)
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
