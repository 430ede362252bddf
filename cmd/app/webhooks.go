package app

import (
	"context"
	"time"

	"accountd/commands/webhook"
)

// startWebhooks sends events to webhooks, in the background, until the service ends.
func (a *app) startWebhooks(ctx context.Context) (err error) {
	a.service.Webhooks, err = webhook.New(ctx, webhook.Options{Engine: a.engine.Load(), Log: a.history, Feed: a.feed,
		Fold: a.service.View, Handler: a.service.Handler, Logger: a.log, Tracer: a.tracer, Attempted: a.metrics.Webhook,
		AllowPrivate: a.config.WebhookPrivate})
	if err != nil {
		return err
	}
	a.reactor.Store(a.service.Webhooks)
	sending, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = a.service.Webhooks.Run(sending) }()
	a.onClose(func() error { stop(); <-done; return nil })
	return nil
}

// webhookLag returns the age of the oldest event that a webhook was not sent.
func (a *app) webhookLag() time.Duration {
	if r := a.reactor.Load(); r != nil {
		return r.Lag()
	}
	return 0
}
