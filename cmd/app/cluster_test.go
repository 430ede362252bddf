package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"accountd/cmd/adminfile"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/seal"
)

// outside runs a JetStream server and returns its URL.
func outside(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(),
		NoSigs: true, NoLog: true})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s.ClientURL()
}

// errgroup runs functions side by side.
type errgroup struct{ errs []chan error }

func (g *errgroup) run(f func() error) {
	done := make(chan error, 1)
	g.errs = append(g.errs, done)
	go func() { done <- f() }()
}

func (g *errgroup) wait() error {
	var errs []error
	for _, done := range g.errs {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

func TestInstancesOnOneCluster(t *testing.T) {
	url, key := outside(t), events.Secret(seal.Generate().Text())
	configs := make([]Config, 3)
	all := make([]*running, len(configs))
	var starts errgroup
	for i := range configs {
		configs[i] = testConfig(t)
		configs[i].NATS, configs[i].MasterKey = url, key
		starts.run(func() (err error) { all[i], err = tryStart(t, configs[i]); return err })
	}
	require.NoError(t, starts.wait())

	var admin *adminfile.File
	for _, c := range configs {
		f, err := adminfile.Read(filepath.Join(c.Data, adminfile.Name))
		if err == nil {
			require.Nil(t, admin, "one administrator is made, and one instance knows it")
			admin = &f
			continue
		}
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.NoFileExists(t, filepath.Join(c.Data, adminfile.Name+".new"))
	}
	for _, r := range all {
		require.Equal(t, http.StatusOK, r.get("/v1/users/"+admin.UserID, admin.Token).StatusCode)
	}

	stranger := testConfig(t)
	stranger.NATS = url
	_, err := tryStart(t, stranger)
	require.ErrorContains(t, err, "there is a log but no master key")
	_, err = os.Stat(filepath.Join(stranger.Data, masterKeyName))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestLogThatCannotBeFollowedEndsTheService(t *testing.T) {
	c := testConfig(t)
	c.NATS = outside(t)
	r := start(t, c)
	conn, err := nats.Connect(c.NATS)
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Request(events.User(uuid.New()).Subject(), []byte("no record"), 10*time.Second)
	require.NoError(t, err)
	err = <-r.done
	r.done = nil
	var unreadable eventlog.RecordError
	require.ErrorAs(t, err, &unreadable)
	require.EqualValues(t, firstRecords+1, unreadable.Sequence)
}

// TestClusterThatComesLater starts while no server is there, and is ready when there is one.
func TestClusterThatComesLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	c := testConfig(t)
	c.NATS = fmt.Sprintf("nats://127.0.0.1:%d", port)
	listening, ready, done := make(chan string, 1), make(chan struct{}), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		done <- Run(ctx, c, io.Discard, Hooks{Listening: func(url string) { listening <- url },
			Ready: func(string) { close(ready) }})
	}()
	url := <-listening
	require.Eventually(t, func() bool {
		answer, err := http.Get(url + "/readyz")
		require.NoError(t, err)
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
		require.NotEmpty(t, answer.Header.Get("Retry-After"))
		return strings.Contains(string(text), "[-]engine: waiting for the NATS cluster")
	}, time.Minute, 10*time.Millisecond)
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: t.TempDir(),
		NoSigs: true, NoLog: true})
	require.NoError(t, err)
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	select {
	case <-ready:
	case err := <-done:
		t.Fatalf("the start ended: %v", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("the service is not ready")
	}
	stop()
	require.NoError(t, <-done)
}

func TestClusterThatIsNotThere(t *testing.T) {
	c := testConfig(t)
	c.NATS, c.NATSWait = "nats://user:hunter2@127.0.0.1:1", time.Second
	_, err := tryStart(t, c)
	require.ErrorContains(t, err, "waited 1s for the NATS cluster at nats://127.0.0.1:1: connecting to NATS")
	require.False(t, strings.Contains(err.Error(), "hunter2"))
}
