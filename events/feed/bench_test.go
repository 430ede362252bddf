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
)

// BenchmarkEraseBusyPerson erases somebody of whom the feed has 5,000 messages among as many of others, on a store that
// syncs every write; beside it, the engine overwrites 200 of them one by one. It reports the time of a message.
func BenchmarkEraseBusyPerson(b *testing.B) {
	b.Run("one by one", func(b *testing.B) {
		eraseBusyPerson(b, func(ctx context.Context, f *Feed, person uuid.UUID) int {
			const some = 200
			for from, n := uint64(1), 0; n < some; n++ {
				msg, err := f.stream.GetMsg(ctx, from, jetstream.WithGetMsgSubject(subjectsOf(events.KindUser, person)))
				require.NoError(b, err)
				require.NoError(b, f.stream.SecureDeleteMsg(ctx, msg.Sequence))
				from = msg.Sequence + 1
			}
			return some
		})
	})
	b.Run("together", func(b *testing.B) {
		eraseBusyPerson(b, func(ctx context.Context, f *Feed, person uuid.UUID) int {
			require.NoError(b, f.Erase(ctx, person))
			info, err := f.stream.Info(ctx)
			require.NoError(b, err)
			require.EqualValues(b, busyEvents+1, info.State.Msgs)
			return busyEvents
		})
	})
}

const busyEvents = 5000

func eraseBusyPerson(b *testing.B, erase func(context.Context, *Feed, uuid.UUID) (messages int)) {
	var took time.Duration
	messages := 0
	for b.Loop() {
		b.StopTimer()
		f, busy, end := busyFeed(b)
		b.StartTimer()
		start := time.Now()
		messages += erase(b.Context(), f, busy)
		took += time.Since(start)
		b.StopTimer()
		end()
		b.StartTimer()
	}
	b.ReportMetric(float64(took.Microseconds())/float64(messages), "µs/message")
}

// busyFeed returns a Feed of a busy person who was erased, and what ends it.
func busyFeed(b *testing.B) (*Feed, uuid.UUID, func()) {
	e, err := engine.Start(b.Context(), engine.Options{StoreDir: b.TempDir(), SyncAlways: true})
	require.NoError(b, err)
	log, err := eventlog.Open(b.Context(), eventlog.Options{Engine: e, Master: seal.Generate()})
	require.NoError(b, err)
	f, err := Open(b.Context(), Options{Engine: e, Log: log})
	require.NoError(b, err)
	busy, key, head := events.User(uuid.New()), events.KeyID{}, events.Head{}
	add := func(drafts ...events.Draft) {
		records, err := log.Append(b.Context(), head, []eventlog.Entry{{Command: uuid.New(), Drafts: drafts}})
		require.NoError(b, err)
		head, key = records[len(records)-1].Head(), records[0].Key
	}
	for i := 0; i < busyEvents; i += 500 {
		var drafts []events.Draft
		for j := range 500 {
			name := fmt.Sprintf("name %d", i+j)
			drafts = append(drafts, events.Draft{Aggregate: busy, Key: key,
				Event: events.ProfileUpdated{FirstName: &name}},
				events.Draft{Aggregate: events.User(uuid.New()), Event: events.UserCreated{Username: name,
					Email: name + "@example.org"}})
		}
		add(drafts...)
	}
	add(events.Draft{Aggregate: busy, Key: key, Event: events.UserErased{}})
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = f.Run(ctx) }()
	require.NoError(b, f.Wait(ctx, head.Sequence))
	return f, busy.ID, func() {
		stop()
		<-done
		log.Close()
		require.NoError(b, e.Close(context.Background()))
	}
}
