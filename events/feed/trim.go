package feed

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// trimAlways drops what is too old, now and then until ctx ends.
func (f *Feed) trimAlways(ctx context.Context) {
	for {
		if err := f.Trim(ctx, time.Now().Add(-f.keep)); err != nil && ctx.Err() == nil {
			f.logger.Warn("old messages of the feed were not dropped", "error", err)
		}
		if pause(ctx, trimEvery) != nil {
			return
		}
	}
}

// Trim drops the messages that came into the Feed before then, all but the newest.
func (f *Feed) Trim(ctx context.Context, then time.Time) error {
	info, err := f.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("asking for the feed's oldest message: %w", err)
	}
	if info.State.Msgs < 2 || !info.State.FirstTime.Before(then) {
		return nil
	}
	first, err := f.search(ctx, func(msg *jetstream.RawStreamMsg) (bool, error) {
		return !msg.Time.Before(then) || msg.Sequence >= info.State.LastSeq, nil
	})
	if err != nil {
		return err
	}
	if err := f.stream.Purge(ctx, jetstream.WithPurgeSequence(first)); err != nil {
		return fmt.Errorf("dropping old messages of the feed: %w", err)
	}
	return nil
}

// next returns the first message from that sequence on that fits the filter. The error is jetstream.ErrMsgNotFound when there
// is none.
func (f *Feed) next(ctx context.Context, from uint64, filter string) (*jetstream.RawStreamMsg, error) {
	msg, err := f.stream.GetMsg(ctx, from, jetstream.WithGetMsgSubject(filter))
	if err != nil {
		return nil, fmt.Errorf("reading the feed from %d: %w", from, err)
	}
	return msg, nil
}
