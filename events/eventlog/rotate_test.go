package eventlog_test

import (
	"context"
	"testing"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/testlog"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

func rotate(env *testlog.Env, to *seal.Master) (int, error) {
	return eventlog.Rotate(context.Background(), eventlog.Rotation{Engine: env.Engine, Old: env.Master, New: to})
}

// TestRotate takes a Log of several blocks, one key of them destroyed, to another master key and back out of its files.
func TestRotate(t *testing.T) {
	env := testlog.Start(t)
	records, head := extend(t, env.Log, events.Head{}, create(600))
	require.NoError(t, env.Log.Destroy(t.Context(), records[7].Key))
	want := follow(t, env.Log, events.Head{}, head.Sequence)
	old := wrapped(t, env, records[0].Key)
	require.True(t, inFiles(t, env.Dir, old))
	env.Log.Close()

	next := seal.Generate()
	blocks, err := rotate(env, next)
	require.NoError(t, err)
	require.GreaterOrEqual(t, blocks, 3)
	require.False(t, inFiles(t, env.Dir, old), "what the old key wrapped is gone")
	require.True(t, inFiles(t, env.Dir, wrapped(t, env, records[0].Key)))
	_, err = open(t, env.Engine, env.Master)
	require.ErrorIs(t, err, eventlog.ErrWrongKey)

	again, err := rotate(env, next)
	require.NoError(t, err, "again")
	require.Equal(t, blocks, again)

	env.Master = next
	env.Reopen()
	require.Equal(t, want, follow(t, env.Log, events.Head{}, head.Sequence))
	require.True(t, want[7].Erased)
	extend(t, env.Log, head, create(600))
	require.False(t, inFiles(t, env.Dir, old))
}

// TestRotationBrokenOff has a block of which the new message is stored and the old one not erased yet, others that are
// not begun: neither key opens the Log, and another call finishes the work.
func TestRotationBrokenOff(t *testing.T) {
	env := testlog.Start(t)
	records, head := extend(t, env.Log, events.Head{}, create(600))
	next := seal.Generate()
	env.Log.Close()
	block := records[0].Key.Block
	old := wrapped(t, env, records[0].Key)
	_, err := env.Engine.Publish(t.Context(), &nats.Msg{Subject: eventlog.BlockSubject(block), Header: nats.Header{},
		Data: rewrapped(t, env, block, next)})
	require.NoError(t, err)
	require.True(t, inFiles(t, env.Dir, old))
	for _, master := range []*seal.Master{env.Master, next} {
		_, err := open(t, env.Engine, master)
		require.ErrorIs(t, err, eventlog.ErrWrongKey)
	}
	_, err = rotate(env, seal.Generate())
	require.ErrorIs(t, err, eventlog.ErrWrongKey, "a third key")

	_, err = rotate(env, next)
	require.NoError(t, err)
	require.False(t, inFiles(t, env.Dir, old))
	env.Master = next
	env.Reopen()
	require.Equal(t, records, follow(t, env.Log, events.Head{}, head.Sequence))
}

func rewrapped(t *testing.T, env *testlog.Env, block uint64, next *seal.Master) []byte {
	t.Helper()
	stream, err := env.Engine.JetStream().Stream(t.Context(), eventlog.KeyStream)
	require.NoError(t, err)
	msg, err := stream.GetLastMsgForSubject(t.Context(), eventlog.BlockSubject(block))
	require.NoError(t, err)
	out, err := eventlog.Rewrapped(msg.Data, block, env.Master, next)
	require.NoError(t, err)
	return out
}

func TestRotateRefuses(t *testing.T) {
	env := testlog.Start(t)
	_, err := rotate(env, env.Master)
	require.ErrorIs(t, err, eventlog.ErrSameKey)

	records, _ := extend(t, env.Log, events.Head{}, create(1))
	before := wrapped(t, env, records[0].Key)
	_, err = eventlog.Rotate(t.Context(), eventlog.Rotation{Engine: env.Engine, Old: seal.Generate(),
		New: seal.Generate()})
	require.ErrorIs(t, err, eventlog.ErrWrongKey)
	require.Equal(t, before, wrapped(t, env, records[0].Key), "nothing was changed")

	w := watch(t, env.Log)
	w.want(t, records...)
	_, err = rotate(env, seal.Generate())
	require.ErrorIs(t, err, eventlog.ErrInUse)
	require.Equal(t, before, wrapped(t, env, records[0].Key))

	require.NoError(t, env.Engine.JetStream().DeleteStream(t.Context(), eventlog.KeyStream))
	_, err = rotate(env, seal.Generate())
	require.ErrorIs(t, err, eventlog.ErrNoLog)
}

// TestRotateNoticesAnInstance asks, as a rotation does at its end, whether somebody wrote or runs.
func TestRotateNoticesAnInstance(t *testing.T) {
	env := testlog.Start(t)
	records, _ := extend(t, env.Log, events.Head{}, create(1))
	env.Reopen() // what was being written in the background is written, or never will be
	stream, err := env.Engine.JetStream().Stream(t.Context(), eventlog.KeyStream)
	require.NoError(t, err)
	last := stream.CachedInfo().State.LastSeq
	r := eventlog.Rotation{Engine: env.Engine}
	require.NoError(t, r.Undisturbed(t.Context(), last))
	require.ErrorIs(t, r.Undisturbed(t.Context(), last-1), eventlog.ErrInUse)
	w := watch(t, env.Log)
	w.want(t, records...)
	require.ErrorIs(t, r.Undisturbed(t.Context(), last), eventlog.ErrInUse)
}

// TestRotateOnDurables has a durable consumer, which nobody uses.
func TestRotateOnDurables(t *testing.T) {
	env := testlog.Start(t)
	_, err := env.Engine.JetStream().CreateConsumer(t.Context(), eventlog.Stream,
		jetstream.ConsumerConfig{Durable: "reactor"})
	require.NoError(t, err)
	_, err = rotate(env, seal.Generate())
	require.NoError(t, err)
}
