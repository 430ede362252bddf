package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrUnhealthy is returned by [Start] when the store was not recovered whole, and by [Engine.Healthy] when the engine
// cannot serve at the moment.
var ErrUnhealthy = errors.New("engine is not healthy")

// Engine is a connection to JetStream, and the server behind it when that is embedded. It is safe for concurrent use.
type Engine struct {
	conn   *nats.Conn
	js     jetstream.JetStream
	log    *slog.Logger
	closed chan struct{} // closed when conn is

	server   *server.Server // nil for an outside cluster
	store    string
	granted  int64 // bytes that the store may take; 0: the disk's
	measured measured
	door     *door // nil when nobody may come from outside

	erasing sync.Mutex   // held while messages are overwritten
	looking sync.Mutex   // held while it is asked what is broken
	making  sync.RWMutex // read-locked while a stream is made, of which the folder is there before it is

	url    atomic.Value // of the server of the last connection, without credentials
	wanted atomic.Value // of the server that the next connection is to be to; empty: of any
	moving sync.Mutex
	moved  time.Time // when Reconnect last gave up a connection

	admitting sync.Mutex
	accounts  map[string]*server.Account // of Guests, by name

	using   sync.Mutex
	streams []string // names of those that EnsureStream was asked for
}

// Streams returns the names of the streams that EnsureStream was asked for, those of buckets among them.
func (e *Engine) Streams() []string {
	e.using.Lock()
	defer e.using.Unlock()
	return slices.Clone(e.streams)
}

// uses notes that the stream is used.
func (e *Engine) uses(stream string) {
	e.using.Lock()
	defer e.using.Unlock()
	if !slices.Contains(e.streams, stream) {
		e.streams = append(e.streams, stream)
	}
}

// at returns where the last connection is or was to.
func (e *Engine) at() string {
	url, _ := e.url.Load().(string)
	return url
}

// Conn returns the connection, which reconnects for ever by itself.
func (e *Engine) Conn() *nats.Conn { return e.conn }

// JetStream returns the connection's JetStream client.
func (e *Engine) JetStream() jetstream.JetStream { return e.js }

// Embedded reports whether the server runs in this process.
func (e *Engine) Embedded() bool { return e.server != nil }

// Healthy returns nil when the engine can serve, and [ErrUnhealthy] with the reason otherwise.
func (e *Engine) Healthy() error {
	if e.server != nil {
		health := e.server.Healthz(nil)
		// The server gives itself a millisecond to say that it is up, which a busy machine may not; 500 stands for that
		// alone.
		for tries := 0; health.StatusCode == http.StatusInternalServerError && e.server.Running() &&
			tries < 100; tries++ {
			health = e.server.Healthz(nil)
		}
		if health.Status != "ok" {
			return fmt.Errorf("%w: %s", ErrUnhealthy, health.Error)
		}
	}
	if status := e.conn.Status(); status != nats.CONNECTED {
		return fmt.Errorf("%w: connection is %v", ErrUnhealthy, status)
	}
	return nil
}

// HasStreamFolder reports whether the embedded server's store has a folder for the stream of that name, whether or not
// the server could open it. It is always false for an outside cluster.
func (e *Engine) HasStreamFolder(name string) bool {
	if e.server == nil {
		return false
	}
	_, err := os.Stat(streamFolder(e.store, name))
	return err == nil
}

// Close ends the connection after what was sent has arrived, then stops the embedded server; its store is closed
// cleanly when Close returns nil. The error is ctx's when that ends first.
func (e *Engine) Close(ctx context.Context) error {
	err := e.drain(ctx)
	e.conn.Close()
	if e.server == nil {
		return err
	}
	e.server.Shutdown()
	e.server.WaitForShutdown()
	return err
}

func (e *Engine) drain(ctx context.Context) error {
	if e.conn.IsClosed() || !e.conn.IsConnected() {
		return nil
	}
	if err := e.conn.Drain(); err != nil {
		return fmt.Errorf("draining the connection: %w", err)
	}
	select {
	case <-e.closed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("draining the connection: %w", context.Cause(ctx))
	}
}

// attach makes an Engine of a connection with the given options, which is to reconnect for ever.
func attach(url string, log natsLogger, options ...nats.Option) (*Engine, error) {
	e := &Engine{closed: make(chan struct{}), log: log.log, accounts: map[string]*server.Account{}}
	options = append([]nats.Option{
		nats.Name("accountd"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectToServer(e.next),
		nats.ClosedHandler(func(*nats.Conn) { close(e.closed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { log.disconnected(e.at(), err) }),
		nats.ReconnectHandler(func(c *nats.Conn) { e.url.Store(c.ConnectedUrlRedacted()); log.reconnected(e.at()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.failed(err) }),
	}, options...)
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return nil, fmt.Errorf("connecting to NATS: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("connecting to JetStream: %w", err)
	}
	e.url.Store(conn.ConnectedUrlRedacted())
	e.conn, e.js = conn, js
	return e, nil
}
