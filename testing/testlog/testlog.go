// Package testlog gives tests a real Log on a real embedded server, ready in milliseconds.
//
// It promises that what Start returns is closed when the test ends. Its one invariant is that every Start has a folder
// of its own.
package testlog

import (
	"context"
	"testing"

	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"

	"github.com/stretchr/testify/require"
)

// Env is a running Log and what it stands on.
type Env struct {
	Dir    string // the engine's store
	Master *seal.Master
	Engine *engine.Engine
	Log    *eventlog.Log

	t testing.TB
}

// Start runs an empty Log in a folder of the test's own. It does not sync to disk on every write.
func Start(t testing.TB) *Env {
	t.Helper()
	e := &Env{Dir: t.TempDir(), Master: seal.Generate(), t: t}
	e.open()
	t.Cleanup(e.close)
	return e
}

// Reopen closes the Log and the engine, and opens them again on the same folder, as a restart does.
func (e *Env) Reopen() {
	e.t.Helper()
	e.close()
	e.open()
}

// Another opens the Log a second time on the same engine, as another instance of the service does.
func (e *Env) Another() *eventlog.Log {
	e.t.Helper()
	log, err := eventlog.Open(context.Background(), eventlog.Options{Engine: e.Engine, Master: e.Master})
	require.NoError(e.t, err)
	e.t.Cleanup(log.Close)
	return log
}

func (e *Env) open() {
	e.t.Helper()
	var err error
	e.Engine, err = engine.Start(context.Background(), engine.Options{StoreDir: e.Dir})
	require.NoError(e.t, err)
	e.Log, err = eventlog.Open(context.Background(), eventlog.Options{Engine: e.Engine, Master: e.Master})
	require.NoError(e.t, err)
}

func (e *Env) close() {
	e.t.Helper()
	if e.Engine == nil {
		return
	}
	if e.Log != nil {
		e.Log.Close()
	}
	require.NoError(e.t, e.Engine.Close(context.Background()))
}
