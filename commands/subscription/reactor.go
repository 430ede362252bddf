package subscription

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/events/engine"
	"accountd/events/feed"
	"accountd/events/pause"
)

// Handler runs commands. committer.Handler implements it.
type Handler interface {
	Do(ctx context.Context, actor commands.Actor, cmd commands.Command) (commands.Outcome, error)
}

// Options of a Reactor.
type Options struct {
	Engine  *engine.Engine
	Feed    *feed.Feed
	Fold    committer.Fold // knows the subscriptions
	Handler Handler        // records those that were there before
	Logger  *slog.Logger   // nil: nobody
}

// Reactor keeps consumers and users. It is safe for concurrent use.
type Reactor struct {
	engine  *engine.Engine
	feed    *feed.Feed
	fold    committer.Fold
	handler Handler
	logger  *slog.Logger

	mu sync.Mutex // held by Settle
}

// New returns a Reactor that has done nothing yet.
func New(o Options) *Reactor {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Reactor{engine: o.Engine, feed: o.Feed, fold: o.Fold, handler: o.Handler, logger: o.Logger}
}

// OwnsUsers reports whether the NATS users of subscriptions are this service's; those of a cluster outside are its
// operator's.
func (r *Reactor) OwnsUsers() bool { return r.engine.Embedded() }

// Guest returns the NATS user of a subscription.
func Guest(s *commands.Subscription) engine.Guest {
	return engine.Guest{Stream: feed.Stream, Consumer: s.Name, Hash: s.SecretHash.Reveal()}
}

const (
	lookEvery  = 100 * time.Millisecond // how soon a change of a subscription is seen
	retryAfter = 5 * time.Second        // what could not be done is tried again …
	checkEvery = time.Minute            // … and what was done is looked at
)

// Run settles whatever changes until ctx ends, whose cause it then returns.
func (r *Reactor) Run(ctx context.Context) error {
	var seen []*commands.Subscription
	var next time.Time
	for {
		if states := r.fold.States(); states != nil {
			all := states.Directory().Subscriptions()
			if !slices.Equal(all, seen) || !time.Now().Before(next) {
				seen, next = all, time.Now().Add(r.settled(ctx))
			}
		}
		if err := pause.For(ctx, lookEvery); err != nil {
			return err
		}
	}
}

// settled settles, and returns when that is due again.
func (r *Reactor) settled(ctx context.Context) time.Duration {
	done, err := r.Settle(ctx)
	if err != nil && ctx.Err() == nil {
		r.logger.Warn("some subscriptions are not as they should be for now", "error", err)
	}
	if !done || err != nil {
		return retryAfter
	}
	return checkEvery
}

// Settle makes users and consumers those of the subscriptions as they stand: when it returns, nobody reads any more who
// may not. It reports false when something is left for later, such as a consumer while the feed is still empty.
func (r *Reactor) Settle(ctx context.Context) (done bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	states := r.fold.States()
	dir, position := states.Directory(), states.Head().Sequence
	err = r.engine.Admit(guests(dir))
	consumers, listErr := r.feed.Subscriptions(ctx)
	if listErr != nil {
		return false, errors.Join(err, listErr)
	}
	done = true
	kept := map[string]bool{}
	for _, c := range consumers {
		is, keepErr := r.keep(ctx, dir, position, c)
		kept[c.Name] = is != gone
		done, err = done && is != unknown, errors.Join(err, keepErr)
	}
	for _, s := range dir.Subscriptions() {
		if kept[s.Name] {
			continue
		}
		made, makeErr := r.make(ctx, s)
		done, err = done && made, errors.Join(err, makeErr)
	}
	return done, err
}

func guests(dir *commands.Directory) (all []engine.Guest) {
	for _, s := range dir.Subscriptions() {
		all = append(all, Guest(s))
	}
	return all
}

// fate is what becomes of a consumer.
type fate int

const (
	unknown fate = iota // whose it is will be seen later
	stays
	gone
)

// keep ends a consumer whose subscription is gone, and claims one that nobody has recorded yet.
func (r *Reactor) keep(ctx context.Context, dir *commands.Directory, position uint64, c feed.Subscription) (fate,
	error) {
	s := dir.SubscriptionByName(c.Name)
	switch {
	case c.ID == uuid.Nil && (s == nil || slices.Equal(s.Filter().Subjects(), c.Subjects())):
		return r.claim(ctx, s, c)
	case s != nil && s.ID == c.ID:
		return stays, nil
	case c.Made > position:
		return unknown, nil // another instance knows it
	}
	if err := r.feed.Unsubscribe(ctx, c.Name); err != nil && !errors.Is(err, feed.ErrNoSubscription) {
		return unknown, err
	}
	return gone, nil
}

// claim makes a consumer without a subscription that of s, or of one that it records.
func (r *Reactor) claim(ctx context.Context, s *commands.Subscription, c feed.Subscription) (fate, error) {
	if s == nil {
		id := uuid.New()
		out, err := r.handler.Do(ctx, commands.Service(),
			commands.CreateSubscription{ID: id, Subscription: recorded(c)})
		if refusal, ok := errors.AsType[*commands.Refusal](err); ok && refusal.Kind == commands.Taken {
			return unknown, nil // another instance was faster
		}
		if err != nil {
			return unknown, fmt.Errorf("recording the subscription %s: %w", c.Name, err)
		}
		s = out.Directory.Subscription(id)
	}
	return stays, r.feed.Claim(ctx, feed.Subscription{Name: s.Name, ID: s.ID, Made: s.Created})
}

// recorded returns the event by which there is the consumer's subscription. It has no user.
func recorded(c feed.Subscription) events.SubscriptionCreated {
	e := events.SubscriptionCreated{Name: c.Name, Types: c.Types,
		Start: events.SubscriptionStart{New: c.Start.New, Sequence: c.Start.Record, Time: c.Start.Time}}
	for _, a := range c.Aggregates {
		e.Aggregates = append(e.Aggregates, feed.Name(a))
	}
	return e
}

// make makes the subscription's consumer. It reports false when that has to wait.
func (r *Reactor) make(ctx context.Context, s *commands.Subscription) (bool, error) {
	start := feed.Start{Record: s.Start.Sequence, Time: s.Start.Time}
	if s.Start.New {
		start.Record = s.Created + 1
	}
	if start != (feed.Start{}) {
		if at, err := r.feed.Position(ctx); err != nil || at == 0 {
			return false, err
		}
	}
	_, err := r.feed.Subscribe(ctx, feed.Subscription{Name: s.Name, Start: start, Filter: s.Filter(), ID: s.ID,
		Made: s.Created})
	if errors.Is(err, feed.ErrSubscriptionExists) {
		if _, other := r.feed.Subscription(ctx, s.Name); other == nil {
			return false, nil // another instance was faster
		}
	}
	if err != nil {
		return false, fmt.Errorf("making the subscription %s: %w", s.Name, err)
	}
	return true, nil
}
