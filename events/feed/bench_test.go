package feed

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
)

// BenchmarkEraseBusyPerson erases somebody of whom the feed has 5,000 messages among as many of others, on a store that syncs every
// write. An operation is one message.
func BenchmarkEraseBusyPerson(b *testing.B) {
	const events5k = 5000
	for range b.N {
		b.StopTimer()
		e, err := engine.Start(b.Context(), engine.Options{StoreDir: b.TempDir(), SyncAlways: true})
		require.NoError(b, err)
		log, err := eventlog.Open(b.Context(), eventlog.Options{Engine: e, Master: seal.Generate()})
		require.NoError(b, err)
		f, err := Open(b.Context(), Options{Engine: e, Log: log})
		require.NoError(b, err)
		busy, key, head := events.User(uuid.New()), events.KeyID{}, events.Head{}
		for i := 0; i < events5k; i += 500 {
			var drafts []events.Draft
			for j := range 500 {
				name := fmt.Sprintf("name %d", i+j)
				drafts = append(drafts, events.Draft{Aggregate: busy, Key: key, Event: events.ProfileUpdated{FirstName: &name}},
					events.Draft{Aggregate: events.User(uuid.New()), Event: events.UserCreated{Username: name, Email: name + "@example.org"}})
			}
			records, err := log.Append(b.Context(), head, []eventlog.Entry{{Command: uuid.New(), Drafts: drafts}})
			require.NoError(b, err)
			head, key = records[len(records)-1].Head(), records[0].Key
		}
		_, err = log.Append(b.Context(), head, []eventlog.Entry{{Command: uuid.New(), Drafts: []events.Draft{{Aggregate: busy, Key: key, Event: events.UserErased{}}}}})
		require.NoError(b, err)
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = f.Run(ctx) }()
		require.NoError(b, f.Wait(ctx, 2*events5k+1))
		b.StartTimer()
		start := time.Now()
		asked, cancel := context.WithTimeout(ctx, 20*time.Second)
		err = f.Erase(asked, busy.ID)
		cancel()
		info, _ := f.stream.Info(ctx)
		b.Logf("%v: %d left, %v", time.Since(start), info.State.Msgs, err)
		b.StopTimer()
		stop()
		<-done
		log.Close()
		require.NoError(b, e.Close(context.Background()))
	}
}
