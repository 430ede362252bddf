package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events/engine"
	"accountd/events/feed"
)

const (
	lookAtStore    = time.Second
	brokenCloseFor = 5 * time.Second // a store that has failed may not let itself be closed
)

// watchStore says when the embedded store is about to be full, and ends the service when the engine has given up on it:
// started again, it opens the store anew.
func (a *app) watchStore(context.Context) error {
	watching, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		var said storeState
		for tick := time.NewTicker(lookAtStore); ; {
			select {
			case <-tick.C:
				said = a.lookAtStore(said)
			case <-watching.Done():
				tick.Stop()
				return
			}
		}
	}()
	a.onClose(func() error { stop(); <-done; return nil })
	return nil
}

// storeState is what was said last.
type storeState int

const (
	storeFine storeState = iota
	storeLow
	storeFull
	storeSuspect // a stream that is just being made or deleted looks broken for a moment
	storeBroken
)

// lookAtStore says what is new about the store.
func (a *app) lookAtStore(said storeState) storeState {
	switch err := a.storeBroken(); {
	case err == nil && said == storeSuspect:
		said = storeFine
	case err != nil && said == storeSuspect:
		a.gone.Store(&err)
		a.failed <- err
		return storeBroken
	case err != nil && said != storeBroken:
		return storeSuspect
	case said == storeBroken:
		return storeBroken
	}
	space, known := a.engine.Load().Space()
	now := storeFine
	switch {
	case !known:
		return said
	case space.Full():
		now = storeFull
	case space.Low():
		now = storeLow
	}
	if now == said {
		return said
	}
	attributes := []any{"bytes", space.Used, "limit", space.Limit, "free", space.Free}
	switch now {
	case storeFull:
		a.log.Error("the store is full: nothing but erasures is written until there is space", attributes...)
	case storeLow:
		a.log.Warn("the store is nearly full", attributes...)
	default:
		a.log.Info("the store has space again", attributes...)
	}
	return now
}

// storeBroken returns engine.ErrBroken when the engine has given up on a stream, but for the feed's, which the feed
// makes anew.
func (a *app) storeBroken() error {
	if e := a.engine.Load(); e != nil {
		return e.BrokenBeside(feed.Stream)
	}
	return nil
}

// storeHealth returns what keeps the store from taking changes.
func (a *app) storeHealth() error {
	e := a.engine.Load()
	if e == nil {
		return errors.New("starting")
	}
	if err := a.storeBroken(); err != nil {
		return fmt.Errorf("storage_failed: %w", err)
	}
	if space, known := e.Space(); known && space.Full() {
		return fmt.Errorf("storage_full: %v", space)
	}
	return nil
}

// alive returns why the service is about to end, nil when it is not.
func (a *app) alive() error {
	if err := a.gone.Load(); err != nil {
		return *err
	}
	return nil
}

// storeBytes returns what the metrics have of the store.
func (a *app) storeBytes() (used, limit, free int64, known bool) {
	space, known := a.engine.Load().Space()
	return space.Used, space.Limit, space.Free, known
}

// end closes everything and returns what the service has ended with. A store that has failed is not waited for long:
// nothing is lost in a kill.
func (a *app) end(err error) error {
	broken := a.storeBroken()
	if broken == nil {
		return errors.Join(err, a.close())
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = a.close() // it fails because the store has
	}()
	select {
	case <-closed:
	case <-time.After(brokenCloseFor):
	}
	if errors.Is(err, engine.ErrBroken) {
		return err
	}
	return errors.Join(err, broken)
}
