package feed

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/events"
)

const day = 24 * time.Hour

// running lets an instance look once an hour for so long.
func running(t *testing.T, trims *trimmer, clock *time.Time, d time.Duration) {
	t.Helper()
	for range d / time.Hour {
		*clock = clock.Add(time.Hour)
		require.NoError(t, trims.look(t.Context(), time.Hour, *clock))
	}
}

func TestTheNewestMessageOutlivesRetention(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	w.create(5)
	w.relayed(f)
	clock := time.Now()
	trims := &trimmer{Feed: f}
	require.NoError(t, trims.look(t.Context(), 0, clock))
	running(t, trims, &clock, 2*day)
	w.create(2)
	w.relayed(f)
	running(t, trims, &clock, 5*day-6*time.Hour)
	w.requireRelayed(f, 1, 7)
	running(t, trims, &clock, 12*time.Hour) // Run looks, too, and each time it counts for both
	w.requireRelayed(f, 6, 7)
	running(t, trims, &clock, 3*day)
	w.requireRelayed(f, 7, 7)
	w.Reopen()
	f = w.open(Options{})
	_, looked, err := f.marks.load(t.Context())
	require.NoError(t, err)
	defer w.relaying(f)()
	require.Eventually(t, func() bool { // before there is a newer one, with which it would go
		_, now, err := f.marks.load(t.Context())
		return err == nil && now != looked
	}, 20*time.Second, time.Millisecond)
	w.create(2)
	require.NoError(t, f.Wait(t.Context(), w.head.Sequence))
	w.requireRelayed(f, 7, 9)
}

// TestAClockThatJumps has starts days ahead and behind, as after a battery that failed: what waits in the feed does not
// age by that.
func TestAClockThatJumps(t *testing.T) {
	w := newWorld(t)
	w.create(21)
	w.relayed(w.open(Options{}))
	for _, jump := range []time.Duration{8 * day, 0, 3650 * day, -8 * day, 0} {
		now := time.Now().Add(jump)
		f := w.open(Options{Now: func() time.Time { return now }})
		w.create(1)
		w.relayed(f)
		require.NoError(t, (&trimmer{Feed: f}).look(t.Context(), 0, now), "the first look of this start")
		w.Reopen()
	}
	w.requireRelayed(w.open(Options{}), 1, 26)
}

// TestAnEmptyFeedBeginsWithWhatIsKept goes by the clock only where nothing was ever relayed.
func TestAnEmptyFeedBeginsWithWhatIsKept(t *testing.T) {
	w := newWorld(t)
	w.create(5)
	f := w.open(Options{Keep: time.Nanosecond})
	w.relayed(f)
	w.requireRelayed(f, 5, 5)
	clock := time.Now()
	require.NoError(t, (&trimmer{Feed: f}).look(t.Context(), 0, clock))
	w.create(2)
	w.relayed(f)
	require.NoError(t, f.stream.Purge(t.Context())) // by somebody
	f = w.open(Options{Now: func() time.Time { return clock.Add(8 * day) }})
	w.create(1)
	w.relayed(f)
	w.requireRelayed(f, 5, 8)
}

// TestSeveralInstancesCountTimeOnce has two that look by turns, and one of them goes on alone.
func TestSeveralInstancesCountTimeOnce(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	w.create(1)
	w.relayed(f)
	clock := time.Now()
	one, other := &trimmer{Feed: f}, &trimmer{Feed: w.open(Options{})}
	for range day / trimEvery {
		clock = clock.Add(trimEvery / 2)
		require.NoError(t, one.look(t.Context(), trimEvery, clock))
		clock = clock.Add(trimEvery / 2)
		require.NoError(t, other.look(t.Context(), trimEvery, clock))
	}
	a, _, err := f.marks.load(t.Context())
	require.NoError(t, err)
	require.InDelta(t, day, a.Ran, float64(2*time.Hour))
	running(t, one, &clock, day)
	a, _, err = f.marks.load(t.Context())
	require.NoError(t, err)
	require.InDelta(t, 2*day, a.Ran, float64(2*time.Hour))
}

