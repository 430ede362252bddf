package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Options say how the embedded server stores.
type Options struct {
	// StoreDir is the folder that holds the store; it is made when it is not there.
	StoreDir string
	// SyncAlways makes every acknowledged write survive a power cut.
	SyncAlways bool
	// Sync is the interval between syncs to disk without SyncAlways, and by that how much a power cut may lose. Zero
	// stands for two minutes. A crash of the process alone loses nothing.
	Sync time.Duration
	// Listen lets outside subscribers in; nil lets nobody in.
	Listen *Listen
	// Logger takes the server's log lines; nil drops them.
	Logger *slog.Logger
}

// readyTimeout is for a machine so busy that a server which is up cannot say so.
const readyTimeout = 10 * time.Second

// maxPayload bounds one message; a command's events are far below, a block of data keys too.
const maxPayload = 8 << 20

// Start runs a JetStream server inside this process and connects to it. It returns when the store is recovered, which
// takes about half a second for each million users and cannot be interrupted. It returns [ErrUnhealthy] when a stream
// could not be recovered.
func Start(ctx context.Context, options Options) (*Engine, error) {
	log := newLogger(options.Logger)
	if err := sweep(options.StoreDir); err != nil {
		return nil, err
	}
	visitors := newDoor(options.Listen)
	config := &server.Options{
		ServerName:   "accountd",
		DontListen:   true,
		NoSigs:       true,
		MaxPayload:   maxPayload,
		JetStream:    true,
		StoreDir:     options.StoreDir,
		SyncAlways:   options.SyncAlways,
		SyncInterval: options.Sync,
		// Of the accounts, only the global one is there at the start: then it gets JetStream by itself.
		CustomClientAuthentication: visitors,
	}
	if options.Listen != nil {
		if err := options.Listen.bind(config); err != nil {
			return nil, err
		}
	}
	srv, err := server.NewServer(config)
	if err != nil {
		return nil, fmt.Errorf("configuring the embedded server: %w", err)
	}
	srv.SetLoggerV2(log, false, false, false)
	e, err := start(srv, log, visitors.service)
	if err == nil && options.Listen != nil {
		err = e.openDoor(visitors, options.Listen)
	}
	if err == nil {
		e.store = options.StoreDir
		err = e.Healthy()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		if e != nil {
			e.conn.Close()
		}
		srv.Shutdown()
		srv.WaitForShutdown()
		return nil, fmt.Errorf("starting the embedded server: %w", err)
	}
	return e, nil
}

// sweep removes what a server that was killed in its start leaves behind: an empty file by which it tries whether it can
// write. The next server would take it for an account that it does not know, and be unhealthy for ever.
func sweep(storeDir string) error {
	tried, err := filepath.Glob(filepath.Join(storeDir, server.JetStreamStoreDir, "_test_*"))
	if err != nil {
		return fmt.Errorf("looking into the store: %w", err)
	}
	for _, path := range tried {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > 0 {
			continue // it is something else
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cleaning the store: %w", err)
		}
	}
	return nil
}

func start(srv *server.Server, log natsLogger, password string) (*Engine, error) {
	srv.Start()
	// Without a listener, Start returns after all is up; a fatal error makes it return before.
	if fatal := log.lastFatal(); fatal != "" {
		return nil, fmt.Errorf("%w: %s", ErrUnhealthy, fatal)
	}
	if !srv.ReadyForConnections(readyTimeout) {
		return nil, fmt.Errorf("%w: it did not start", ErrUnhealthy)
	}
	e, err := attach("", log, nats.InProcessServer(srv), nats.UserInfo(serviceUser, password))
	if err != nil {
		return nil, err
	}
	e.server = srv
	return e, nil
}
