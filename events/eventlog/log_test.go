package eventlog_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/testlog"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// create returns a command that creates so many users.
func create(users int) eventlog.Entry {
	e := eventlog.Entry{Command: uuid.New(), Cause: events.Cause{Actor: events.System}}
	for i := range users {
		e.Drafts = append(e.Drafts, events.Draft{Aggregate: events.User(uuid.New()), Event: newUser(int64(i) + 1)})
	}
	return e
}

// extend appends behind head and returns what was appended and the new head.
func extend(t testing.TB, log *eventlog.Log, head events.Head, entries ...eventlog.Entry) ([]events.Record,
	events.Head) {
	t.Helper()
	records, err := log.Append(t.Context(), head, entries)
	require.NoError(t, err)
	return records, records[len(records)-1].Head()
}

// follow returns all Records behind after, up to and including the sequence until.
func follow(t testing.TB, log *eventlog.Log, after events.Head, until uint64) []events.Record {
	t.Helper()
	var got []events.Record
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := log.Follow(ctx, after, func(records []events.Record) error {
		got = append(got, records...)
		if got[len(got)-1].Sequence >= until {
			stop()
		}
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	return got
}

func open(t *testing.T, e *engine.Engine, master *seal.Master) (*eventlog.Log, error) {
	t.Helper()
	log, err := eventlog.Open(t.Context(), eventlog.Options{Engine: e, Master: master})
	if err == nil {
		t.Cleanup(log.Close)
	}
	return log, err
}

func startEngine(t *testing.T, dir string) *engine.Engine {
	t.Helper()
	e, err := engine.Start(t.Context(), engine.Options{StoreDir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close(context.Background())) })
	return e
}

// startServer runs a server that is not embedded and stops it when the test ends, or before.
func startServer(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, JetStream: true,
		StoreDir: dir})
	require.NoError(t, err)
	srv.Start()
	t.Cleanup(func() { stopServer(srv) })
	return srv
}

func stopServer(srv *server.Server) {
	srv.Shutdown()
	srv.WaitForShutdown()
}

// connect connects to a server that is not embedded, as accountd does with --nats.
func connect(t *testing.T, srv *server.Server) *engine.Engine {
	t.Helper()
	e, err := engine.Connect(t.Context(), srv.ClientURL(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close(context.Background())) })
	return e
}

func connectOutside(t *testing.T) *engine.Engine {
	t.Helper()
	return connect(t, startServer(t, t.TempDir(), server.RANDOM_PORT))
}

func TestReopen(t *testing.T) {
	env := testlog.Start(t)
	first, head := extend(t, env.Log, events.Head{}, create(3))
	env.Reopen()
	second, _ := extend(t, env.Log, head, create(1))
	require.Equal(t, append(first, second...), follow(t, env.Log, events.Head{}, 4))
	last, err := env.Log.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 4, last)
}

func TestExists(t *testing.T) {
	dir := t.TempDir()
	e := startEngine(t, dir)
	exists, err := eventlog.Exists(t.Context(), e)
	require.NoError(t, err)
	require.False(t, exists)

	_, err = open(t, e, seal.Generate())
	require.NoError(t, err)
	exists, err = eventlog.Exists(t.Context(), e)
	require.NoError(t, err)
	require.True(t, exists)
}

func TestOpenRefusesAnotherMaster(t *testing.T) {
	env := testlog.Start(t)
	_, err := open(t, env.Engine, seal.Generate())
	require.ErrorIs(t, err, eventlog.ErrWrongKey)
	_, err = open(t, env.Engine, env.Master)
	require.NoError(t, err)
}

func TestOpenRefusesLostKeys(t *testing.T) {
	env := testlog.Start(t)
	extend(t, env.Log, events.Head{}, create(1))
	env.Log.Close()
	require.NoError(t, env.Engine.JetStream().DeleteStream(t.Context(), eventlog.KeyStream))
	_, err := open(t, env.Engine, env.Master)
	require.ErrorIs(t, err, eventlog.ErrLostKeys)
	exists, err := eventlog.Exists(t.Context(), env.Engine)
	require.NoError(t, err)
	require.True(t, exists)

	// An empty stream is as bad as none.
	_, err = env.Engine.JetStream().CreateStream(t.Context(), eventlog.KeyConfig())
	require.NoError(t, err)
	_, err = open(t, env.Engine, env.Master)
	require.ErrorIs(t, err, eventlog.ErrLostKeys)
}

func TestOpenRefusesALostLog(t *testing.T) {
	env := testlog.Start(t)
	env.Log.Close()
	require.NoError(t, env.Engine.JetStream().DeleteStream(t.Context(), eventlog.Stream))
	_, err := open(t, env.Engine, env.Master)
	require.ErrorIs(t, err, eventlog.ErrLostStream)
}

