package eventlog_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
)

// TestFullStoreRefusesAtOnce appends until the store has what it is granted: what comes then is refused without asking
// the engine, but for erasures.
func TestFullStoreRefusesAtOnce(t *testing.T) {
	e, err := engine.Start(t.Context(), engine.Options{StoreDir: t.TempDir(), MaxStore: 600_000})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close(context.Background())) })
	var last eventlog.AppendOutcome
	log, err := eventlog.Open(t.Context(), eventlog.Options{Engine: e, Master: seal.Generate(),
		OnAppend: func(o eventlog.AppendOutcome) { last = o }})
	require.NoError(t, err)
	t.Cleanup(log.Close)

	head, made := events.Head{}, []events.Record{}
	entry := func() eventlog.Entry {
		return eventlog.Entry{Drafts: []events.Draft{{Aggregate: events.User(uuid.New()),
			Event: events.UserCreated{Comment: strings.Repeat("x", 4000)}}}}
	}
	for range 1000 {
		var records []events.Record
		if records, err = log.Append(t.Context(), head, []eventlog.Entry{entry()}); err != nil {
			break
		}
		head, made = records[0].Head(), append(made, records...)
	}
	require.ErrorIs(t, err, eventlog.ErrFull)
	require.False(t, errors.Is(err, eventlog.ErrUnavailable), "its outcome is known")
	require.Zero(t, last.Attempts)
	require.Greater(t, len(made), 10)

	erasure := eventlog.Entry{Drafts: []events.Draft{{Aggregate: made[0].Aggregate, Key: made[0].Key,
		Event: events.UserErased{}}}}
	_, err = log.Append(t.Context(), head, []eventlog.Entry{erasure, entry()})
	require.ErrorIs(t, err, eventlog.ErrFull, "not along with anything else")
	_, err = log.Append(t.Context(), head, []eventlog.Entry{erasure})
	require.NoError(t, err)
	end, err := log.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, len(made)+1, end)
}
