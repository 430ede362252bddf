package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events"
	"accountd/events/seal"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
)

// MaxBatch is the largest number of events that one Append takes.
const MaxBatch = 1000

// Entry is one command's events.
type Entry struct {
	Command uuid.UUID
	Cause   events.Cause
	Drafts  []events.Draft
}

// AppendOutcome tells how one Append went.
type AppendOutcome struct {
	Commands int
	Records  int
	Attempts int           // requests to the engine, 1 unless it was unavailable
	Took     time.Duration // sealing included
	Err      error         // nil, or what Append returned
}

// Append seals, chains and appends all events of all entries as one unit directly behind head, and returns them as
// Follow will deliver them. A Draft without a key takes a fresh data key, which later Drafts of the same aggregate in
// this call share. Entries without Drafts append nothing.
//
// It returns [ErrConflict], [ErrUnavailable], [ErrFull], [ErrTooMany], [ErrTooLarge] or [ErrKeyGone]; it may be called
// again after any error. Calls run one after another.
func (l *Log) Append(ctx context.Context, head events.Head, entries []Entry) ([]events.Record, error) {
	l.appending.Lock()
	defer l.appending.Unlock()
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, l.patience())
	defer cancel()
	u := unit{log: l, head: head, codec: l.codec(ctx)}
	err := l.room(entries)
	if err == nil {
		err = u.append(ctx, entries)
		l.pulse.appended(u.attempts, err)
	}
	if l.onAppend != nil {
		l.onAppend(AppendOutcome{
			Commands: len(entries), Records: len(u.msgs), Attempts: u.attempts, Took: time.Since(start), Err: err,
		})
	}
	if err != nil {
		return nil, err
	}
	if len(u.records) > 0 {
		l.saw(u.records[len(u.records)-1].Sequence)
	}
	return u.records, nil
}

// unit is what one Append appends: all of it or nothing.
type unit struct {
	log   *Log
	head  events.Head // behind which it stands
	codec codec

	msgs     []*nats.Msg
	records  []events.Record
	fresh    []events.KeyID // keys taken from the pool
	attempts int
	unsure   bool // an attempt may have been stored of which the outcome is not known
}

func (u *unit) append(ctx context.Context, entries []Entry) error {
	err := u.build(ctx, entries)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if err == nil && len(u.msgs) > 0 {
		err = u.commit(ctx)
	}
	if u.attempts == 0 || errors.Is(err, ErrConflict) { // then nothing is sealed with them
		u.log.pool.giveBack(u.fresh)
	}
	return err
}

func (u *unit) build(ctx context.Context, entries []Entry) error {
	total := 0
	for _, entry := range entries {
		total += len(entry.Drafts)
	}
	if total > MaxBatch {
		return fmt.Errorf("%w: %d", ErrTooMany, total)
	}
	u.msgs = make([]*nats.Msg, 0, total)
	u.records = make([]events.Record, 0, total)
	shared := make(map[events.Aggregate]events.KeyID)
	clock, err := u.log.clock.stamp()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	previous, now := u.head, later(clock.UTC().Truncate(timeResolution), u.head.Time)
	for _, entry := range entries {
		for i, draft := range entry.Drafts {
			key, err := u.key(ctx, draft, shared)
			if err != nil {
				return err
			}
			msg, record, err := u.codec.encode(events.Record{
				Sequence:  previous.Sequence + 1,
				ID:        uuid.Must(uuid.NewV7()),
				Time:      now,
				Aggregate: draft.Aggregate,
				Type:      draft.Event.Type(),
				Event:     draft.Event,
				Cause:     entry.Cause,
				Command:   entry.Command,
				Index:     i + 1,
				Of:        len(entry.Drafts),
				Assigned:  assigned(draft.Event),
				Key:       key,
			}, previous.Chain)
			if err != nil {
				return err
			}
			u.msgs, u.records = append(u.msgs, msg), append(u.records, record)
			previous = record.Head()
		}
	}
	return nil
}

// key returns the data key that seals a draft.
func (u *unit) key(ctx context.Context, draft events.Draft, shared map[events.Aggregate]events.KeyID) (events.KeyID,
	error) {
	if !draft.Key.IsZero() {
		return draft.Key, nil
	}
	if id, ok := shared[draft.Aggregate]; ok {
		return id, nil
	}
	id, err := u.log.pool.take(ctx)
	if err != nil {
		return events.KeyID{}, err
	}
	shared[draft.Aggregate] = id
	u.fresh = append(u.fresh, id)
	return id, nil
}

func assigned(e events.Event) events.Number {
	if n, ok := e.(events.Numbered); ok {
		return n.Assigned()
	}
	return events.Number{}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// codec returns a codec whose key look-ups end with ctx.
func (l *Log) codec(ctx context.Context) codec {
	return codec{keys: func(id events.KeyID) (seal.DataKey, error) { return l.keys.get(ctx, id) }}
}
