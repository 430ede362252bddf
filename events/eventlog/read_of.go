package eventlog

import (
	"context"
	"errors"
	"fmt"

	"accountd/events"
)

// errEnough ends a read that has as many Records as were asked for.
var errEnough = errors.New("as many as asked for")

// ReadOf is Read for one aggregate alone, or, when its ID is zero, for all of its kind: it returns their first Records
// behind the sequence after, up to limit. Fewer than that are all there are.
func (l *Log) ReadOf(ctx context.Context, of events.Aggregate, after uint64, limit int) ([]events.Record, error) {
	subject := of.Subjects()
	last, err := l.lastOf(ctx, subject)
	if err != nil || limit <= 0 || last <= after {
		return nil, err
	}
	var records []events.Record
	codec := l.codec(ctx)
	r := reader{
		engine: l.engine, stream: Stream, subject: subject, next: after + 1, until: last, pull: min(limit, replayPull),
		log: l.log,
	}
	err = r.read(ctx, func(batch []placedMsg) error {
		for _, m := range batch {
			record, err := codec.decode(m.sequence, m.msg)
			if err != nil {
				return unreadable(ctx, m.sequence, err)
			}
			if records = append(records, record); len(records) == limit {
				return errEnough
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return records, nil
}

// lastOf returns the sequence of the newest Record on the subject, which may have wildcards, 0 when there is none. Of a
// shared Log it asks only once the leader has all that was seen: what a server that is behind took for the newest would
// hide the rest.
func (l *Log) lastOf(ctx context.Context, subject string) (uint64, error) {
	got, err := patientlyFor(ctx, l.patience(), func(ctx context.Context) (storedMessage, error) {
		if l.Shared() {
			if _, err := l.end(ctx); err != nil {
				return storedMessage{}, err
			}
		}
		return l.get(ctx, messageQuery{LastFor: subject})
	})
	if errors.Is(err, errNoMessage) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("asking for the newest of %s: %w", subject, err)
	}
	return got.sequence, nil
}
