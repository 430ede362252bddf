package feed

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/events"
)

// read returns the Records that a subscription has to deliver now, and acknowledges them.
func (w *world) read(f *Feed, name string) (records []string) {
	w.t.Helper()
	consumer, err := f.stream.Consumer(w.t.Context(), name)
	require.NoError(w.t, err)
	got, err := consumer.FetchNoWait(1000)
	require.NoError(w.t, err)
	for msg := range got.Messages() {
		records = append(records, msg.Headers().Get(headerMsgID))
		require.NoError(w.t, msg.DoubleAck(w.t.Context()))
	}
	require.NoError(w.t, got.Error())
	return records
}

func TestSubscriptions(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	ada, bob := w.create(1)[0], w.create(1)[0]
	w.append(events.Draft{Aggregate: ada.Aggregate, Key: ada.Key, Event: events.UserDisabled{}})
	w.append(events.Draft{Aggregate: bob.Aggregate, Key: bob.Key, Event: events.UserDisabled{}})
	third := w.append(events.Draft{Aggregate: ada.Aggregate, Key: ada.Key, Event: events.UserEnabled{}})[0]
	w.relayed(f)
	require.NoError(t, f.stream.Purge(t.Context(), jetstream.WithPurgeSequence(2)))
	cases := map[string]struct {
		Subscription
		want string
	}{
		"all":     {Subscription{}, "2 3 4 5 6 7"},
		"new":     {Subscription{Start: Start{New: true}}, "6 7"},
		"record":  {Subscription{Start: Start{Record: 4}}, "4 5 6 7"},
		"dropped": {Subscription{Start: Start{Record: 1}}, "2 3 4 5 6 7"},
		"future":  {Subscription{Start: Start{Record: 7}}, "7"},
		"time":    {Subscription{Start: Start{Time: third.Time}}, "5 6 7"},
		"never":   {Subscription{Start: Start{Time: third.Time.Add(time.Hour)}}, "6 7"},
		"types": {Subscription{Filter: Filter{Types: []string{"UserCreated.v1", "UserEnabled", "UserEnabled.v1"}}},
			"2 5 6 7"},
		"aggregates": {Subscription{Filter: Filter{Aggregates: []events.Aggregate{bob.Aggregate,
			events.Group(uuid.New())}}}, "2 4"},
		"kinds": {Subscription{Filter: Filter{Aggregates: []events.Aggregate{{Kind: events.KindUser},
			ada.Aggregate, {Kind: events.KindGroup}}}}, "2 3 4 5 6 7"},
		"both": {Subscription{Filter: Filter{Types: []string{"UserDisabled.v1"},
			Aggregates: []events.Aggregate{ada.Aggregate, bob.Aggregate}}}, "3 4"},
	}
	for name, c := range cases {
		c.Name = name
		made, err := f.Subscribe(t.Context(), c.Subscription)
		require.NoError(t, err, name)
		require.WithinDuration(t, time.Now(), made.CreatedAt, time.Minute)
		made.CreatedAt, made.Pending = time.Time{}, 0
		require.Equal(t, c.Subscription, made)
	}
	w.create(2)
	w.relayed(f)
	all, err := f.Subscriptions(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 11)
	require.Equal(t, "aggregates", all[0].Name)
	require.EqualValues(t, 2, all[0].Pending)
	for name, c := range cases {
		require.Equal(t, c.want, strings.Join(w.read(f, name), " "), name)
	}
}

func TestSubscriptionsOfAnEmptyFeed(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	for name, start := range map[string]Start{"a": {}, "b": {New: true}, "c": {Record: 1}, "d": {Record: 9},
		"e": {Time: time.Now()}} {
		_, err := f.Subscribe(t.Context(), Subscription{Name: name, Start: start})
		require.NoError(t, err, name)
	}
	w.create(1)
	w.relayed(f)
	for _, name := range []string{"a", "b", "c", "e"} {
		require.Equal(t, []string{"1"}, w.read(f, name), name)
	}
}

func TestSubscriptionsLife(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	_, err := f.Subscription(t.Context(), "crm")
	require.ErrorIs(t, err, ErrNoSubscription)
	require.ErrorIs(t, f.Unsubscribe(t.Context(), "crm"), ErrNoSubscription)
	_, err = f.Subscribe(t.Context(), Subscription{Name: "crm"})
	require.NoError(t, err)
	_, err = f.Subscribe(t.Context(), Subscription{Name: "crm"})
	require.ErrorIs(t, err, ErrSubscriptionExists)
	w.create(2)
	w.relayed(f)
	consumer, err := f.stream.Consumer(t.Context(), "crm")
	require.NoError(t, err)
	_, err = consumer.Next()
	require.NoError(t, err)
	w.Reopen()
	f = w.open(Options{})
	s, err := f.Subscription(t.Context(), "crm")
	require.NoError(t, err)
	require.EqualValues(t, 1, s.Pending)
	require.Equal(t, 1, s.Unacknowledged)
	require.NoError(t, f.Unsubscribe(t.Context(), "crm"))
	all, err := f.Subscriptions(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
}

// TestOtherConsumersAreNone has a consumer that is somebody else's.
func TestOtherConsumersAreNone(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	for _, name := range []string{"foreign", "FOREIGN"} {
		_, err := f.stream.CreateConsumer(t.Context(),
			jetstream.ConsumerConfig{Durable: name, AckPolicy: jetstream.AckExplicitPolicy})
		require.NoError(t, err)
		_, err = f.Subscription(t.Context(), name)
		require.ErrorIs(t, err, ErrNoSubscription)
		require.ErrorIs(t, f.Unsubscribe(t.Context(), name), ErrNoSubscription)
	}
	all, err := f.Subscriptions(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
}

func TestSubscriptionsAreChecked(t *testing.T) {
	for _, name := range []string{"", "-a", "_a", "A", "a.b", "a b", "a*", "é", strings.Repeat("a", 65)} {
		require.ErrorIs(t, Subscription{Name: name}.Check(), ErrSubscriptionName, name)
	}
	require.ErrorIs(t, Subscription{Name: "a", Filter: Filter{Types: []string{"UserCreated.v9"}}}.Check(), ErrType)
	require.ErrorIs(t, Subscription{Name: "a", Filter: Filter{Types: []string{"*"}}}.Check(), ErrType)
	many := Filter{Types: []string{"UserCreated", "UserDeleted"}, Aggregates: make([]events.Aggregate, 129)}
	require.ErrorIs(t, many.Check(), ErrTooMany)
	many.Aggregates = many.Aggregates[:128]
	require.NoError(t, many.Check())
}

func FuzzName(f *testing.F) {
	f.Add("users/0198c0de-0000-7000-8000-0000000000a1")
	f.Add("user/0198c0de-0000-7000-8000-0000000000a1")
	f.Add("users/")
	f.Add("user/{0198c0de-0000-7000-8000-0000000000a1}")
	f.Add("user/00000000-0000-0000-0000-000000000000")
	f.Add("group")
	f.Add("planet")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseName(text)
		if err != nil {
			require.ErrorIs(t, err, ErrName)
			return
		}
		again, err := ParseName(Name(a))
		require.NoError(t, err)
		require.Equal(t, a, again)
	})
}
