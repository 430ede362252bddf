package eventlog_test

import (
	"testing"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestReadOf(t *testing.T) {
	env := testlog.Start(t)
	none, err := env.Log.ReadOf(t.Context(), events.User(uuid.New()), 0, 10)
	require.NoError(t, err)
	require.Empty(t, none)

	all, head := extend(t, env.Log, events.Head{}, create(300))
	first := all[0]
	change := eventlog.Entry{Command: uuid.New(),
		Drafts: []events.Draft{{Aggregate: first.Aggregate, Key: first.Key, Event: events.UserDisabled{}}}}
	changed, head := extend(t, env.Log, head, change)
	more, _ := extend(t, env.Log, head, create(2))
	own := append(all[:1:1], changed...)
	everybody := append(append(all[:300:300], changed...), more...)

	for _, c := range []struct {
		of           events.Aggregate
		after, limit int
		want         []events.Record
	}{
		{first.Aggregate, 0, 10, own}, {first.Aggregate, 0, 2, own}, {first.Aggregate, 0, 1, own[:1]},
		{first.Aggregate, 1, 10, own[1:]}, {first.Aggregate, 301, 10, nil}, {first.Aggregate, 900, 10, nil},
		{first.Aggregate, 0, 0, nil},
		{events.User(uuid.Nil), 0, 1000, everybody}, {events.User(uuid.Nil), 299, 2, everybody[299:301]},
		{events.Group(uuid.Nil), 0, 1000, nil}, {events.Group(first.Aggregate.ID), 0, 1000, nil},
	} {
		got, err := env.Log.ReadOf(t.Context(), c.of, uint64(c.after), c.limit)
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%v after %d", c.of, c.after)
	}
}

func TestAt(t *testing.T) {
	env := testlog.Start(t)
	at := func(when time.Time) uint64 {
		n, err := env.Log.At(t.Context(), when)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, at(time.Now()))
	var all []events.Record
	head := events.Head{}
	for range 20 {
		var made []events.Record
		made, head = extend(t, env.Log, head, create(1))
		all = append(all, made...)
	}
	for i, r := range all {
		require.GreaterOrEqual(t, at(r.Time), r.Sequence)
		if i > 0 && all[i-1].Time.Before(r.Time) {
			require.Equal(t, r.Sequence-1, at(r.Time.Add(-time.Nanosecond)))
		}
	}
	require.Zero(t, at(all[0].Time.Add(-time.Nanosecond)))
	require.EqualValues(t, 20, at(time.Now().Add(time.Hour)))
}
