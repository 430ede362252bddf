package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// Subscription is a durable pull consumer that another service reads.
type Subscription struct {
	Name  string `json:"-"` // also the consumer's; see Check
	Start Start  `json:"start,omitzero"`
	Filter
	// ID and Made name the events.SubscriptionCreated by which there is the Subscription: its aggregate, and its
	// Record's sequence. They are zero of a Subscription that was made before the Log told of Subscriptions.
	ID   uuid.UUID `json:"id,omitzero"`
	Made uint64    `json:"made,omitempty"`

	CreatedAt      time.Time `json:"-"`
	Pending        uint64    `json:"-"` // messages that were not delivered yet
	Unacknowledged int       `json:"-"` // messages that were, and of which nobody said yet that they are done
}

// Start says with which message a Subscription begins; the zero Start is the oldest that is kept.
type Start struct {
	New bool `json:"new,omitempty"` // with the next one that comes
	// with the Record of that sequence, or the first behind it that is kept
	Record uint64    `json:"sequence,omitempty"`
	Time   time.Time `json:"time,omitzero"` // with the first that happened then or later
}

// Errors of subscriptions.
var (
	ErrSubscriptionName   = errors.New("not a subscription's name")
	ErrSubscriptionExists = errors.New("there is such a subscription")
	ErrNoSubscription     = errors.New("no such subscription")
)

// metadataKey is where a consumer carries what it was made from.
const metadataKey = "accountd-subscription"

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// Check returns [ErrSubscriptionName] for a name that is not 1 to 64 of a-z, 0-9, "-" and "_", beginning with one of
// the first two, and what is wrong with the Filter.
func (s Subscription) Check() error {
	if !namePattern.MatchString(s.Name) {
		return ErrSubscriptionName
	}
	return s.Filter.Check()
}

// Subscribe makes a Subscription. It returns [ErrSubscriptionExists], and what Check returns.
func (f *Feed) Subscribe(ctx context.Context, s Subscription) (Subscription, error) {
	if err := s.Check(); err != nil {
		return Subscription{}, err
	}
	f.making.RLock() // a stream that is made anew gets back the consumers that it had
	defer f.making.RUnlock()
	if _, err := f.Subscription(ctx, s.Name); !errors.Is(err, ErrNoSubscription) {
		return Subscription{}, errors.Join(ErrSubscriptionExists, err)
	}
	config, err := f.consumer(ctx, s)
	if err != nil {
		return Subscription{}, err
	}
	consumer, err := f.stream.CreateConsumer(ctx, config)
	if errors.Is(err, jetstream.ErrConsumerExists) {
		return Subscription{}, ErrSubscriptionExists
	}
	if err != nil {
		return Subscription{}, fmt.Errorf("making the consumer %s: %w", s.Name, err)
	}
	made, _ := subscriptionOf(consumer.CachedInfo())
	return made, nil
}

func (f *Feed) consumer(ctx context.Context, s Subscription) (jetstream.ConsumerConfig, error) {
	made, err := json.Marshal(s)
	if err != nil {
		return jetstream.ConsumerConfig{}, fmt.Errorf("making the consumer %s: %w", s.Name, err)
	}
	c := jetstream.ConsumerConfig{
		Durable: s.Name, AckPolicy: jetstream.AckExplicitPolicy, FilterSubjects: s.Subjects(),
		Metadata: map[string]string{metadataKey: string(made)},
	}
	switch {
	case s.Start.New:
		c.DeliverPolicy = jetstream.DeliverNewPolicy
	case s.Start.Record > 0:
		c.DeliverPolicy = jetstream.DeliverByStartSequencePolicy
		c.OptStartSeq, err = f.from(ctx, s.Start.Record)
	case !s.Start.Time.IsZero():
		c.DeliverPolicy = jetstream.DeliverByStartSequencePolicy
		c.OptStartSeq, err = f.since(ctx, s.Start.Time)
	}
	return c, err
}

// Claim stores which aggregate the Subscription of s's name belongs to, and nothing else of s. It returns
// [ErrNoSubscription].
func (f *Feed) Claim(ctx context.Context, s Subscription) error {
	have, err := f.Subscription(ctx, s.Name)
	if err != nil {
		return err
	}
	consumer, err := f.stream.Consumer(ctx, s.Name)
	if err != nil {
		return fmt.Errorf("looking for the consumer %s: %w", s.Name, err)
	}
	have.ID, have.Made = s.ID, s.Made
	made, err := json.Marshal(have)
	if err != nil {
		return fmt.Errorf("changing the consumer %s: %w", s.Name, err)
	}
	config := consumer.CachedInfo().Config
	config.Metadata = maps.Clone(config.Metadata)
	config.Metadata[metadataKey] = string(made)
	if _, err := f.stream.UpdateConsumer(ctx, config); err != nil {
		return fmt.Errorf("changing the consumer %s: %w", s.Name, err)
	}
	return nil
}

// Subscription returns the one of that name, or [ErrNoSubscription].
func (f *Feed) Subscription(ctx context.Context, name string) (Subscription, error) {
	if !namePattern.MatchString(name) {
		return Subscription{}, ErrNoSubscription
	}
	consumer, err := f.stream.Consumer(ctx, name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return Subscription{}, ErrNoSubscription
	}
	if err != nil {
		return Subscription{}, fmt.Errorf("looking for the consumer %s: %w", name, err)
	}
	s, ok := subscriptionOf(consumer.CachedInfo())
	if !ok {
		return Subscription{}, ErrNoSubscription
	}
	return s, nil
}

// Subscriptions returns all of them, by name.
func (f *Feed) Subscriptions(ctx context.Context) (all []Subscription, err error) {
	consumers := f.stream.ListConsumers(ctx)
	for info := range consumers.Info() {
		if s, ok := subscriptionOf(info); ok {
			all = append(all, s)
		}
	}
	if err := consumers.Err(); err != nil {
		return nil, fmt.Errorf("listing the feed's consumers: %w", err)
	}
	slices.SortFunc(all, func(a, b Subscription) int { return strings.Compare(a.Name, b.Name) })
	// a page of consumers is too short when one ends meanwhile; then the next page begins too early
	return slices.CompactFunc(all, func(a, b Subscription) bool { return a.Name == b.Name }), nil
}

// Unsubscribe ends a Subscription. It returns [ErrNoSubscription].
func (f *Feed) Unsubscribe(ctx context.Context, name string) error {
	if _, err := f.Subscription(ctx, name); err != nil {
		return err
	}
	err := f.stream.DeleteConsumer(ctx, name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return ErrNoSubscription
	}
	if err != nil {
		return fmt.Errorf("ending the consumer %s: %w", name, err)
	}
	return nil
}

// subscriptionOf reports false for a consumer that is none of ours.
func subscriptionOf(info *jetstream.ConsumerInfo) (s Subscription, ok bool) {
	made, ok := info.Config.Metadata[metadataKey]
	if !ok || json.Unmarshal([]byte(made), &s) != nil {
		return Subscription{}, false
	}
	s.Name, s.CreatedAt = info.Name, info.Created.UTC()
	s.Pending, s.Unacknowledged = info.NumPending, info.NumAckPending
	return s, true
}
