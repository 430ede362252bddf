package feed

import (
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// take returns the Record that the Queue hands out next, and when it is done, that it is.
func (w *world) take(consumer jetstream.Consumer) (record string, done func()) {
	w.t.Helper()
	msg, err := consumer.Next(jetstream.FetchMaxWait(10 * time.Second))
	require.NoError(w.t, err)
	return msg.Headers().Get(headerMsgID), func() { require.NoError(w.t, msg.DoubleAck(w.t.Context())) }
}

func (w *world) queue(f *Feed, q Queue) jetstream.Consumer {
	w.t.Helper()
	consumer, err := f.OpenQueue(w.t.Context(), q)
	require.NoError(w.t, err)
	return consumer
}

func TestQueueHandsOutOneAtATime(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	w.create(5)
	w.relayed(f)
	q := Queue{ID: "q", From: 2, Made: 1, Busy: time.Minute}
	record, done := w.take(w.queue(f, q))
	require.Equal(t, "2", record)
	_, err := w.queue(f, q).Next(jetstream.FetchMaxWait(200 * time.Millisecond))
	require.ErrorIs(t, err, nats.ErrTimeout)
	done()
	record, _ = w.take(w.queue(f, q)) // not done
	require.Equal(t, "3", record)
	q.Made = 9
	record, done = w.take(w.queue(f, q))
	require.Equal(t, "3", record, "it begins anew where it stands")
	done()
	require.NoError(t, f.Rewind(t.Context(), q, 1))
	record, done = w.take(w.queue(f, q))
	require.Equal(t, "1", record)
	done()
	ids, err := f.Queues(t.Context(), 9)
	require.NoError(t, err)
	require.Equal(t, []string{"q"}, ids)
	ids, err = f.Queues(t.Context(), 8)
	require.NoError(t, err)
	require.Empty(t, ids)
	subscriptions, err := f.Subscriptions(t.Context())
	require.NoError(t, err)
	require.Empty(t, subscriptions)
	require.NoError(t, f.CloseQueue(t.Context(), "q"))
	require.NoError(t, f.CloseQueue(t.Context(), "q"))
}

// TestQueueChangesItsFilter keeps its place.
func TestQueueChangesItsFilter(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	w.create(3)
	w.relayed(f)
	q := Queue{ID: "q", From: 1, Made: 1, Busy: time.Minute}
	_, done := w.take(w.queue(f, q))
	done()
	q.Filter.Types, q.Busy = []string{"UserCreated"}, time.Hour
	record, _ := w.take(w.queue(f, q))
	require.Equal(t, "2", record)
}

// TestQueueBeginsAnewOnce has many instances that do it at the same time: nothing is handed out that was done.
func TestQueueBeginsAnewOnce(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	w.create(20)
	w.relayed(f)
	q := Queue{ID: "q", From: 1, Made: 1, Busy: time.Minute}
	want := uint64(1)
	for range 10 {
		var instances sync.WaitGroup
		for range 8 {
			instances.Go(func() {
				_, err := f.OpenQueue(t.Context(), q)
				require.NoError(t, err)
			})
		}
		instances.Wait()
		record, done := w.take(w.queue(f, q))
		require.Equal(t, decimal(want), record)
		done()
		want++
		q.Made++
	}
}
