package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// search returns the sequence of the first message that is there and for which the question is answered with yes, as it
// is for all behind it; the newest message's sequence plus one when there is none.
func (f *Feed) search(ctx context.Context, question func(*jetstream.RawStreamMsg) (bool, error)) (uint64, error) {
	info, err := f.stream.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("asking for the ends of the feed: %w", err)
	}
	first, last := max(info.State.FirstSeq, 1), info.State.LastSeq
	var failed error
	i := sort.Search(int(last+1-first), func(i int) bool {
		msg, err := f.next(ctx, first+uint64(i), Subjects)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return true // nothing is behind it
		}
		var yes bool
		if err == nil {
			yes, err = question(msg)
		}
		failed = errors.Join(failed, err)
		return yes || err != nil
	})
	return first + uint64(i), failed
}

// from returns the sequence of the message that tells of that Record, or of the first behind it that is kept.
func (f *Feed) from(ctx context.Context, record uint64) (uint64, error) {
	at, err := f.place(ctx)
	if err != nil {
		return 0, err
	}
	if at.record != 0 && record > at.record {
		return at.tells + (record - at.record), nil // it will come there
	}
	return f.search(ctx, func(msg *jetstream.RawStreamMsg) (bool, error) {
		sequence, err := recordOf(msg)
		return sequence >= record, err
	})
}

// since returns the sequence of the first message that tells of what happened at that time or later.
func (f *Feed) since(ctx context.Context, then time.Time) (uint64, error) {
	return f.search(ctx, func(msg *jetstream.RawStreamMsg) (bool, error) {
		var m Message
		err := json.Unmarshal(msg.Data, &m)
		return !m.Time.Before(then), err
	})
}
