package eventlog

import (
	"context"
	"fmt"
	"sort"
	"time"
)

// At returns the sequence of the newest Record that is not later than the time, 0 when the Log began later. It asks for
// some twenty Records of a million: the times in a Log never go back.
func (l *Log) At(ctx context.Context, t time.Time) (uint64, error) {
	last, err := l.Last(ctx)
	if err != nil {
		return 0, err
	}
	n := sort.Search(int(last), func(i int) bool {
		if err != nil {
			return false
		}
		var at time.Time
		at, err = l.timeOf(ctx, uint64(i)+1)
		return at.After(t)
	})
	return uint64(n), err
}

// timeOf returns the time of the Record.
func (l *Log) timeOf(ctx context.Context, sequence uint64) (time.Time, error) {
	got, err := patientlyFor(ctx, l.patience(), func(ctx context.Context) (storedMessage, error) {
		return l.get(ctx, messageQuery{Sequence: sequence})
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("asking for record %d: %w", sequence, err)
	}
	var e envelope
	if _, err := e.readHeader(got.msg.Header); err != nil {
		return time.Time{}, RecordError{Sequence: sequence, Err: err}
	}
	r, err := e.record()
	if err != nil {
		return time.Time{}, RecordError{Sequence: sequence, Err: err}
	}
	return r.Time, nil
}
