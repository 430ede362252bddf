package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"accountd/events/engine/mend"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Options say how the embedded server stores.
type Options struct {
	// StoreDir is the folder that holds the store; it is made when it is not there.
	StoreDir string
	// SyncAlways makes every acknowledged write survive a power cut.
	SyncAlways bool
	// MaxStore is how many bytes the streams may take; 0: as many as the disk has, but for a reserve. See
	// [Engine.Space].
	MaxStore int64
	// Sync is the interval between syncs to disk without SyncAlways, and by that how much a power cut may lose. Zero
	// stands for two minutes. A crash of the process alone loses nothing.
	Sync time.Duration
	// Derived names streams that are made anew from others: what is left of one that a kill ended amid its deletion is
	// removed.
	Derived []string
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
// takes about half a second for each million users and cannot be interrupted. What a server that was killed left behind
// is put right before (see package mend). It returns [ErrUnhealthy] when a stream could not be recovered, and
// mend.ErrBlock for a store that the server would destroy.
//
// No stream of an embedded server is compressed; those that were stop being it.
func Start(ctx context.Context, options Options) (*Engine, error) {
	log := newLogger(options.Logger)
	found, err := mend.Store(options.StoreDir, log.log, options.Derived...)
	if err == nil && len(found.Compressing) > 0 {
		err = endCompression(ctx, options, found.Compressing)
	}
	if err != nil {
		return nil, fmt.Errorf("preparing the embedded server's store: %w", err)
	}
	return startOn(ctx, options, log)
}

// endCompression changes the configuration of streams by a server of its own, since a server goes on as it began.
// Behind it the store is looked through again: that server, too, may have begun a block and compressed the one before.
func endCompression(ctx context.Context, options Options, streams []string) error {
	log := newLogger(options.Logger)
	options.Listen = nil
	e, err := startOn(ctx, options, log)
	if err != nil {
		return err
	}
	for _, name := range streams {
		stream, err2 := e.js.Stream(ctx, name)
		if err2 == nil {
			_, err2 = e.uncompressed(ctx, stream)
		}
		err = errors.Join(err, err2)
	}
	if err := errors.Join(err, e.Close(ctx)); err != nil {
		return err
	}
	_, err = mend.Store(options.StoreDir, log.log, options.Derived...)
	return err
}

// startOn starts a server on a store that was looked through.
func startOn(ctx context.Context, options Options, log natsLogger) (*Engine, error) {
	visitors := newDoor(options.Listen)
	config := &server.Options{
		ServerName:        "accountd",
		DontListen:        true,
		NoSigs:            true,
		MaxPayload:        maxPayload,
		JetStream:         true,
		JetStreamMaxStore: engineStore,
		StoreDir:          options.StoreDir,
		SyncAlways:        options.SyncAlways,
		SyncInterval:      options.Sync,
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
		e.store, e.granted = options.StoreDir, options.MaxStore
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
