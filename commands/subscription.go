package commands

import (
	"github.com/google/uuid"

	"accountd/events"
	"accountd/events/feed"
)

// Subscription is the State of a Subscription aggregate, whose Name is that of its consumer. It is immutable; nil stands for no
// such subscription.
type Subscription struct {
	Entity
	Types      []string // none: all
	Aggregates []string // none: all
	Start      events.SubscriptionStart
	SecretHash events.Secret // of its NATS user's password: SHA-256, lower-case hex; empty: it has no user
	Created    uint64        // sequence of the Record that made it
}

func (s *Subscription) key() string { return s.Name }

// Filter returns which events it is about.
func (s *Subscription) Filter() feed.Filter {
	f, _ := subscriptionFilter(s.Types, s.Aggregates) // what was recorded was checked
	return f
}

// subscriptionFilter returns [feed.ErrName] for an aggregate that is none.
func subscriptionFilter(types, aggregates []string) (feed.Filter, error) {
	f := feed.Filter{Types: types}
	for _, name := range aggregates {
		a, err := feed.ParseName(name)
		if err != nil {
			return feed.Filter{}, err
		}
		f.Aggregates = append(f.Aggregates, a)
	}
	return f, nil
}

func evolveSubscription(s *Subscription, r events.Record) *Subscription {
	if e, ok := r.Event.(events.SubscriptionCreated); ok && s == nil {
		return &Subscription{Entity: newEntity(r, e.Number, e.Name), Types: e.Types, Aggregates: e.Aggregates, Start: e.Start,
			SecretHash: e.SecretHash, Created: r.Sequence}
	}
	if s == nil {
		return nil
	}
	next := *s
	next.touch(r)
	switch e := r.Event.(type) {
	case events.SubscriptionSecretRotated:
		next.SecretHash = e.SecretHash
	case events.SubscriptionDeleted:
		return nil
	default:
		return s
	}
	return &next
}

// CreateSubscription makes a subscription. Its Number is decided, not taken.
//
// Refusals: Invalid, Forbidden, Taken (subscription_name_taken), Conflict (too_many).
type CreateSubscription struct {
	ID           uuid.UUID
	Subscription events.SubscriptionCreated
}

// RotateSubscriptionSecret gives a subscription's NATS user a new password, and a user to a subscription that has none; the
// password before is void at once.
//
// Refusals: NotFound, Forbidden.
type RotateSubscriptionSecret struct {
	ID         uuid.UUID
	SecretHash events.Secret // SHA-256 of the password, lower-case hex
}

// DeleteSubscription ends a subscription.
//
// Refusals: NotFound, Forbidden.
type DeleteSubscription struct{ ID uuid.UUID }
