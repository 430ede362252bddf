package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events/pause"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// patienceWithReaders says how many times a Retention a message waits for a durable consumer that has not read it.
	patienceWithReaders = 4
	// clocksApart is how far the clocks of a cluster's servers may be from each other: one says when a consumer was
	// made, another when a message came.
	clocksApart = time.Minute
)

// tend drops what is too old, and compares the Feed's copies, now and then until ctx ends.
func (f *Feed) tend(ctx context.Context) {
	t := trimmer{Feed: f}
	m := mender{Feed: f}
	for looked := time.Now(); ; {
		ran := time.Since(looked)
		looked = looked.Add(ran)
		if err := t.look(ctx, ran, f.now()); err != nil && ctx.Err() == nil {
			f.logger.Warn("old messages of the feed were not dropped", "error", err)
			f.suspect(err)
		}
		if err := m.look(ctx); err != nil && ctx.Err() == nil {
			f.logger.Warn("the copies of the feed were not compared", "error", err)
			f.suspect(err)
		}
		if pause.For(ctx, m.next(trimEvery)) != nil {
			return
		}
	}
}

// trimmer lets the Feed age, and drops what is too old.
type trimmer struct {
	*Feed
	revision uint64 // of the age when this instance looked last
}

// look counts the time since this instance looked last, unless another one has counted it, and drops what is too old by
// then.
func (t *trimmer) look(ctx context.Context, ran time.Duration, clock time.Time) error {
	a, revision, err := t.marks.load(ctx)
	if err != nil {
		return err
	}
	started := t.revision == 0
	counted := !started && revision != t.revision
	t.revision = revision
	if counted {
		return nil
	}
	switch { // how long nobody ran is known by the clock alone, which may say anything
	case revision == 0:
		ran = 0
	case started:
		ran = min(max(clock.Sub(a.Clock), 0), trimEvery)
	}
	at, err := t.place(ctx)
	if err != nil || at.record == 0 {
		return err
	}
	a.passed(ran, clock, at.record)
	if err := t.drop(ctx, &a, at); err != nil {
		return err
	}
	t.revision, err = t.marks.store(ctx, a, revision)
	return err
}

// drop drops what is old and was read, and what is so old that no reader is waited for; never the newest message.
func (t *trimmer) drop(ctx context.Context, a *age, at place) error {
	first, err := t.next(ctx, 1, Subjects)
	if err != nil {
		return err
	}
	if a.First, err = recordOf(first); err != nil {
		return err
	}
	old := min(a.old(t.keep), at.record-1)
	if old < a.First {
		return nil
	}
	slow, err := t.slowest(ctx, clocksApart)
	if err != nil {
		return err
	}
	old = t.spare(a, old, slow)
	if old < a.First {
		return nil
	}
	end, err := t.from(ctx, old+1)
	if err != nil {
		return err
	}
	if err := t.stream.Purge(ctx, jetstream.WithPurgeSequence(end)); err != nil {
		return fmt.Errorf("dropping old messages of the feed: %w", err)
	}
	a.begin(old + 1)
	return nil
}

// spare returns up to which Record is dropped when everything up to old is to be, and somebody may not have read it.
func (t *trimmer) spare(a *age, old uint64, slow reading) uint64 {
	if slow.record == 0 || slow.record > old {
		return old
	}
	lost := min(a.old(patienceWithReaders*t.keep), old)
	if lost < slow.record {
		t.logger.Warn("old messages of the feed are kept for a consumer that has not read them, for now", "consumer",
			slow.consumer, "from_record", slow.record, "dropped_after", patienceWithReaders*t.keep)
		return slow.record - 1
	}
	t.logger.Error("messages of the feed are dropped that a consumer has not read; GET /v1/events has them", "consumer",
		slow.consumer, "from_record", slow.record, "to_record", lost)
	return lost
}

// reading is how far a durable consumer is.
type reading struct {
	consumer string
	record   uint64 // the oldest that it may not have read; 0: it has read all
}

// slowest returns the durable consumer that is behind all others. What it wants not is taken for unread, too, until it
// has read something behind it.
func (f *Feed) slowest(ctx context.Context, apart time.Duration) (slow reading, err error) {
	var floor uint64
	consumers := f.stream.ListConsumers(ctx)
	for info := range consumers.Info() {
		if info.Config.Durable == "" || info.NumPending+uint64(info.NumAckPending) == 0 {
			continue
		}
		next, err := f.unread(ctx, info, apart)
		if err != nil {
			return reading{}, err
		}
		if floor == 0 || next < floor {
			floor, slow.consumer = next, info.Name
		}
	}
	if err := consumers.Err(); err != nil {
		return reading{}, fmt.Errorf("asking how far the feed's consumers are: %w", err)
	}
	if floor == 0 {
		return reading{}, nil
	}
	msg, err := f.next(ctx, floor, Subjects)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return reading{}, nil
	}
	if err != nil {
		return reading{}, err
	}
	slow.record, err = recordOf(msg)
	return slow, err
}

// unread returns the sequence of the oldest message that a consumer may not have read. Of one that began with what was
// new and has acknowledged nothing, a cluster does not tell with which message that was; the time when it was made
// does.
func (f *Feed) unread(ctx context.Context, info *jetstream.ConsumerInfo, apart time.Duration) (uint64, error) {
	next := acknowledged(info) + 1
	if info.Config.DeliverPolicy != jetstream.DeliverNewPolicy || next > 1 {
		return next, nil
	}
	began, err := f.search(ctx, func(msg *jetstream.RawStreamMsg) (bool, error) {
		return !msg.Time.Before(info.Created.Add(-apart)), nil
	})
	return max(next, began), err
}

// acknowledged returns the sequence up to which a consumer has read everything or wants nothing, as far as the engine
// tells.
func acknowledged(info *jetstream.ConsumerInfo) uint64 {
	done := max(info.AckFloor.Stream+1, info.Config.OptStartSeq) - 1
	if info.NumAckPending == 0 {
		done = max(done, info.Delivered.Stream)
	}
	return done
}

// next returns the first message from that sequence on that fits the filter. The error is jetstream.ErrMsgNotFound when
// there is none.
func (f *Feed) next(ctx context.Context, from uint64, filter string) (*jetstream.RawStreamMsg, error) {
	msg, err := f.stream.GetMsg(ctx, from, jetstream.WithGetMsgSubject(filter))
	if err != nil {
		return nil, fmt.Errorf("reading the feed from %d: %w", from, err)
	}
	return msg, nil
}
