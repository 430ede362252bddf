package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"
)

// world is a Log that is appended to, and its Feed.
type world struct {
	*testlog.Env
	t    *testing.T
	head events.Head
}

func newWorld(t *testing.T) *world { return &world{Env: testlog.Start(t), t: t} }

func (w *world) open(o Options) *Feed {
	w.t.Helper()
	o.Engine, o.Log = w.Engine, w.Log
	f, err := Open(w.t.Context(), o)
	require.NoError(w.t, err)
	return f
}

// append appends one command.
func (w *world) append(drafts ...events.Draft) []events.Record {
	w.t.Helper()
	records, err := w.Log.Append(context.Background(), w.head, []eventlog.Entry{{Command: uuid.New(), Drafts: drafts}})
	require.NoError(w.t, err)
	w.head = records[len(records)-1].Head()
	return records
}

// create makes n users with one command.
func (w *world) create(n int) []events.Record {
	w.t.Helper()
	var drafts []events.Draft
	for i := range n {
		drafts = append(drafts, events.Draft{Aggregate: events.User(uuid.New()), Event: events.UserCreated{
			Number: int64(i + 1), Username: fmt.Sprintf("user%d", i), PasswordHash: "$hidden$"}})
	}
	return w.append(drafts...)
}

// relaying runs a relay until stop is called.
func (w *world) relaying(f *Feed) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		require.ErrorIs(w.t, <-done, context.Canceled)
	})
}

// relayed runs a relay until the Feed has the whole Log.
func (w *world) relayed(f *Feed) {
	w.t.Helper()
	defer w.relaying(f)()
	require.NoError(w.t, f.Wait(w.t.Context(), w.head.Sequence))
}

// messages reads the Feed as it is.
func (w *world) messages(f *Feed) (out []*jetstream.RawStreamMsg) {
	w.t.Helper()
	info, err := f.stream.Info(w.t.Context())
	require.NoError(w.t, err)
	for s := info.State.FirstSeq; s <= info.State.LastSeq && info.State.Msgs > 0; s++ {
		msg, err := f.stream.GetMsg(w.t.Context(), s)
		if err != nil {
			require.ErrorIs(w.t, err, jetstream.ErrMsgNotFound)
			continue
		}
		out = append(out, msg)
	}
	return out
}

// requireRelayed proves that the Feed tells of exactly these Records, in order.
func (w *world) requireRelayed(f *Feed, from, to uint64) {
	w.t.Helper()
	var want, got []string
	for s := from; s <= to; s++ {
		want = append(want, decimal(s))
	}
	for _, msg := range w.messages(f) {
		got = append(got, msg.Header.Get(headerMsgID))
	}
	require.Equal(w.t, want, got)
}

// TestOpenEndsCompression: with it a kill at the end of a block can cost the feed.
func TestOpenEndsCompression(t *testing.T) {
	w := newWorld(t)
	c := config()
	c.Compression = jetstream.S2Compression
	_, err := w.Engine.JetStream().CreateStream(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, jetstream.NoCompression, w.open(Options{}).stream.CachedInfo().Config.Compression)
}

