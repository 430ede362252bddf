package commands

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"accountd/events"
	"accountd/events/feed"
)

// Subscription is the State of a Subscription aggregate, whose Name is that of its consumer. It is immutable; nil
// stands for no such subscription.
type Subscription struct {
	Entity
	Types      []string // none: all
	Aggregates []string // none: all
	Start      events.SubscriptionStart
	SecretHash events.Secret // of its NATS user's password: SHA-256, lower-case hex; empty: it has no user
	SecretBy   Author        // who was shown the password
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
		return &Subscription{Entity: newEntity(r, e.Number, e.Name), Types: e.Types, Aggregates: e.Aggregates,
			Start: e.Start, SecretHash: e.SecretHash, SecretBy: causer(r), Created: r.Sequence}
	}
	if s == nil {
		return nil
	}
	next := *s
	next.touch(r)
	switch e := r.Event.(type) {
	case events.SubscriptionSecretRotated:
		next.SecretHash, next.SecretBy = e.SecretHash, causer(r)
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

// Of names the subscription.
func (c CreateSubscription) Of() events.Aggregate { return events.Subscription(c.ID) }

func (c CreateSubscription) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayChangeSubscriptions(s, a); err != nil {
		return nil, err
	}
	return decideCreateSubscription(s, a, c)
}

// RotateSubscriptionSecret gives a subscription's NATS user a new password, and a user to a subscription that has none;
// the password before is void at once.
//
// Refusals: NotFound, Forbidden.
type RotateSubscriptionSecret struct {
	ID         uuid.UUID
	SecretHash events.Secret // SHA-256 of the password, lower-case hex
}

// Of names the subscription.
func (c RotateSubscriptionSecret) Of() events.Aggregate { return events.Subscription(c.ID) }

func (c RotateSubscriptionSecret) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	sub := s.Directory().Subscription(c.ID)
	if err := changeable(sub, version, mayChangeSubscriptions(s, a), NoSubscription); err != nil {
		return nil, err
	}
	return drafted(c.Of(), sub.Key, events.SubscriptionSecretRotated{SecretHash: c.SecretHash})
}

// DeleteSubscription ends a subscription.
//
// Refusals: NotFound, Forbidden.
type DeleteSubscription struct{ ID uuid.UUID }

// Of names the subscription.
func (c DeleteSubscription) Of() events.Aggregate { return events.Subscription(c.ID) }

func (c DeleteSubscription) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	sub := s.Directory().Subscription(c.ID)
	if err := changeable(sub, version, mayChangeSubscriptions(s, a), NoSubscription); err != nil {
		return nil, err
	}
	return drafted(c.Of(), sub.Key, events.SubscriptionDeleted{})
}

func mayChangeSubscriptions(s States, a Actor) error {
	if !MayChangeSubscriptions(s, a) {
		return refuse(Forbidden, "not_allowed", "",
			"Only a super admin who may read and write users may change subscriptions.")
	}
	return nil
}

// MayChangeSubscriptions reports whether the Actor may let others read the feed: whoever may have it sent to them.
func MayChangeSubscriptions(s States, a Actor) bool { return MayChangeWebhooks(s, a) }

// decideCreateSubscription lets the service itself record any number: what it records was there before subscriptions
// were in the Log.
func decideCreateSubscription(s States, a Actor, c CreateSubscription) ([]events.Draft, error) {
	e := c.Subscription
	e.Number = s.LastNumber(events.SubscriptionNumber) + 1
	e.Start.Time = e.Start.Time.UTC()
	if err := checkSubscription(e); err != nil {
		return nil, err
	}
	if s.Directory().SubscriptionByName(e.Name) != nil {
		return nil, refuse(Taken, "subscription_name_taken", "name", "There is such a subscription.")
	}
	if len(s.Directory().Subscriptions()) >= maxSubscriptions && !a.IsService() {
		return nil, refuse(Conflict, "too_many", "", "There may be %d subscriptions.", maxSubscriptions)
	}
	return drafted(events.Subscription(c.ID), events.KeyID{}, e)
}

// subscriptionsLeft are the drafts that void the passwords which were shown to those who, by the drafts, are no active
// super admins any more: what the feed tells them is for these alone. What they have not read waits for who gets the
// next password.
func subscriptionsLeft(s States, of []events.Draft) (out []events.Draft) {
	for _, sub := range s.Directory().Subscriptions() {
		if sub.SecretHash != "" && slices.ContainsFunc(of, func(d events.Draft) bool {
			return d.Aggregate == events.User(sub.SecretBy.User) && endsSuperAdmin(d.Event)
		}) {
			out = append(out, events.Draft{Aggregate: events.Subscription(sub.ID), Key: sub.Key,
				Event: events.SubscriptionSecretRotated{}})
		}
	}
	return out
}

// endsSuperAdmin reports whether its user is no active super admin after the Event.
func endsSuperAdmin(e events.Event) bool {
	switch e := e.(type) {
	case events.RightsChanged:
		return e.SuperAdmin != nil && !*e.SuperAdmin
	case events.UserDisabled, events.UserDeleted, events.UserErased:
		return true
	}
	return false
}

func checkSubscription(e events.SubscriptionCreated) error {
	filter, err := subscriptionFilter(e.Types, e.Aggregates)
	if err == nil {
		err = feed.Subscription{Name: e.Name, Filter: filter}.Check()
	}
	switch {
	case errors.Is(err, feed.ErrSubscriptionName):
		return refuse(Invalid, "subscription_name_invalid", "name",
			"A name has 1 to 64 of the characters a-z, 0-9, - and _, and begins with a letter or digit.")
	case errors.Is(err, feed.ErrName):
		return refuse(Invalid, "aggregate_invalid", "aggregates", "An aggregate is named by its kind and id, as in "+
			"group/0198c0de-0000-7000-8000-0000000000a1; a kind alone stands for all of them.")
	case errors.Is(err, feed.ErrType):
		return refuse(Invalid, "event_type_unknown", "types", "There is no such type of event.")
	case err != nil:
		return refuse(Invalid, "too_many_subjects", "types", "The number of types times that of aggregates may be %d.",
			feed.MaxSubjects)
	}
	return nil
}

// NoSubscription is the Refusal of a name that no subscription has.
func NoSubscription() *Refusal {
	return refuse(NotFound, "subscription_not_found", "", "There is no such subscription.")
}

const maxSubscriptions = 100 // each is a consumer and a NATS account
