package eventlog_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestAppendReturnsWhatFollowDelivers appends events of every shape, one and several at a time, and reads them by every
// way.
func TestAppendReturnsWhatFollowDelivers(t *testing.T) {
	env := testlog.Start(t)
	user := events.User(uuid.New())
	created, head := extend(t, env.Log, events.Head{},
		eventlog.Entry{Drafts: []events.Draft{{Aggregate: user, Event: newUser(1)}}})
	key := created[0].Key
	cause := events.Cause{
		Actor: user.ID.String(), Credential: "signing-key:AK 1%\r\nacc-actor: x", Dialect: "e24",
		RequestID:   " spaced\x00é ",
		TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Address: "2001:db8::7", AddressKey: key,
	}
	local := time.Date(2030, 1, 2, 3, 4, 5, 6, time.FixedZone("CET", 3600))
	more, _ := extend(t, env.Log, head,
		eventlog.Entry{Command: uuid.New(), Cause: cause, Drafts: []events.Draft{
			{Aggregate: user, Key: key, Event: events.ProfileUpdated{FirstName: new("<Žofie>"), LastName: new("")}},
			{Aggregate: user, Key: key, Event: events.SSHKeyAdded{Number: 5, Title: "laptop"}},
			{Aggregate: user, Key: key, Event: events.MembershipChanged{Groups: &[]uuid.UUID{}}},
			{Aggregate: user, Key: key, Event: events.APIKeyAdded{APIKey: events.APIKey{ExpiresAt: local,
				AllowedIPs: []string{}}}},
		}},
		eventlog.Entry{}, // a command that changes nothing
		eventlog.Entry{Command: uuid.New(), Cause: events.Cause{Actor: events.System, Address: "192.0.2.1"},
			Drafts: []events.Draft{
				{Aggregate: events.User(uuid.New()), Event: events.UserCreated{Username: "no number"}},
			}},
		create(3),
	)
	want := append(created, more...)
	require.Len(t, want, 9)
	require.Equal(t, want, follow(t, env.Log, events.Head{}, 9))
	require.Equal(t, want[1:], follow(t, env.Log, head, 9))
	read, err := env.Log.Read(t.Context(), 0, 100)
	require.NoError(t, err)
	require.Equal(t, want, read)
	env.Reopen()
	require.Equal(t, want, follow(t, env.Log, events.Head{}, 9))
	require.Equal(t, want, follow(t, env.Another(), events.Head{}, 9))

	require.Equal(t, cause, want[1].Cause)
	require.Equal(t, events.Cause{Actor: events.System}, want[5].Cause, "an address without a key is not recorded")
	require.Equal(t, events.Number{Kind: events.SSHKeyNumber, Value: 5}, want[2].Assigned)
	require.Equal(t, events.Number{}, want[5].Assigned)
	for i, r := range want {
		require.EqualValues(t, i+1, r.Sequence)
		require.Equal(t, uuid.Version(7), r.ID.Version())
		require.Equal(t, time.UTC, r.Time.Location())
	}
	require.Equal(t, []int{1, 1, 2, 3, 4, 1, 1, 2, 3}, fields(want, func(r events.Record) int { return r.Index }))
	require.Equal(t, []int{1, 4, 4, 4, 4, 1, 3, 3, 3}, fields(want, func(r events.Record) int { return r.Of }))
}

func fields[T any](records []events.Record, field func(events.Record) T) (all []T) {
	for _, r := range records {
		all = append(all, field(r))
	}
	return all
}

func TestAppendSharesAFreshKey(t *testing.T) {
	env := testlog.Start(t)
	a, b := events.User(uuid.New()), events.User(uuid.New())
	records, _ := extend(t, env.Log, events.Head{},
		eventlog.Entry{Drafts: []events.Draft{{Aggregate: a, Event: newUser(1)}, {Aggregate: b, Event: newUser(2)}}},
		eventlog.Entry{Drafts: []events.Draft{{Aggregate: a, Event: events.UserDisabled{}}}},
	)
	require.Equal(t, records[0].Key, records[2].Key)
	require.NotEqual(t, records[0].Key, records[1].Key)
	require.False(t, records[0].Key.IsZero())
}