func TestMessages(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	records := w.create(1)
	user := records[0].Aggregate
	w.append(events.Draft{Aggregate: user, Key: records[0].Key,
		Event: events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK1", Secret: "hidden"}}})
	w.relayed(f)
	msgs := w.messages(f)
	require.Len(t, msgs, 2)
	require.Equal(t, "feed.user.UserCreated."+user.ID.String(), msgs[0].Subject)
	require.Equal(t, "feed.user.SigningKeyAdded."+user.ID.String(), msgs[1].Subject)
	require.Equal(t, ContentType, msgs[0].Header.Get("content-type"))
	require.JSONEq(t, fmt.Sprintf(`{"specversion":"1.0","id":%q,"type":"UserCreated.v1","source":"accountd","subject":"users/%s","time":%q,
		"datacontenttype":"application/json","sequence":1,"actor":"","data":{"number":1,"username":"user0","email":"","active":false,"state":""}}`,
		records[0].ID, user.ID, records[0].Time.Format(time.RFC3339Nano)), string(msgs[0].Data))
	require.NotContains(t, string(msgs[1].Data), "hidden")
}

// TestOneByOneAndInBatches has single messages when one comes, and atomic batches when the relay is behind.
func TestOneByOneAndInBatches(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	stop := w.relaying(f)
	for range 3 {
		w.create(1)
		require.NoError(t, f.Wait(t.Context(), w.head.Sequence))
	}
	stop()
	for range 40 {
		w.create(1)
	}
	w.create(60)
	w.relayed(f)
	w.requireRelayed(f, 1, 103)
	msgs := w.messages(f)
	require.Equal(t, "2", msgs[2].Header.Get(headerLastSequence))
	require.Empty(t, msgs[2].Header.Get("Nats-Expected-Last-Msg-Id"), "replicas that caught up do not know it")
	require.Empty(t, msgs[2].Header.Get("Nats-Batch-Id"))
	require.NotEmpty(t, msgs[102].Header.Get("Nats-Batch-Id"))
}

// TestRacingRelays has several relays, which are killed and started again all the time, while the Log grows and the
// engine is restarted in between.
func TestRacingRelays(t *testing.T) {
	w := newWorld(t)
	for round := range 4 {
		var relays sync.WaitGroup
		ended, end := context.WithCancel(t.Context())
		for i := range 3 {
			f := w.open(Options{})
			relays.Go(func() {
				for ended.Err() == nil {
					ctx, cancel := context.WithTimeout(ended, time.Duration(20+30*i)*time.Millisecond)
					_ = f.Run(ctx)
					cancel()
				}
			})
		}
		for i := range 60 {
			w.create(1 + i%3)
		}
		w.create(300)
		f := w.open(Options{})
		stop := w.relaying(f)
		require.NoError(t, f.Wait(t.Context(), w.head.Sequence))
		end()
		relays.Wait()
		stop()
		w.requireRelayed(f, 1, w.head.Sequence)
		if round%2 == 1 {
			w.Reopen()
		}
	}
}

// TestAfterALateStart relays a Log that was there before the Feed.
func TestAfterALateStart(t *testing.T) {
	w := newWorld(t)
	w.create(eventlog.MaxBatch)
	w.create(700)
	f := w.open(Options{})
	w.relayed(f)
	w.requireRelayed(f, 1, 1700)
}

// TestStopsInsideACommand begins again in the middle of a command's events.
func TestStopsInsideACommand(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	records := append(w.create(2), w.create(3)...)
	r := relay{Feed: f}
	for _, record := range records[:4] {
		require.NoError(t, r.find(t.Context()))
		require.NoError(t, r.send(t.Context(), []events.Record{record}))
	}
	w.relayed(f)
	w.requireRelayed(f, 1, 5)
}

func TestGuards(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	records := w.create(4)
	one, other := relay{Feed: f}, relay{Feed: f}
	require.NoError(t, one.send(t.Context(), records[:1]))
	require.Error(t, other.send(t.Context(), records[:1]), "the feed was empty when this relay looked")
	require.NoError(t, other.find(t.Context()))
	require.NoError(t, one.send(t.Context(), records[1:3]))
	require.Error(t, other.send(t.Context(), records[1:3]))
	require.Error(t, other.send(t.Context(), records[1:2]))
	w.requireRelayed(f, 1, 3)
}

func TestErase(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	records := w.create(3)
	gone, stays := records[1], records[0]
	erase := func() error { return f.Erase(t.Context(), gone.Aggregate.ID) }
	w.relayed(f)
	require.ErrorIs(t, erase(), ErrNotErased)
	w.append(events.Draft{Aggregate: gone.Aggregate, Key: gone.Key,
		Event: events.ProfileUpdated{Email: new("gone@example.com")}})
	w.append(events.Draft{Aggregate: stays.Aggregate, Key: stays.Key, Event: events.UserDisabled{}})
	w.append(events.Draft{Aggregate: gone.Aggregate, Key: gone.Key, Event: events.UserErased{}})
	stop := w.relaying(f) // Erase waits for it
	require.NoError(t, erase())
	require.NoError(t, erase())
	stop()
	var left []string
	for _, msg := range w.messages(f) {
		left = append(left, msg.Header.Get(headerMsgID))
		require.NotContains(t, string(msg.Data), "gone@")
	}
	require.Equal(t, []string{"1", "3", "5", "6"}, left)
	w.create(1)
	w.relayed(f)
	require.Len(t, w.messages(f), 5)
	require.NoError(t, f.Erase(t.Context(), gone.Aggregate.ID))
	require.NoError(t, f.Erase(t.Context(), uuid.New()), "nobody is in the feed no more than who was dropped by age")
}

// TestErasedBeforeItWasRelayed has a relay that comes when the data key is destroyed.
func TestErasedBeforeItWasRelayed(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	records := w.create(1)
	require.NoError(t, w.Log.Destroy(t.Context(), records[0].Key))
	w.relayed(f)
	var m Message
	require.NoError(t, json.Unmarshal(w.messages(f)[0].Data, &m))
	require.True(t, m.Erased)
	require.Nil(t, m.Data)
}

func TestOpenRefusesAnotherStream(t *testing.T) {
	w := newWorld(t)
	c := config()
	c.MaxAge = time.Hour
	_, err := w.Engine.JetStream().CreateStream(t.Context(), c)
	require.NoError(t, err)
	_, err = Open(t.Context(), Options{Engine: w.Engine, Log: w.Log})
	require.ErrorIs(t, err, ErrStreamConfig)
}