// TestOpenRefusesAFolderWithoutAStream is the case in which creating the stream would delete what is in the folder.
func TestOpenRefusesAFolderWithoutAStream(t *testing.T) {
	dir := t.TempDir()
	e := startEngine(t, dir)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "jetstream", "$G", "streams", eventlog.Stream), 0o700))
	_, err := open(t, e, seal.Generate())
	require.ErrorIs(t, err, eventlog.ErrLostStream)
	exists, err := eventlog.Exists(t.Context(), e)
	require.NoError(t, err)
	require.True(t, exists)
}

func TestOpenRefusesAnotherConfiguration(t *testing.T) {
	e := startEngine(t, t.TempDir())
	config := eventlog.LogConfig()
	config.MaxAge, config.DenyPurge = config.Duplicates, false
	_, err := e.JetStream().CreateStream(t.Context(), config)
	require.NoError(t, err)
	_, err = open(t, e, seal.Generate())
	require.ErrorIs(t, err, eventlog.ErrStreamConfig)
}

// TestOpenKeepsWhatTheOperatorChose lets the operator tune what does not touch the promises.
func TestOpenKeepsWhatTheOperatorChose(t *testing.T) {
	env := testlog.Start(t)
	config := eventlog.LogConfig()
	config.Description = "ours"
	_, err := env.Engine.JetStream().UpdateStream(t.Context(), config)
	require.NoError(t, err)
	_, err = open(t, env.Engine, env.Master)
	require.NoError(t, err)
}

// TestOpenEndsCompression: with it a kill at the end of a block can cost the log.
func TestOpenEndsCompression(t *testing.T) {
	env := testlog.Start(t)
	config := eventlog.LogConfig()
	config.Compression = jetstream.S2Compression
	_, err := env.Engine.JetStream().UpdateStream(t.Context(), config)
	require.NoError(t, err)
	_, err = open(t, env.Engine, env.Master)
	require.NoError(t, err)
	stream, err := env.Engine.JetStream().Stream(t.Context(), eventlog.Stream)
	require.NoError(t, err)
	require.Equal(t, jetstream.NoCompression, stream.CachedInfo().Config.Compression)
}

// TestFirstStartRace starts two instances with master keys of their own on one empty cluster: only one may win, or half
// of the records could be read by neither.
func TestFirstStartRace(t *testing.T) {
	e := connectOutside(t)
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			_, err := open(t, e, seal.Generate())
			results <- err
		}()
	}
	won := 0
	for range cap(results) {
		if err := <-results; err == nil {
			won++
		} else {
			require.ErrorIs(t, err, eventlog.ErrWrongKey)
		}
	}
	require.Equal(t, 1, won)
}

// TestOutside runs on a single server outside, which cannot hold the three replicas that a cluster gets.
func TestOutside(t *testing.T) {
	e := connectOutside(t)
	log, err := open(t, e, seal.Generate())
	require.NoError(t, err)
	records, _ := extend(t, log, events.Head{}, create(20), create(1))
	require.Equal(t, records, follow(t, log, events.Head{}, 21))
	_, err = eventlog.Open(t.Context(), eventlog.Options{Engine: connectOutside(t), Master: seal.Generate(),
		Replicas: 3})
	require.Error(t, err, "what was asked for on purpose is not lowered")
}

// TestServerRestart takes the server away while one appends and another follows: both go on when it is back.
func TestServerRestart(t *testing.T) {
	for _, size := range []int{1, 3} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			srv := startServer(t, dir, server.RANDOM_PORT)
			port := srv.Addr().(*net.TCPAddr).Port
			log, err := open(t, connect(t, srv), seal.Generate())
			require.NoError(t, err)
			w := watch(t, log)
			records, head := extend(t, log, events.Head{}, create(1))
			w.want(t, records...)

			stopServer(srv)
			appended := make(chan []events.Record)
			go func() {
				records, err := log.Append(t.Context(), head, []eventlog.Entry{create(size)})
				if err != nil {
					t.Errorf("append: %v", err)
				}
				appended <- records
			}()
			startServer(t, dir, port)
			w.want(t, <-appended...)
		})
	}
}

func TestGroupFrom(t *testing.T) {
	require.Equal(t, 8, testlog.Start(t).Log.GroupFrom())
}

func TestClosedEngine(t *testing.T) {
	e, err := engine.Start(t.Context(), engine.Options{StoreDir: t.TempDir()})
	require.NoError(t, err)
	log, err := open(t, e, seal.Generate())
	require.NoError(t, err)
	_, head := extend(t, log, events.Head{}, create(1))
	require.NoError(t, e.Close(context.Background()))

	_, err = log.Append(t.Context(), head, []eventlog.Entry{create(1)})
	require.ErrorIs(t, err, eventlog.ErrUnavailable)
	require.Error(t, log.Follow(t.Context(), events.Head{}, func([]events.Record) error { return nil }))
	_, err = log.Read(t.Context(), 0, 1)
	require.Error(t, err)
	_, err = open(t, e, seal.Generate())
	require.Error(t, err)
}
