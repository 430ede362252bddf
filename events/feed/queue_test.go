package feed

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// take returns the Record that a consumer hands out next, and when it is done, that it is.
func (w *world) take(consumer jetstream.Consumer) (record string, done func()) {
	w.t.Helper()
	msg, err := consumer.Next(jetstream.FetchMaxWait(10 * time.Second))
	require.NoError(w.t, err)
	return msg.Headers().Get(headerMsgID), func() { require.NoError(w.t, msg.DoubleAck(w.t.Context())) }
}

// TestQueuesOfOlderVersions has the consumers by which webhooks got their events once: their places are found.
func TestQueuesOfOlderVersions(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	w.create(5)
	w.relayed(f)
	id := uuid.NewString()
	_, ok, err := f.QueuePlace(t.Context(), id)
	require.NoError(t, err)
	require.False(t, ok)
	consumer, err := f.stream.CreateConsumer(t.Context(),
		jetstream.ConsumerConfig{Durable: fmt.Sprintf("QUEUE_%s_1_0", id), MaxAckPending: 1,
			DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: 2,
			AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(t, err)
	place := func() uint64 {
		record, ok, err := f.QueuePlace(t.Context(), id)
		require.NoError(t, err)
		require.True(t, ok)
		return record
	}
	require.EqualValues(t, 1, place())
	for range 2 {
		_, done := w.take(consumer)
		done()
	}
	require.EqualValues(t, 3, place())
	for range 2 {
		_, done := w.take(consumer)
		done()
	}
	require.EqualValues(t, 5, place())
	require.NoError(t, f.CloseQueue(t.Context(), id))
	require.NoError(t, f.CloseQueue(t.Context(), id))
	_, ok, err = f.QueuePlace(t.Context(), id)
	require.NoError(t, err)
	require.False(t, ok)
}
