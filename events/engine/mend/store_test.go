package mend_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accountd/events/engine"
	"accountd/events/engine/mend"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// store is the folder of a server that compresses the stream S.
type store struct {
	t     *testing.T
	dir   string
	sent  int   // messages that were acknowledged
	short []int // those that are short
}

func (s *store) stream() string {
	return filepath.Join(s.dir, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", "S")
}

func (s *store) block(n int) string {
	return filepath.Join(s.stream(), "msgs", fmt.Sprintf("%d.blk", n))
}

// payload is text that compresses, and differs.
func (s *store) payload(n int) []byte {
	text := fmt.Sprintf("%06d ", n)
	if slices.Contains(s.short, n) {
		return []byte(text)
	}
	return []byte(text + strings.Repeat("what is said again and again ", 700))
}

// plainServer runs the server as it is, which looks at nothing before.
func (s *store) plainServer(do func(jetstream.JetStream)) {
	srv, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, JetStream: true, StoreDir: s.dir})
	require.NoError(s.t, err)
	srv.Start()
	defer func() { srv.Shutdown(); srv.WaitForShutdown() }()
	conn, err := nats.Connect("", nats.InProcessServer(srv))
	require.NoError(s.t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(s.t, err)
	do(js)
}

func (s *store) send(js jetstream.JetStream, count int) {
	for range count {
		_, err := js.Publish(s.t.Context(), "s", s.payload(s.sent+1))
		require.NoError(s.t, err)
		s.sent++
	}
}

// ending returns a store whose only block is compressed and the stream's last, as a kill leaves it between the
// compression of a full block and the first record of the next one.
func ending(t *testing.T) *store {
	s := &store{t: t, dir: t.TempDir()}
	second := 0
	s.plainServer(func(js jetstream.JetStream) {
		_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"},
			Compression: jetstream.S2Compression})
		require.NoError(t, err)
		for { // until there is a second block
			if _, err := os.Stat(s.block(2)); err == nil {
				break
			}
			s.send(js, 1)
		}
		second = s.sent
		require.Eventually(t, func() bool { return s.begins(1, "cmp\x01") }, 10*time.Second, 10*time.Millisecond)
	})
	require.NoError(t, os.Remove(s.block(2)))
	require.NoError(t, os.Remove(filepath.Join(s.stream(), "msgs", "index.db")))
	s.sent = second - 1 // the last one began the second block
	return s
}

func (s *store) begins(block int, with string) bool {
	content, err := os.ReadFile(s.block(block))
	return err == nil && bytes.HasPrefix(content, []byte(with))
}

// reopened starts the engine, looks for every message that was acknowledged, sends another, and does all that once
// more.
func (s *store) reopened() {
	for range 2 {
		e, err := engine.Start(s.t.Context(), engine.Options{StoreDir: s.dir})
		require.NoError(s.t, err)
		s.complete(e.JetStream())
		s.send(e.JetStream(), 3)
		require.NoError(s.t, e.Close(context.Background()))
	}
}

func (s *store) complete(js jetstream.JetStream) {
	stream, err := js.Stream(s.t.Context(), "S")
	require.NoError(s.t, err)
	require.Equal(s.t, jetstream.NoCompression, stream.CachedInfo().Config.Compression)
	require.EqualValues(s.t, s.sent, stream.CachedInfo().State.Msgs)
	for n := 1; n <= s.sent; n++ {
		msg, err := stream.GetMsg(s.t.Context(), uint64(n))
		require.NoError(s.t, err, "message %d", n)
		require.Equal(s.t, s.payload(n), msg.Data, "message %d", n)
	}
}

// TestTheLastBlockIsCompressed: the server would append to it, acknowledge, and never open it again.
func TestTheLastBlockIsCompressed(t *testing.T) {
	s := ending(t)
	s.reopened()
	require.False(t, s.begins(1, "cmp"))
}

// TestAnEmptyBlockBehindACompressedOne: the server throws the empty one away, and goes on in the compressed one.
func TestAnEmptyBlockBehindACompressedOne(t *testing.T) {
	s := ending(t)
	require.NoError(t, os.WriteFile(s.block(2), nil, 0o600))
	s.reopened()
}

// TestATornBlockBehindACompressedOne: the server cuts off what is torn, and is left with an empty one.
func TestATornBlockBehindACompressedOne(t *testing.T) {
	s := ending(t)
	torn := make([]byte, 4096)
	binary.LittleEndian.PutUint32(torn, 1000)
	require.NoError(t, os.WriteFile(s.block(2), torn, 0o600))
	s.reopened()
}

// TestTheServerWroteBehindACompressedBlock: what it acknowledged comes back.
func TestTheServerWroteBehindACompressedBlock(t *testing.T) {
	for _, index := range []bool{true, false} {
		t.Run(fmt.Sprintf("index is there: %v", index), func(t *testing.T) {
			s := ending(t)
			s.writeBehind(index)
			s.reopened()
		})
	}
}

