package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"accountd/commands/password"
	"accountd/commands/webhook"
	"accountd/events/audit"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/feed"
	"accountd/http/rest"
	"accountd/http/server"
	"accountd/http/server/metrics"
	"accountd/projections"
	"accountd/projections/checkpoint"
)

// Hooks tell who runs the service in its own process how far it is; those that are nil are not called.
type Hooks struct {
	Listening func(baseURL string) // HTTP answers: /livez and /readyz say how far the start is
	Ready     func(baseURL string)
}

// Run runs the service until ctx ends, which is no error, or something fails for good.
func Run(ctx context.Context, c Config, stderr io.Writer, hooks Hooks) (err error) {
	if err := c.Validate(); err != nil {
		return err
	}
	a := newApp(c, stderr, hooks)
	defer func() {
		err = a.end(err)
		if a.http == nil {
			return // it never was there for anybody
		}
		a.log.Info("stopped", "ran", time.Since(a.began).Round(time.Second), "failed", err != nil)
	}()
	steps := []func(context.Context) error{a.lock, a.startTracing, a.listen, a.listenAdmin, a.await(a.startEngine),
		a.watchStore, a.await(a.openLog), a.openUsage,
		a.await(a.openSessions), a.restore, a.openTree, a.replay, a.checkRoot, a.await(a.startFeed), a.startHandler,
		a.startEraser, a.startWebhooks, a.startSubscriptions, a.administrator, a.mountAudit, a.secure, a.open}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return unlessStopped(ctx, err)
		}
	}
	return a.run(ctx)
}

// unlessStopped drops the error that being told to stop led to.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil
	}
	return err
}

// app is a service on its way up, running, or on its way down.
type app struct {
	config  Config
	hooks   Hooks
	log     *slog.Logger
	gate    *server.Gate
	metrics *metrics.Metrics
	tracer  trace.Tracer // nil: there are no traces
	baseURL string
	set     server.Later // the page that sets a password

	http    *http.Server
	service rest.Service
	engine  atomic.Pointer[engine.Engine] // nil until it is up
	history *eventlog.Log
	opened  atomic.Pointer[eventlog.Log] // the same, for who asks at any time; nil until it is open
	began   time.Time
	waiting atomic.Bool // for the cluster
	feed    *feed.Feed
	relay   atomic.Pointer[feed.Feed]       // nil until it relays
	reactor atomic.Pointer[webhook.Reactor] // nil until it sends
	seen    eventlog.Anchor                 // the place that is stored
	tree    *audit.Tree
	runner  *projections.Runner
	saved   *checkpoint.File // the view's checkpoint; nil when there are none
	e24     server.Later
	native  server.Later
	events  server.Later
	panel   server.Later // Pterodactyl
	client  server.Later // client-user
	danube  server.Later
	audit   server.Later

	failed  chan error            // what ends the service
	gone    atomic.Pointer[error] // why the store can be used no more
	closing []func() error
}

func newApp(c Config, stderr io.Writer, hooks Hooks) *app {
	return &app{
		config: c, hooks: hooks, began: time.Now(), log: newLogger(c, stderr), gate: &server.Gate{},
		metrics: metrics.New(metrics.Build(currentBuild())),
		service: rest.Service{View: projections.NewView(),
			Hasher: password.New(password.Options{Slots: c.PasswordSlots}), PasswordMin: c.PasswordMin},
		failed: make(chan error, 4), // HTTP, that of health and metrics, the runner and the store
	}
}

func newLogger(c Config, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == formatJSON {
		return slog.New(quieted(slog.NewJSONHandler(w, o)))
	}
	return slog.New(quieted(slog.NewTextHandler(w, o)))
}

// onClose has f called when the service ends, before everything that was opened earlier is closed.
func (a *app) onClose(f func() error) { a.closing = append(a.closing, f) }

func (a *app) close() error {
	var errs []error
	for len(a.closing) > 0 {
		last := len(a.closing) - 1
		errs = append(errs, a.closing[last]())
		a.closing = a.closing[:last]
	}
	return errors.Join(errs...)
}