// TestWhatWasNotReadIsKept has a consumer that is not there for weeks: what waits for it is kept, said, and dropped at
// last.
func TestWhatWasNotReadIsKept(t *testing.T) {
	w := newWorld(t)
	var said strings.Builder
	f := w.open(Options{Logger: slog.New(slog.NewTextHandler(&said, nil))})
	w.create(5)
	w.relayed(f)
	consumer, err := f.stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "late",
		AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(t, err)
	for range 2 {
		_, done := w.take(consumer)
		done()
	}
	clock := time.Now()
	trims := &trimmer{Feed: f}
	require.NoError(t, trims.look(t.Context(), 0, clock))
	running(t, trims, &clock, 8*day)
	w.requireRelayed(f, 3, 5)
	require.Contains(t, said.String(), "late")
	running(t, trims, &clock, 18*day)
	w.requireRelayed(f, 3, 5)
	require.NotContains(t, said.String(), "are dropped")
	running(t, trims, &clock, 3*day)
	w.requireRelayed(f, 5, 5)
	require.Contains(t, said.String(), "are dropped")
}

// TestHolesAreFilledAgain has a feed that lacks messages in the middle, behind which the sequences do not fit any more.
func TestHolesAreFilledAgain(t *testing.T) {
	w := newWorld(t)
	f := w.open(Options{})
	records := w.create(3)
	w.relayed(f)
	require.NoError(t, (&trimmer{Feed: f}).look(t.Context(), 0, time.Now()))
	for _, record := range w.create(3)[1:] { // the fourth is left out
		msg, err := message(record)
		require.NoError(t, err)
		_, err = w.Engine.Publish(t.Context(), msg)
		require.NoError(t, err)
	}
	m := &mender{Feed: f}
	stop := w.relaying(f)
	defer stop()
	for i := range doubtful {
		whole, err := f.whole(t.Context())
		require.NoError(t, err)
		require.False(t, whole, "look %d", i)
		require.NoError(t, m.look(t.Context()))
	}
	w.append(events.Draft{Aggregate: events.User(uuid.New()), Event: records[0].Event})
	require.NoError(t, f.Wait(t.Context(), w.head.Sequence))
	w.requireRelayed(f, 1, 7)
	require.NoError(t, m.look(t.Context()))
	require.Zero(t, m.doubts)
}

// TestARelayThatIsRefused is told in the feed's health, with a warning, and as the age of what waits.
func TestARelayThatIsRefused(t *testing.T) {
	w := newWorld(t)
	var said strings.Builder
	ahead := time.Now().Add(time.Hour)
	f := w.open(Options{Now: func() time.Time { return ahead }, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	w.create(1)
	w.relayed(f)
	lag, err := f.Lag(t.Context())
	require.NoError(t, err)
	require.Zero(t, lag)
	config := f.stream.CachedInfo().Config
	config.MaxMsgSize = 1 // whatever comes is refused
	_, err = w.Engine.JetStream().UpdateStream(t.Context(), config)
	require.NoError(t, err)
	w.create(1)
	stop := w.relaying(f)
	require.Eventually(t, func() bool { return f.Health() != nil }, time.Minute, 10*time.Millisecond)
	require.ErrorIs(t, f.Health(), ErrNotRelayed)
	lag, err = f.Lag(t.Context())
	require.NoError(t, err)
	require.InDelta(t, time.Hour, lag, float64(time.Minute))
	config.MaxMsgSize = -1
	_, err = w.Engine.JetStream().UpdateStream(t.Context(), config)
	require.NoError(t, err)
	require.NoError(t, f.Wait(context.Background(), 2))
	require.Eventually(t, func() bool { return f.Health() == nil }, time.Minute, 10*time.Millisecond)
	stop()
	require.Contains(t, said.String(), "events wait to be relayed")
}