func TestTimeNeverGoesBack(t *testing.T) {
	env := testlog.Start(t)
	_, head := extend(t, env.Log, events.Head{}, create(1))
	head.Time = head.Time.Add(time.Hour) // as if this instance's clock had been wrong
	ahead, head := extend(t, env.Log, head, create(1))
	require.Equal(t, head.Time, ahead[0].Time)
	require.Equal(t, ahead[0].Time, follow(t, env.Log, events.Head{}, 2)[1].Time)
}

func TestAppendNothing(t *testing.T) {
	env := testlog.Start(t)
	records, err := env.Log.Append(t.Context(), events.Head{Sequence: 7}, []eventlog.Entry{{}, {}})
	require.NoError(t, err)
	require.Empty(t, records)
}

func TestConflict(t *testing.T) {
	env := testlog.Start(t)
	_, head := extend(t, env.Log, events.Head{}, create(2))
	for _, size := range []int{1, 5} {
		for _, wrong := range []events.Head{{}, {Sequence: 1}, {Sequence: 3}} {
			_, err := env.Log.Append(t.Context(), wrong, []eventlog.Entry{create(size)})
			require.ErrorIs(t, err, eventlog.ErrConflict)
			require.NotErrorIs(t, err, eventlog.ErrUnavailable)
		}
	}
	extend(t, env.Log, head, create(1))
	require.Len(t, follow(t, env.Log, events.Head{}, 3), 3)
}

func TestLimits(t *testing.T) {
	env := testlog.Start(t)
	_, err := env.Log.Append(t.Context(), events.Head{}, []eventlog.Entry{create(eventlog.MaxBatch), create(1)})
	require.ErrorIs(t, err, eventlog.ErrTooMany)

	large := create(1)
	large.Drafts[0].Event = events.UserCreated{Comment: strings.Repeat("x", 9<<20)}
	_, err = env.Log.Append(t.Context(), events.Head{}, []eventlog.Entry{large})
	require.ErrorIs(t, err, eventlog.ErrTooLarge)
	_, err = env.Log.Append(t.Context(), events.Head{}, []eventlog.Entry{large, create(1)})
	require.ErrorIs(t, err, eventlog.ErrTooLarge)

	wordy := create(1)
	wordy.Cause.RequestID = strings.Repeat("\x00", 20<<10)
	_, err = env.Log.Append(t.Context(), events.Head{}, []eventlog.Entry{wordy})
	require.ErrorIs(t, err, eventlog.ErrTooLarge)

	records, _ := extend(t, env.Log, events.Head{}, create(eventlog.MaxBatch))
	require.Equal(t, records, follow(t, env.Log, events.Head{}, eventlog.MaxBatch))
}

// unregistered is an event that Unmarshal does not know.
type unregistered struct{}

func (unregistered) Type() string { return "Unregistered.v1" }

// TestAppendRefusesWhatCannotBeReadBack keeps the Log readable: nothing gets in that a reader would stop at.
func TestAppendRefusesWhatCannotBeReadBack(t *testing.T) {
	env := testlog.Start(t)
	entry := create(2)
	entry.Drafts[1].Event = unregistered{}
	_, err := env.Log.Append(t.Context(), events.Head{}, []eventlog.Entry{entry})
	require.ErrorIs(t, err, events.UnknownTypeError{Name: "Unregistered.v1"})
	entry = create(1)
	entry.Drafts[0].Aggregate.Kind = "planet"
	_, err = env.Log.Append(t.Context(), events.Head{}, []eventlog.Entry{entry})
	require.ErrorIs(t, err, events.ErrSubject)
	last, err := env.Log.Last(t.Context())
	require.NoError(t, err)
	require.Zero(t, last)
}

func TestAppendEndsWithItsContext(t *testing.T) {
	env := testlog.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := env.Log.Append(ctx, events.Head{}, []eventlog.Entry{create(1)})
	require.ErrorIs(t, err, eventlog.ErrUnavailable)
	require.ErrorIs(t, err, context.Canceled)
}

