package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/feed"
	"accountd/events/seal"
	"accountd/projections"
)

// BenchmarkRelay creates users, each durable before its answer, in a service that relays to the feed and in one that
// does not, by turns, and reports how the rates compare: 1 is a relay that costs nothing. behind is how long the feed
// took after the end.
func BenchmarkRelay(b *testing.B) {
	for _, callers := range []int{1, 4, 128} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			without, with := newWriter(b, callers), newWriter(b, callers)
			public := with.relay(b)
			const turn = 500
			var t, tRelayed time.Duration
			b.ResetTimer()
			for left := b.N; left > 0; left -= turn {
				t += without.create(b, min(left, turn))
				tRelayed += with.create(b, min(left, turn))
			}
			b.StopTimer()
			start := time.Now()
			require.NoError(b, public.Wait(context.Background(), with.view.Position()))
			b.ReportMetric(float64(b.N)/t.Seconds(), "without/s")
			b.ReportMetric(float64(b.N)/tRelayed.Seconds(), "with/s")
			b.ReportMetric(t.Seconds()/tRelayed.Seconds(), "ratio")
			b.ReportMetric(float64(time.Since(start).Microseconds()), "behind-µs")
		})
	}
}

// writer is a service without HTTP on an embedded server that syncs every write.
type writer struct {
	engine  *engine.Engine
	log     *eventlog.Log
	view    *projections.View
	handler *committer.Handler
	callers int
	made    atomic.Int64
}

func newWriter(b *testing.B, callers int) *writer {
	ctx := context.Background()
	e, err := engine.Start(ctx, engine.Options{StoreDir: b.TempDir(), SyncAlways: true})
	require.NoError(b, err)
	log, err := eventlog.Open(ctx, eventlog.Options{Engine: e, Master: seal.Generate()})
	require.NoError(b, err)
	w := &writer{engine: e, log: log, view: projections.NewView(), callers: callers}
	w.view.Open()
	w.handler = committer.New(log, w.view, committer.Options{})
	b.Cleanup(func() {
		w.handler.Close()
		log.Close()
		require.NoError(b, e.Close(ctx))
	})
	return w
}

func (w *writer) relay(b *testing.B) *feed.Feed {
	f, err := feed.Open(context.Background(), feed.Options{Engine: w.engine, Log: w.log})
	require.NoError(b, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = f.Run(ctx) }()
	b.Cleanup(func() { stop(); <-done })
	return f
}

// create makes n users and returns how long that took.
func (w *writer) create(b *testing.B, n int) time.Duration {
	var all sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(n))
	start := time.Now()
	for range w.callers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				w.createOne(b)
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

func (w *writer) createOne(b *testing.B) {
	name := fmt.Sprintf("user%d", w.made.Add(1))
	_, err := w.handler.Do(context.Background(), commands.Service(), commands.CreateUser{ID: uuid.New(),
		User: events.UserCreated{Username: name, Email: name + "@example.org", FirstName: "Ada", LastName: "Lovelace",
			Active: true}})
	require.NoError(b, err)
}
