package app

import (
	"context"
	"time"

	"accountd/commands/committer"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/feed"
	"accountd/events/session"
	"accountd/events/usage"
	"accountd/http/server/metrics"
	"accountd/projections/past"
)

func (a *app) lock(context.Context) error {
	release, err := engine.Lock(a.config.Data)
	if err != nil {
		return err
	}
	a.onClose(release)
	return nil
}

// closeTimeout bounds how long the engine may take to deliver what was sent.
const closeTimeout = 10 * time.Second

func (a *app) startEngine(ctx context.Context) (err error) {
	var e *engine.Engine
	if a.config.NATS != "" {
		if e, err = engine.Connect(ctx, a.config.NATS, a.log); err == nil {
			a.log.Info("connected", "nats", e.Conn().ConnectedUrlRedacted())
		}
	} else {
		e, err = a.embed(ctx)
	}
	if err != nil {
		return err
	}
	a.engine.Store(e)
	a.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		return e.Close(ctx)
	})
	return nil
}

// embed runs the server in this process.
func (a *app) embed(ctx context.Context) (*engine.Engine, error) {
	listen, err := a.listenNATS()
	if err != nil {
		return nil, err
	}
	e, err := engine.Start(ctx, engine.Options{StoreDir: a.storeDir(), SyncAlways: a.config.Sync == syncAlways,
		MaxStore: a.config.StoreMax, Derived: []string{feed.Stream}, Listen: listen, Logger: a.log})
	if err == nil && listen != nil {
		a.log.Info("listening for subscribers", "nats", e.Addr().String(), "tls", listen.TLS != nil)
		if listen.TLS == nil && !isLoopback(e.Addr()) {
			a.log.Warn("subscribers beyond this machine send their passwords, and get events, in clear: give "+
				"nats-tls-cert and nats-tls-key", "nats", e.Addr().String())
		}
	}
	return e, err
}

func (a *app) openLog(ctx context.Context) error {
	e := a.engine.Load()
	master, err := a.masterKey(ctx, e)
	if err != nil {
		return err
	}
	history, err := eventlog.Open(ctx, eventlog.Options{Engine: e, Master: master, Logger: a.log, OnAppend: a.appended,
		AnyClock: !a.config.ClockCheck})
	if err != nil {
		return a.explained(err)
	}
	a.history = history
	if err := a.checkAnchor(ctx); err != nil {
		history.Close()
		return err
	}
	a.opened.Store(history)
	a.onClose(func() error { history.Close(); return nil })
	return nil
}

// openUsage opens the store of last-used times. The service does without when it must: nothing but a display depends on
// it.
func (a *app) openUsage(ctx context.Context) error {
	store, err := usage.Open(ctx, a.engine.Load())
	if err != nil {
		a.log.Warn("last-used times are not kept", "error", err)
		return nil
	}
	a.service.Usage = store
	a.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), usageTimeout)
		defer cancel()
		return store.Close(ctx)
	})
	return nil
}

func (a *app) openSessions(ctx context.Context) (err error) {
	a.service.Keys = a.history
	a.service.Sessions, err = session.Open(ctx, a.engine.Load())
	return err
}

// usageTimeout bounds how long the end of the service waits for last-used times to be written.
const usageTimeout = 5 * time.Second

// startHandler starts what runs commands, once there are States to decide on.
func (a *app) startHandler(context.Context) error {
	a.service.Handler = committer.New(a.history, a.service.View, committer.Options{
		Observer: a.metrics, ExternalProvisioning: a.config.Provisioning == provisioningExternal,
	})
	a.boundWrites()
	if a.history.Shared() {
		a.service.Newest = a.history.Last
	}
	a.onClose(func() error {
		a.service.Handler.Close()
		return a.saveAnchor()
	})
	a.service.Past = past.New(a.history, a.service.View)
	a.onClose(func() error { a.service.Past.Close(); return nil })
	a.watchHealth()
	a.metrics.Watch(metrics.Sources{
		Log:         a.history.Last,
		View:        a.service.View.Position,
		Feed:        a.feed.Position,
		FeedLag:     a.feed.Lag,
		WebhookLag:  a.webhookLag,
		Followed:    a.runner.Followed,
		Users:       func() int { return a.service.Snapshot().Len() },
		Waiting:     a.service.Handler.Waiting,
		HashRunning: a.service.Hasher.Running,
		HashWaiting: a.service.Hasher.Waiting,
		Store:       a.storeBytes,
	})
	return nil
}

// open lets requests in.
func (a *app) open(ctx context.Context) error {
	if err := a.startMailer(ctx); err != nil {
		return err
	}
	a.mountDialects()
	a.gate.Open()
	collectGarbage()
	a.log.Info("ready", "url", a.baseURL, "version", currentBuild().String(), "data", a.config.Data, "nats",
		a.config.natsForLog(), "accounts", a.service.Snapshot().Len(), "position", a.service.View.Position())
	if a.hooks.Ready != nil {
		a.hooks.Ready(a.baseURL)
	}
	return nil
}