func TestOnAppend(t *testing.T) {
	env := testlog.Start(t)
	var seen []eventlog.AppendOutcome
	log, err := eventlog.Open(t.Context(), eventlog.Options{
		Engine: env.Engine, Master: env.Master, OnAppend: func(o eventlog.AppendOutcome) { seen = append(seen, o) },
	})
	require.NoError(t, err)
	defer log.Close()
	extend(t, log, events.Head{}, create(2), create(1))
	_, err = log.Append(t.Context(), events.Head{}, []eventlog.Entry{create(1)})
	require.Len(t, seen, 2)
	require.Positive(t, seen[0].Took)
	seen[0].Took = 0
	require.Equal(t, eventlog.AppendOutcome{Commands: 2, Records: 3, Attempts: 1}, seen[0])
	require.Equal(t, err, seen[1].Err)
}

// TestRacingInstances lets 16 instances append to one Log, alone and in batches; who loses a race catches up and tries
// again.
func TestRacingInstances(t *testing.T) {
	const instances, each = 16, 6
	env := testlog.Start(t)
	var mu sync.Mutex
	var appended []uuid.UUID
	logs := make([]*eventlog.Log, instances)
	for i := range logs { // before anything is appended: who opens an embedded log takes it for his own
		logs[i] = env.Another()
	}
	var work sync.WaitGroup
	for i, log := range logs {
		work.Go(func() {
			head := events.Head{}
			for range each {
				records := appendUntilDone(t, log, &head, create(1+i%3))
				mu.Lock()
				appended = append(appended, fields(records, func(r events.Record) uuid.UUID { return r.ID })...)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	// Follow proves that there is no hole, no half command and no break in the chain.
	all := follow(t, env.Log, events.Head{}, uint64(len(appended)))
	require.ElementsMatch(t, appended, fields(all, func(r events.Record) uuid.UUID { return r.ID }))
	last, err := env.Log.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, len(appended), last)
}

// appendUntilDone is what a committer does: on a conflict it catches up and tries again.
func appendUntilDone(t *testing.T, log *eventlog.Log, head *events.Head, entry eventlog.Entry) []events.Record {
	for {
		records, err := log.Append(t.Context(), *head, []eventlog.Entry{entry})
		if err == nil {
			*head = records[len(records)-1].Head()
			return records
		}
		if !errors.Is(err, eventlog.ErrConflict) {
			t.Errorf("append: %v", err)
			return nil
		}
		newer, err := log.Read(t.Context(), head.Sequence, eventlog.MaxBatch)
		if err != nil || len(newer) == 0 {
			t.Errorf("catching up: %d records, %v", len(newer), err)
			return nil
		}
		*head = newer[len(newer)-1].Head()
	}
}

// TestEverythingAtOnce is for the race detector.
func TestEverythingAtOnce(t *testing.T) {
	const commands = 60
	env := testlog.Start(t)
	first, head := extend(t, env.Log, events.Head{}, create(2))
	var work sync.WaitGroup
	for range 2 {
		work.Go(func() {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			seen := uint64(0)
			err := env.Log.Follow(ctx, events.Head{}, func(records []events.Record) error {
				for _, r := range records {
					seen++
					if r.Sequence != seen {
						t.Errorf("record %d came as number %d", r.Sequence, seen)
					}
				}
				if records[0].Index != 1 || records[len(records)-1].Index != records[len(records)-1].Of {
					t.Errorf("half a command at %d", seen)
				}
				if seen >= 2+commands*10 {
					stop()
				}
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("follow: %v", err)
			}
		})
	}
	work.Go(func() {
		for range 20 {
			if _, err := env.Log.Read(t.Context(), 0, 50); err != nil {
				t.Errorf("read: %v", err)
			}
		}
	})
	work.Go(func() {
		if err := env.Log.Destroy(t.Context(), first[0].Key); err != nil {
			t.Errorf("destroy: %v", err)
		}
	})
	for range commands {
		_, head = extend(t, env.Log, head, create(10))
	}
	work.Wait()
}
