package app

import (
	"context"

	"accountd/events/feed"
)

// startFeed opens the public stream of events and relays to it, in the background, until the service ends. A log that
// cannot be read ends the service elsewhere.
func (a *app) startFeed(ctx context.Context) (err error) {
	a.feed, err = feed.Open(ctx, feed.Options{Engine: a.engine.Load(), Log: a.history, Logger: a.log})
	if err != nil {
		return err
	}
	a.service.Feed = a.feed
	a.relay.Store(a.feed)
	relaying, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.feed.Run(relaying); relaying.Err() == nil {
			a.log.Error("the feed is not relayed any more", "error", err)
		}
	}()
	a.onClose(func() error { stop(); <-done; return nil })
	return nil
}

// feedHealth returns what is wrong with the relay, nil before it begins.
func (a *app) feedHealth() error {
	if f := a.relay.Load(); f != nil {
		return f.Health()
	}
	return nil
}
