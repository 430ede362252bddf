package subscription

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/events/feed"
	"accountd/projections"
	"accountd/testing/testlog"
)

const patience = 20 * time.Second

// world is a service with a feed, to which it relays when it is told to.
type world struct {
	*testlog.Env
	t       *testing.T
	view    *projections.View
	handler *committer.Handler
	feed    *feed.Feed
	*Reactor
}

func newWorld(t *testing.T) *world {
	w := &world{Env: testlog.Start(t), t: t, view: projections.NewView()}
	w.view.Open()
	w.handler = committer.New(w.Log, w.view, committer.Options{})
	t.Cleanup(w.handler.Close)
	var err error
	w.feed, err = feed.Open(t.Context(), feed.Options{Engine: w.Engine, Log: w.Log})
	require.NoError(t, err)
	w.Reactor = New(Options{Engine: w.Engine, Feed: w.feed, Fold: w.view, Handler: w.handler})
	return w
}

// relay relays until the test ends.
func (w *world) relay() {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = w.feed.Run(ctx) })
	w.t.Cleanup(func() { stop(); running.Wait() })
}

// relayed waits until the feed tells of everything.
func (w *world) relayed() {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		at, err := w.feed.Position(w.t.Context())
		return err == nil && at == w.view.Position()
	}, patience, time.Millisecond)
}

func (w *world) do(c commands.Command) *commands.Directory {
	w.t.Helper()
	out, err := w.handler.Do(w.t.Context(), commands.Service(), c)
	require.NoError(w.t, err)
	return out.Directory
}

func (w *world) create(e events.SubscriptionCreated) *commands.Subscription {
	w.t.Helper()
	id := uuid.New()
	return w.do(commands.CreateSubscription{ID: id, Subscription: e}).Subscription(id)
}

func (w *world) user(name string) uint64 {
	w.t.Helper()
	w.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: name, Email: name + "@example.com"}})
	return w.view.Position()
}

func (w *world) settle(want bool) {
	w.t.Helper()
	done, err := w.Settle(w.t.Context())
	require.NoError(w.t, err)
	require.Equal(w.t, want, done)
}

// consumer returns that of the subscription of that name; nil when there is none.
func (w *world) consumer(name string) *feed.Subscription {
	w.t.Helper()
	s, err := w.feed.Subscription(w.t.Context(), name)
	if err != nil {
		require.ErrorIs(w.t, err, feed.ErrNoSubscription)
		return nil
	}
	return &s
}

func (w *world) listed() *commands.Directory { return w.view.States().Directory() }

// read returns the sequences of the Records that the consumer has to hand out now, and acknowledges them.
func (w *world) read(name string) (records []string) {
	w.t.Helper()
	w.relayed()
	consumer, err := w.Engine.JetStream().Consumer(w.t.Context(), feed.Stream, name)
	require.NoError(w.t, err)
	got, err := consumer.FetchNoWait(1000)
	require.NoError(w.t, err)
	for msg := range got.Messages() {
		records = append(records, msg.Headers().Get("Nats-Msg-Id"))
		require.NoError(w.t, msg.DoubleAck(w.t.Context()))
	}
	require.NoError(w.t, got.Error())
	return records
}

func TestConsumerFollowsTheLog(t *testing.T) {
	w := newWorld(t)
	s := w.create(events.SubscriptionCreated{Name: "crm", Types: []string{"UserCreated"}, Aggregates: []string{"user"},
		SecretHash: "h"})
	w.settle(true)
	c := w.consumer("crm")
	require.NotNil(t, c)
	require.Equal(t, []any{s.ID, s.Created, []string{"feed.user.UserCreated.*"}}, []any{c.ID, c.Made, c.Subjects()})
	w.do(commands.RotateSubscriptionSecret{ID: s.ID, SecretHash: "n"})
	w.settle(true)
	require.Equal(t, c, w.consumer("crm"))
	w.do(commands.DeleteSubscription{ID: s.ID})
	w.settle(true)
	require.Nil(t, w.consumer("crm"))
}

// TestNameIsUsedAgain deletes a subscription and makes another one before anything was settled.
func TestNameIsUsedAgain(t *testing.T) {
	w := newWorld(t)
	before := w.create(events.SubscriptionCreated{Name: "crm"})
	w.settle(true)
	w.do(commands.DeleteSubscription{ID: before.ID})
	after := w.create(events.SubscriptionCreated{Name: "crm", Types: []string{"UserDeleted"}})
	w.settle(true)
	c := w.consumer("crm")
	require.Equal(t, []any{after.ID, []string{"feed.*.UserDeleted.*"}}, []any{c.ID, c.Subjects()})
}

// TestConsumersOfBeforeAreRecorded has what a release before subscriptions were in the log left, with what was read of
// it.
func TestConsumersOfBeforeAreRecorded(t *testing.T) {
	w := newWorld(t)
	w.relay()
	user := events.User(uuid.New())
	for name, s := range map[string]feed.Subscription{
		"crm": {}, "some": {Filter: feed.Filter{Types: []string{"UserCreated.v1"},
			Aggregates: []events.Aggregate{user}}},
		"new":   {Start: feed.Start{New: true}},
		"later": {Start: feed.Start{Time: time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC)}},
	} {
		s.Name = name
		_, err := w.feed.Subscribe(t.Context(), s)
		require.NoError(t, err)
	}
	w.user("ada")
	require.Equal(t, []string{"1"}, w.read("crm"))
	w.user("bob")
	w.settle(true)
	require.Len(t, w.listed().Subscriptions(), 4)
	at := w.view.Position()
	w.settle(true)
	require.Equal(t, at, w.view.Position(), "they are recorded once")

	some := w.listed().SubscriptionByName("some")
	require.Equal(t, []any{[]string{"UserCreated.v1"}, []string{feed.Name(user)}, events.Secret("")},
		[]any{some.Types, some.Aggregates, some.SecretHash})
	require.Equal(t, events.SubscriptionStart{New: true}, w.listed().SubscriptionByName("new").Start)
	require.Equal(t, 2031, w.listed().SubscriptionByName("later").Start.Time.Year())
	crm := w.listed().SubscriptionByName("crm")
	require.Equal(t, crm.ID, w.consumer("crm").ID)
	require.Equal(t, []string{"2", "3", "4", "5", "6"}, w.read("crm"),
		"it goes on where it was, and tells of the four that were recorded")

	w.do(commands.DeleteSubscription{ID: crm.ID})
	w.settle(true)
	require.Nil(t, w.consumer("crm"))
	require.Nil(t, w.listed().SubscriptionByName("crm"))
}

