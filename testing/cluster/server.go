package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// asServer makes a test binary run the server of that plan instead of the tests.
const asServer = "ACCOUNTD_TEST_RUN_NATS"

// logFolder is where servers write what they say, when it is set.
const logFolder = "ACCOUNTD_TEST_NATS_LOGS"

// plan says what a server is. It keeps the same ports and folder whenever it is started.
type plan struct {
	Name   string
	Port   int    // of clients
	Watch  int    // of who asks how it is
	Route  int    // of other servers
	Routes string // to the other servers
	Store  string
	Linked bool // nobody may tell of a way that is none of the links
}

func (p plan) url() string { return fmt.Sprintf("nats://127.0.0.1:%d", p.Port) }

func (p plan) options() *server.Options {
	o := &server.Options{
		ServerName: p.Name, Host: "127.0.0.1", Port: p.Port, HTTPHost: "127.0.0.1", HTTPPort: p.Watch, NoSigs: true,
		NoLog:     true,
		JetStream: true, StoreDir: p.Store, Routes: server.RoutesFromStr(p.Routes),
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: p.Route},
	}
	if folder := os.Getenv(logFolder); folder != "" {
		o.NoLog, o.LogFile, o.Logtime = false, filepath.Join(folder, p.Name+".log"), true
	}
	if p.Linked {
		o.Cluster.NoAdvertise, o.Cluster.PoolSize = true, -1
	}
	return o
}

// machine is a server that runs. Whatever is done to one that has ended is nothing.
type machine interface {
	stop() // in good order
	kill() // at once
	pause() error
	resume() error
}

func (p plan) start(t testing.TB, separate bool) machine {
	t.Helper()
	if separate {
		return p.spawn(t)
	}
	s, err := server.NewServer(p.options())
	require.NoError(t, err)
	s.ConfigureLogger()
	s.Start()
	return inside{s}
}

// inside is a server in the test's process.
type inside struct{ *server.Server }

func (s inside) stop() {
	s.Shutdown()
	s.WaitForShutdown()
}

func (s inside) kill() { s.stop() }

var errInside = errors.New("a server in the test's process cannot stand still")

func (inside) pause() error  { return errInside }
func (inside) resume() error { return errInside }

// process is a server in a process of its own. It ends with the test's process, which holds its standard input.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

func (p plan) spawn(t testing.TB) machine {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	text, err := json.Marshal(p)
	require.NoError(t, err)
	s := process{cmd: exec.Command(self), ended: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), asServer+"="+string(text))
	s.cmd.Stderr = os.Stderr
	_, err = s.cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	go func() { defer close(s.ended); _ = s.cmd.Wait() }()
	return s
}

func (s process) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.ended
}

func (s process) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// Main runs a server of a linked cluster, and ends the process, when the test's binary was started for that.
func Main() {
	text := os.Getenv(asServer)
	if text == "" {
		return
	}
	var p plan
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = p.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "a server of the cluster:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (p plan) run() error {
	s, err := server.NewServer(p.options())
	if err != nil {
		return err
	}
	end := make(chan os.Signal, 2)
	signal.Notify(end, syscall.SIGTERM)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test's process is gone
		end <- os.Interrupt
	}()
	s.ConfigureLogger()
	s.Start()
	<-end
	inside{s}.stop()
	return nil
}
