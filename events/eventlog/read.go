package eventlog

import (
	"context"
	"errors"
	"fmt"

	"accountd/events"
)

// Read returns up to limit Records behind the sequence after, in order; none when after is the Log's end. It does not
// verify the chain, and a command's events may be cut off at the limit. It returns [GapError] or [RecordError] for a
// Log that cannot be read.
func (l *Log) Read(ctx context.Context, after uint64, limit int) ([]events.Record, error) {
	last, err := l.Last(ctx)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || after >= last {
		return nil, nil
	}
	until := min(last, after+uint64(limit))
	records := make([]events.Record, 0, until-after)
	codec := l.codec(ctx)
	r := reader{
		engine: l.engine, stream: Stream, next: after + 1, until: until, pull: replayPull, gapless: true, log: l.log,
	}
	err = r.read(ctx, func(batch []placedMsg) error {
		for _, m := range batch {
			record, err := codec.decode(m.sequence, m.msg)
			if err != nil {
				return unreadable(ctx, m.sequence, err)
			}
			records = append(records, record)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return records, nil
}

// Verify checks that the Log still holds the Record that anchor names, with that chain hash. It returns [ErrLogDiffers]
// when it does not. The zero Head is part of every Log.
func (l *Log) Verify(ctx context.Context, anchor events.Head) error {
	if anchor.Sequence == 0 {
		return nil
	}
	got, err := patientlyFor(ctx, l.patience(), func(ctx context.Context) (storedMessage, error) {
		return l.get(ctx, messageQuery{Sequence: anchor.Sequence})
	})
	if errors.Is(err, errNoMessage) {
		last, err := l.Last(ctx)
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: record %d was seen, now the log ends at %d", ErrLogDiffers, anchor.Sequence, last)
	}
	if err != nil {
		return err
	}
	if chain, err := readChain(got.msg.Header); err != nil || chain != anchor.Chain {
		return fmt.Errorf("%w: record %d is another one", ErrLogDiffers, anchor.Sequence)
	}
	return nil
}