// TestAConsumerThatNobodyClaimedIsReplaced has one that is about something else than the subscription of its name.
func TestAConsumerThatNobodyClaimedIsReplaced(t *testing.T) {
	w := newWorld(t)
	_, err := w.feed.Subscribe(t.Context(), feed.Subscription{Name: "crm"})
	require.NoError(t, err)
	s := w.create(events.SubscriptionCreated{Name: "crm", Types: []string{"UserDeleted"}})
	w.settle(true)
	c := w.consumer("crm")
	require.Equal(t, []any{s.ID, s.Filter().Subjects()}, []any{c.ID, c.Subjects()})
}

// TestOtherInstancesKnowMore has consumers of subscriptions that this instance does not know, or knows no more.
func TestOtherInstancesKnowMore(t *testing.T) {
	w := newWorld(t)
	at := w.user("ada")
	for name, made := range map[string]uint64{"old": at, "newer": at + 1} {
		_, err := w.feed.Subscribe(t.Context(), feed.Subscription{Name: name, ID: uuid.New(), Made: made})
		require.NoError(t, err)
	}
	w.settle(false)
	require.Nil(t, w.consumer("old"))
	require.NotNil(t, w.consumer("newer"))
	w.user("bob")
	w.settle(true)
	require.Nil(t, w.consumer("newer"))
}

func TestALostConsumerIsMadeAnew(t *testing.T) {
	w := newWorld(t)
	w.relay()
	w.create(events.SubscriptionCreated{Name: "crm", Types: []string{"UserCreated"}})
	w.settle(true)
	w.user("ada")
	require.Equal(t, []string{"2"}, w.read("crm"))
	require.NoError(t, w.Engine.JetStream().DeleteConsumer(t.Context(), feed.Stream, "crm"))
	w.user("bob")
	w.settle(true)
	require.Equal(t, []string{"2", "3"}, w.read("crm"))
}

// TestNewBeginsBehindTheSubscription makes the consumer long after the subscription, and while the feed lags.
func TestNewBeginsBehindTheSubscription(t *testing.T) {
	w := newWorld(t)
	w.user("ada")
	w.create(events.SubscriptionCreated{Name: "new", Start: events.SubscriptionStart{New: true}})
	w.create(events.SubscriptionCreated{Name: "second", Start: events.SubscriptionStart{Sequence: 2}})
	w.create(events.SubscriptionCreated{Name: "all"})
	w.user("bob")
	w.settle(false) // the feed tells of nothing yet
	require.Nil(t, w.consumer("new"))
	require.NotNil(t, w.consumer("all"))
	w.relay()
	w.relayed()
	w.settle(true)
	require.Equal(t, []string{"3", "4", "5"}, w.read("new"))
	require.Equal(t, []string{"2", "3", "4", "5"}, w.read("second"))
	require.Equal(t, []string{"1", "2", "3", "4", "5"}, w.read("all"))
}

// TestSomebodyElsesConsumerStays has one of a subscription's name that is none of ours.
func TestSomebodyElsesConsumerStays(t *testing.T) {
	w := newWorld(t)
	_, err := w.Engine.JetStream().CreateConsumer(t.Context(), feed.Stream, jetstream.ConsumerConfig{Durable: "crm",
		AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(t, err)
	w.create(events.SubscriptionCreated{Name: "crm", Types: []string{"UserCreated"}})
	_, err = w.Settle(t.Context())
	require.ErrorIs(t, err, feed.ErrSubscriptionExists)
	require.ErrorContains(t, err, "crm")
	require.Nil(t, w.consumer("crm"))
}

// TestRunSettles makes and deletes subscriptions while the Reactor runs.
func TestRunSettles(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = w.Run(ctx) })
	defer running.Wait()
	defer stop()
	s := w.create(events.SubscriptionCreated{Name: "crm"})
	require.Eventually(t, func() bool { return w.consumer("crm") != nil }, patience, time.Millisecond)
	w.do(commands.DeleteSubscription{ID: s.ID})
	require.Eventually(t, func() bool { return w.consumer("crm") == nil }, patience, time.Millisecond)
}

// TestInstancesSettleTogether has several instances make what was recorded, and record what was there before.
func TestInstancesSettleTogether(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		_, err := w.feed.Subscribe(t.Context(), feed.Subscription{Name: name})
		require.NoError(t, err)
		w.create(events.SubscriptionCreated{Name: "new-" + name})
	}
	var all sync.WaitGroup
	for range 4 {
		r := New(Options{Engine: w.Engine, Feed: w.feed, Fold: w.view, Handler: w.handler})
		all.Go(func() { _, _ = r.Settle(t.Context()) })
	}
	all.Wait()
	w.settle(true)
	require.Len(t, w.listed().Subscriptions(), 6)
	for _, s := range w.listed().Subscriptions() {
		require.Equal(t, s.ID, w.consumer(s.Name).ID)
	}
}
