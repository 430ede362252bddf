package feed

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/engine"
)

// failOnce has a write of the Feed's stream fail, that of a message which is deleted; the engine writes nothing there
// any more then, though the disk is well.
func (w *world) failOnce(f *Feed, message uint64) {
	w.t.Helper()
	msgs := filepath.Join(w.Dir, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", Stream, "msgs")
	require.NoError(w.t, os.Rename(msgs, msgs+".away"))
	require.NoError(w.t, os.WriteFile(msgs, nil, 0o600))
	require.Error(w.t, f.stream.SecureDeleteMsg(w.t.Context(), message), "it would write a file there")
	require.NoError(w.t, os.Remove(msgs))
	require.NoError(w.t, os.Rename(msgs+".away", msgs))
}

// TestAFailedStoreOfTheFeed is made anew while all else goes on: all that was kept is there again, the sequences go on,
// and a durable reader begins behind what it has acknowledged.
func TestAFailedStoreOfTheFeed(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	users := w.create(6)
	w.append(events.Draft{Aggregate: users[0].Aggregate, Key: users[0].Key, Event: events.UserErased{}}) // 7
	w.relayed(f)
	require.NoError(t, f.Erase(t.Context(), users[0].Aggregate.ID))
	require.NoError(t, f.stream.Purge(t.Context(), jetstream.WithPurgeSequence(3)))
	for _, name := range []string{"half", "whole", "none"} {
		_, err := f.Subscribe(t.Context(), Subscription{Name: name})
		require.NoError(t, err)
	}
	_, err := f.Subscribe(t.Context(), Subscription{Name: "new", Start: Start{New: true}})
	require.NoError(t, err)
	require.Equal(t, []string{"3", "4", "5", "6", "7"}, w.read(f, "whole"))
	consumer, err := f.stream.Consumer(t.Context(), "half")
	require.NoError(t, err)
	for range 2 {
		msg, err := consumer.Next()
		require.NoError(t, err)
		require.NoError(t, msg.DoubleAck(t.Context()))
	}
	before, err := f.stream.Info(t.Context())
	require.NoError(t, err)

	w.failOnce(f, 5)
	w.create(2) // 8, 9
	require.Error(t, errors.Join(f.engine.Broken(Stream), engineRefuses(f)), "the store has failed")
	w.relayed(f)
	require.NoError(t, f.engine.Broken(Stream))
	w.requireRelayed(f, 3, 9)
	after, err := f.stream.Info(t.Context())
	require.NoError(t, err)
	require.Greater(t, after.State.FirstSeq, before.State.LastSeq)
	require.Equal(t, []string{"8", "9"}, w.read(f, "whole"))
	require.Equal(t, []string{"5", "6", "7", "8", "9"}, w.read(f, "half"))
	require.Equal(t, []string{"3", "4", "5", "6", "7", "8", "9"}, w.read(f, "none"))
	require.Equal(t, []string{"8", "9"}, w.read(f, "new"))
	require.NoError(t, f.Health())
}

// engineRefuses tells whether the stream takes no message.
func engineRefuses(f *Feed) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := f.engine.JetStream().Publish(ctx, Subject("user", "Nothing", uuid.NewString()), nil)
	return err
}

// TestAFailedStoreHindersAnErasure: nothing is published, so only the erasure meets the store that has failed; it is
// done when it is tried again.
func TestAFailedStoreHindersAnErasure(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	users := w.create(3)
	gone := users[1]
	w.append(events.Draft{Aggregate: gone.Aggregate, Key: gone.Key, Event: events.UserErased{}}) // 4
	w.relayed(f)
	w.failOnce(f, 3)
	require.NoError(t, f.engine.Broken(Stream), "the engine does not tell of what failed when it deleted")
	defer w.relaying(f)()
	require.Error(t, f.Erase(t.Context(), gone.Aggregate.ID))
	// as the Log would be read if the Feed was filled after that
	require.NoError(t, w.Log.Destroy(t.Context(), gone.Key))
	require.Eventually(t, func() bool { return f.Erase(t.Context(), gone.Aggregate.ID) == nil }, 20*time.Second,
		10*time.Millisecond)
	var left []string
	for _, msg := range w.messages(f) {
		left = append(left, msg.Header.Get(headerMsgID))
	}
	require.Equal(t, []string{"1", "3", "4"}, left)
}

// TestOthersFaultsAreNotTheFeeds: what a client does wrong, or a cluster cannot do now, does not cost the stream.
func TestOthersFaultsAreNotTheFeeds(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	f.suspect(&jetstream.APIError{Code: 400})
	f.suspect(context.DeadlineExceeded)
	f.suspect(engine.ErrBroken)
	require.Empty(t, f.failed)
	f.suspect(&jetstream.APIError{Code: 500})
	f.suspect(&jetstream.APIError{Code: 500})
	require.Len(t, f.failed, 1)
}
