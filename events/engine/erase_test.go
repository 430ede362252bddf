package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accountd/events/engine"
	"accountd/events/engine/mend"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// erasing is a stream of three blocks, in which every third message is about somebody.
type erasing struct {
	t      *testing.T
	dir    string
	engine *engine.Engine
	stream jetstream.Stream
	sent   uint64
}

const aboutSomebody = "what nobody is to read later"

func newErasing(t *testing.T) *erasing {
	e := &erasing{t: t, dir: t.TempDir()}
	e.open()
	for len(e.blocks()) < 3 {
		e.send()
	}
	e.send()
	return e
}

func (e *erasing) open() {
	e.t.Helper()
	var err error
	e.engine, err = engine.Start(e.t.Context(), engine.Options{StoreDir: e.dir})
	require.NoError(e.t, err)
	e.t.Cleanup(func() { _ = e.engine.Close(context.Background()) })
	e.stream, err = e.engine.EnsureStream(e.t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}})
	require.NoError(e.t, err)
}

func (e *erasing) restart(without ...string) {
	e.t.Helper()
	require.NoError(e.t, e.engine.Close(context.Background()))
	for _, name := range without {
		require.NoError(e.t, os.Remove(filepath.Join(e.folder(), "msgs", name)))
	}
	e.open()
}

func (e *erasing) folder() string {
	return filepath.Join(e.dir, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", "S")
}

func (e *erasing) blocks() []string {
	found, err := filepath.Glob(filepath.Join(e.folder(), "msgs", "*.blk"))
	require.NoError(e.t, err)
	return found
}

// send sends three messages.
func (e *erasing) send() {
	for _, subject := range []string{"s.a.other", "s.b.somebody", "s.b.other"} {
		text := strings.Repeat("x", 20_000)
		if strings.HasSuffix(subject, "somebody") {
			text += aboutSomebody
		}
		ack, err := e.engine.JetStream().Publish(e.t.Context(), subject, []byte(text))
		require.NoError(e.t, err)
		e.sent = ack.Sequence
	}
}

// bytesLeft counts what is still to be read about somebody in the stream's files.
func (e *erasing) bytesLeft() (n int) {
	for _, path := range e.blocks() {
		content, err := os.ReadFile(path)
		require.NoError(e.t, err)
		n += bytes.Count(content, []byte(aboutSomebody))
	}
	return n
}

// requireOthers looks for every message up to last: those about somebody are gone, the others are there.
func (e *erasing) requireOthers(last uint64) {
	e.t.Helper()
	for sequence := uint64(1); sequence <= last; sequence++ {
		msg, err := e.stream.GetMsg(e.t.Context(), sequence)
		if sequence%3 == 2 {
			require.ErrorIs(e.t, err, jetstream.ErrMsgNotFound, "message %d", sequence)
			continue
		}
		require.NoError(e.t, err, "message %d", sequence)
		require.Contains(e.t, msg.Subject, "other")
	}
}

// TestErase erases what is about somebody out of full blocks and the one that is written to, and nothing else, also for
// the server that reads the blocks anew.
func TestErase(t *testing.T) {
	e := newErasing(t)
	before := e.sent + 1
	require.Positive(t, e.bytesLeft())
	e.send()
	require.NoError(t, e.engine.Erase(t.Context(), e.stream, "s.*.somebody", before))
	require.Equal(t, 1, e.bytesLeft(), "one came behind")
	require.NoError(t, e.engine.Erase(t.Context(), e.stream, "s.*.somebody", before), "again")
	require.Equal(t, 1, e.bytesLeft())
	e.requireOthers(before - 1)
	e.send()
	last := e.sent
	for _, without := range [][]string{nil, {"index.db"}} {
		e.restart(without...)
		e.requireOthers(before - 1)
		require.Equal(t, last, must(e.stream.Info(t.Context())).State.LastSeq)
		require.Equal(t, last-(before-1)/3, must(e.stream.Info(t.Context())).State.Msgs)
	}
	require.NoError(t, e.engine.Erase(t.Context(), e.stream, "s.*.somebody", last+1))
	require.Zero(t, e.bytesLeft())
	e.send()
	require.Equal(t, last+3, e.sent)
}

// TestEraseBrokenOff ends between what an erasure notes and what it does: the next start does the rest.
func TestEraseBrokenOff(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		t.Run(fmt.Sprintf("deleted %v", deleted), func(t *testing.T) {
			e := newErasing(t)
			spots, err := mend.Find(e.folder(),
				func(subject string) bool { return strings.HasSuffix(subject, "somebody") }, 1, e.sent+1)
			require.NoError(t, err)
			require.Len(t, spots, int(e.sent/3))
			ended := errors.New("the end")
			require.ErrorIs(t, mend.Overwrite(e.folder(), spots, func() error {
				if deleted {
					require.NoError(t, e.stream.Purge(t.Context(), jetstream.WithPurgeSubject("s.*.somebody")))
				}
				return ended
			}), ended)
			require.Equal(t, len(spots), e.bytesLeft())
			last := e.sent
			e.restart()
			require.Zero(t, e.bytesLeft())
			e.requireOthers(last)
			require.NoError(t, e.engine.Erase(t.Context(), e.stream, "s.*.somebody", last+1))
			e.send()
			require.Equal(t, last+3, e.sent)
		})
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
