package app

import (
	"context"

	"accountd/commands/subscription"
)

// startSubscriptions keeps the consumers and users of subscriptions, in the background, until the service ends. Those
// that there are can be used when it returns.
func (a *app) startSubscriptions(ctx context.Context) error {
	reactor := subscription.New(subscription.Options{Engine: a.engine.Load(), Feed: a.feed, Fold: a.service.View,
		Handler: a.service.Handler, Logger: a.log})
	a.service.Subscriptions = reactor
	if _, err := reactor.Settle(ctx); err != nil {
		a.log.Warn("some subscriptions are not as they should be for now", "error", err) // Run tries again
	}
	settling, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = reactor.Run(settling) }()
	a.onClose(func() error { stop(); <-done; return nil })
	return nil
}