// writeBehind has the server as it is do what it does, with and without the index of a clean end.
func (s *store) writeBehind(index bool) {
	s.plainServer(func(js jetstream.JetStream) {
		for range 3 { // there is little room left
			s.short = append(s.short, s.sent+1)
			_, err := js.Publish(s.t.Context(), "s", s.payload(s.sent+1))
			require.NoError(s.t, err)
			s.sent++
		}
	})
	require.True(s.t, s.begins(1, "cmp"))
	content, err := os.ReadFile(s.block(1))
	require.NoError(s.t, err)
	require.True(s.t, bytes.HasSuffix(content[:len(content)-8], s.payload(s.sent)), "it stands behind, as it is")
	require.NoFileExists(s.t, s.block(2))
	if !index {
		require.NoError(s.t, os.Remove(filepath.Join(s.stream(), "msgs", "index.db")))
	}
}

// TestABlockThatIsDamagedBesides is refused, and left as it is.
func TestABlockThatIsDamagedBesides(t *testing.T) {
	s := ending(t)
	content, err := os.ReadFile(s.block(1))
	require.NoError(t, err)
	content[len(content)/2] ^= 0xff
	require.NoError(t, os.WriteFile(s.block(1), content, 0o600))
	_, err = engine.Start(t.Context(), engine.Options{StoreDir: s.dir})
	require.ErrorIs(t, err, mend.ErrBlock)
	require.ErrorContains(t, err, "1.blk")
	after, err := os.ReadFile(s.block(1))
	require.NoError(t, err)
	require.Equal(t, content, after)
}

// TestTruncatedBlocks: whatever is cut off a compressed block, it is refused, or nothing is there to be lost.
func TestTruncatedBlocks(t *testing.T) {
	s := ending(t)
	content, err := os.ReadFile(s.block(1))
	require.NoError(t, err)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		cut := 5 + rnd.IntN(len(content)-5)
		require.NoError(t, os.WriteFile(s.block(1), content[:cut], 0o600))
		_, err := mend.Store(s.dir, slog.New(slog.DiscardHandler))
		require.ErrorIs(t, err, mend.ErrBlock, "%d of %d bytes", cut, len(content))
	}
}

// TestKilledWhileAStreamWasMade has what is there after each step of making a stream.
func TestKilledWhileAStreamWasMade(t *testing.T) {
	for name, undo := range map[string]func(t *testing.T, folder string){
		"no sum": func(t *testing.T, folder string) { remove(t, folder, "meta.sum") },
		"no description yet": func(t *testing.T, folder string) {
			remove(t, folder, "meta.sum")
			remove(t, folder,
				"meta.inf")
		},
		"a folder": func(t *testing.T, folder string) {
			require.NoError(t, os.RemoveAll(folder))
			require.NoError(t, os.Mkdir(folder, 0o700))
		},
		"the sum of before": func(t *testing.T, folder string) { write(t, folder, "meta.sum", "0123456789abcdef") },
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{t: t, dir: t.TempDir()}
			s.plainServer(func(js jetstream.JetStream) {
				_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
				require.NoError(t, err)
			})
			undo(t, s.stream())
			e, err := engine.Start(t.Context(), engine.Options{StoreDir: s.dir})
			require.NoError(t, err)
			defer func() { require.NoError(t, e.Close(context.Background())) }()
			_, err = e.EnsureStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
			require.NoError(t, err)
			s.send(e.JetStream(), 1)
		})
	}
}

// TestKilledWhileAConsumerWasChanged: it keeps its place.
func TestKilledWhileAConsumerWasChanged(t *testing.T) {
	s := &store{t: t, dir: t.TempDir()}
	s.plainServer(func(js jetstream.JetStream) {
		stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
		require.NoError(t, err)
		_, err = stream.CreateConsumer(t.Context(),
			jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy})
		require.NoError(t, err)
	})
	remove(t, filepath.Join(s.stream(), "obs", "c"), "meta.sum")
	e, err := engine.Start(t.Context(), engine.Options{StoreDir: s.dir})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close(context.Background())) }()
	_, err = e.JetStream().Consumer(t.Context(), "S", "c")
	require.NoError(t, err)
}

// TestMessagesWithoutADescription are left alone: a person has to look.
func TestMessagesWithoutADescription(t *testing.T) {
	s := ending(t)
	remove(t, s.stream(), "meta.inf")
	_, err := engine.Start(t.Context(), engine.Options{StoreDir: s.dir})
	require.ErrorIs(t, err, engine.ErrUnhealthy)
	require.FileExists(t, s.block(1))
}

// TestKilledWhileADerivedStreamWasDeleted: it is out of the way, and can be made anew.
func TestKilledWhileADerivedStreamWasDeleted(t *testing.T) {
	s := ending(t)
	remove(t, s.stream(), "meta.inf")
	e, err := engine.Start(t.Context(), engine.Options{StoreDir: s.dir, Derived: []string{"S"}})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close(context.Background())) }()
	made, err := e.EnsureStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
	require.NoError(t, err)
	require.Zero(t, made.CachedInfo().State.Msgs)
}

// TestAnotherStreamsDescription is none: the engine refuses it as before.
func TestAnotherStreamsDescription(t *testing.T) {
	s := ending(t)
	write(t, s.stream(), "meta.inf", `{"name":"T"}`)
	_, err := engine.Start(t.Context(), engine.Options{StoreDir: s.dir})
	require.ErrorIs(t, err, engine.ErrUnhealthy)
	require.FileExists(t, s.block(1))
}

func remove(t *testing.T, folder, name string) {
	t.Helper()
	require.NoError(t, os.Remove(filepath.Join(folder, name)))
}

func write(t *testing.T, folder, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
}
