package bench

import (
	"context"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/projections"
	"accountd/projections/checkpoint"
)

// BenchmarkStart starts on a log of a million users from a checkpoint that has all but the last thousand, until the
// view answers, and reports where the time goes; and how long writing the checkpoint takes.
func BenchmarkStart(b *testing.B) {
	dir, master := b.TempDir(), seal.Generate()
	l := newLaunch(b, dir, master)
	n := population()
	head := l.fill(b, events.Head{}, n-eventlog.MaxBatch)
	l.ready(b)
	start := time.Now()
	require.NoError(b, l.file.Save(b.Context(), l.view))
	b.ReportMetric(float64(time.Since(start).Milliseconds()), "save-ms")
	l.fill(b, head, n)
	l.close(b)
	var opened, loaded, ready, used time.Duration
	for b.Loop() {
		start, before := time.Now(), processorTime(b)
		l := newLaunch(b, dir, master)
		opened += time.Since(start)
		l.load(b)
		loaded += time.Since(start)
		l.ready(b)
		ready += time.Since(start)
		used += processorTime(b) - before
		debug.SetGCPercent(100)
		b.StopTimer()
		require.Equal(b, n, l.view.Snapshot().Len())
		l.close(b)
		b.StartTimer()
	}
	for name, d := range map[string]time.Duration{"opened-ms": opened, "loaded-ms": loaded, "ready-ms": ready,
		"cpu-ms": used} {
		b.ReportMetric(float64(d.Milliseconds())/float64(b.N), name)
	}
}

// launch is a service on its way up.
type launch struct {
	engine *engine.Engine
	log    *eventlog.Log
	view   *projections.View
	file   *checkpoint.File
	stop   context.CancelFunc
	done   chan error
}

func newLaunch(b *testing.B, dir string, master *seal.Master) *launch {
	e, err := engine.Start(b.Context(), engine.Options{StoreDir: dir})
	require.NoError(b, err)
	log, err := eventlog.Open(b.Context(), eventlog.Options{Engine: e, Master: master})
	require.NoError(b, err)
	return &launch{engine: e, log: log, view: projections.NewView(), file: checkpoint.New(filepath.Join(dir, "view"),
		"bench", log)}
}

// fill appends users, from as many as there are, until there are n.
func (l *launch) fill(b *testing.B, head events.Head, n int) events.Head {
	for head.Sequence < uint64(n) {
		var entries []eventlog.Entry
		for i := range eventlog.MaxBatch {
			entries = append(entries, eventlog.Entry{Drafts: []events.Draft{{Aggregate: events.User(uuid.New()),
				Event: user(int(head.Sequence) + i)}}})
		}
		records, err := l.log.Append(b.Context(), head, entries)
		require.NoError(b, err)
		head = records[len(records)-1].Head()
	}
	return head
}

// load loads the checkpoint as the service does: nothing is collected until it is ready.
func (l *launch) load(b *testing.B) {
	debug.SetGCPercent(-1)
	require.NoError(b, l.file.Load(b.Context(), l.view))
}

// ready returns when the view answers.
func (l *launch) ready(b *testing.B) {
	ctx, stop := context.WithCancel(context.Background())
	l.stop, l.done = stop, make(chan error, 1)
	runner := projections.NewRunner(l.log, l.view)
	go func() { l.done <- runner.Run(ctx) }()
	select {
	case <-runner.CaughtUp():
	case err := <-l.done:
		require.NoError(b, err)
	}
}

func (l *launch) close(b *testing.B) {
	l.stop()
	<-l.done
	l.log.Close()
	require.NoError(b, l.engine.Close(context.Background()))
}
