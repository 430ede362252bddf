package app

import (
	"errors"
	"io/fs"
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
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
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

func TestClusterThatIsNotThere(t *testing.T) {
	c := testConfig(t)
	c.NATS = "nats://user:hunter2@127.0.0.1:1"
	_, err := tryStart(t, c)
	require.ErrorContains(t, err, "connecting to NATS")
	require.False(t, strings.Contains(err.Error(), "hunter2"))
}
