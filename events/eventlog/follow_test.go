package eventlog_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// watcher follows a Log in the background.
type watcher struct {
	records chan events.Record
	ended   chan error
}

func watch(t *testing.T, log *eventlog.Log) watcher {
	w := watcher{records: make(chan events.Record, 1000), ended: make(chan error, 1)}
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		w.ended <- log.Follow(ctx, events.Head{}, func(records []events.Record) error {
			for _, r := range records {
				w.records <- r
			}
			return nil
		})
	}()
	t.Cleanup(stop)
	return w
}

func (w watcher) want(t *testing.T, want ...events.Record) {
	t.Helper()
	for _, r := range want {
		select {
		case got := <-w.records:
			require.Equal(t, r, got)
		case err := <-w.ended:
			t.Fatalf("follow ended: %v", err)
		case <-time.After(20 * time.Second):
			t.Fatalf("record %d did not come", r.Sequence)
		}
	}
}

func TestFollowLive(t *testing.T) {
	env := testlog.Start(t)
	w := watch(t, env.Log)
	head := events.Head{}
	for i := range 50 {
		var records []events.Record
		records, head = extend(t, env.Log, head, create(1+i%4))
		w.want(t, records...)
	}
}

func TestFollowHeals(t *testing.T) {
	env := testlog.Start(t)
	w := watch(t, env.Log)
	records, head := extend(t, env.Log, events.Head{}, create(3))
	w.want(t, records...)

	stream, err := env.Engine.JetStream().Stream(t.Context(), eventlog.Stream)
	require.NoError(t, err)
	for name := range stream.ConsumerNames(t.Context()).Name() {
		require.NoError(t, stream.DeleteConsumer(t.Context(), name))
	}
	records, head = extend(t, env.Log, head, create(3))
	w.want(t, records...)

	connected := env.Engine.Conn().StatusChanged(nats.CONNECTED)
	require.NoError(t, env.Engine.Conn().ForceReconnect())
	<-connected
	records, _ = extend(t, env.Log, head, create(1))
	w.want(t, records...)
}

func TestFollowStopsWithApply(t *testing.T) {
	env := testlog.Start(t)
	extend(t, env.Log, events.Head{}, create(1))
	failed := errors.New("failed")
	err := env.Log.Follow(t.Context(), events.Head{}, func([]events.Record) error { return failed })
	require.ErrorIs(t, err, failed)
}

func TestFollowNeedsTheStream(t *testing.T) {
	env := testlog.Start(t)
	require.NoError(t, env.Engine.JetStream().DeleteStream(t.Context(), eventlog.Stream))
	err := env.Log.Follow(t.Context(), events.Head{}, func([]events.Record) error { return nil })
	require.Error(t, err)
}

// TestFollowFromAnotherHistory follows from a place that is not in this Log.
func TestFollowFromAnotherHistory(t *testing.T) {
	env := testlog.Start(t)
	first, head := extend(t, env.Log, events.Head{}, create(1))
	extend(t, env.Log, head, create(1))
	head.Chain[0] ^= 1
	err := env.Log.Follow(t.Context(), head, func([]events.Record) error { return nil })
	require.ErrorIs(t, err, eventlog.ChainError{Sequence: 2})
	require.Len(t, first, 1)
}

// TestFollowFromHalfACommand must not deliver the other half alone.
func TestFollowFromHalfACommand(t *testing.T) {
	env := testlog.Start(t)
	records, _ := extend(t, env.Log, events.Head{}, create(2))
	err := env.Log.Follow(t.Context(), records[0].Head(), func([]events.Record) error { return nil })
	require.ErrorIs(t, err, eventlog.ErrHalfCommand)
	var unreadable eventlog.RecordError
	require.ErrorAs(t, err, &unreadable)
	require.EqualValues(t, 2, unreadable.Sequence)
}

func TestRead(t *testing.T) {
	env := testlog.Start(t)
	none, err := env.Log.Read(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Empty(t, none)
	all, _ := extend(t, env.Log, events.Head{}, create(600))
	for _, c := range []struct{ after, limit, from, to int }{
		{0, 600, 0, 600}, {0, 1000, 0, 600}, {0, 1, 0, 1}, {599, 5, 599, 600}, {100, 300, 100, 400}, {600, 5, 0, 0},
		{700, 5, 0, 0}, {0, 0, 0, 0}, {5, -1, 0, 0},
	} {
		got, err := env.Log.Read(t.Context(), uint64(c.after), c.limit)
		require.NoError(t, err)
		require.Len(t, got, c.to-c.from)
		if len(got) > 0 {
			require.Equal(t, all[c.from:c.to], got)
		}
	}
}

// TestFollowOfADamagedBlock changes a byte in the store beneath a running engine. What that has read before, it may
// deliver; of what it cannot read it delivers nothing, and does not say so by itself. No follower waits for it.
func TestFollowOfADamagedBlock(t *testing.T) {
	for part := range 5 {
		env := testlog.Start(t)
		extend(t, env.Log, events.Head{}, create(10))
		env.Reopen()
		runtime.GC() // the engine keeps what it has read as long as nothing is collected
		last, err := env.Log.Last(t.Context())
		require.NoError(t, err)
		blocks, err := filepath.Glob(filepath.Join(env.Dir, "jetstream", "*", "streams", eventlog.Stream, "msgs",
			"*.blk"))
		require.NoError(t, err)
		require.Len(t, blocks, 1)
		content, err := os.ReadFile(blocks[0])
		require.NoError(t, err)
		content[len(content)*part/5] ^= 1
		require.NoError(t, os.WriteFile(blocks[0], content, 0o600))

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		all := errors.New("all are there")
		err = env.Log.Follow(ctx, events.Head{}, func(records []events.Record) error {
			if records[len(records)-1].Sequence == last {
				return all
			}
			return nil
		})
		require.NotErrorIs(t, err, context.DeadlineExceeded, "part %d", part)
		if !errors.Is(err, all) && !errors.As(err, new(eventlog.GapError)) && !errors.As(err,
			new(eventlog.ChainError)) {
			require.ErrorAs(t, err, new(eventlog.RecordError), "part %d", part)
		}
	}
}
