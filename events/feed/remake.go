package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events/pause"

	"github.com/nats-io/nats.go/jetstream"
)

// errFailed says that the engine has given up on the Feed's stream: of an embedded one nothing is written any more once
// a write or a sync has failed.
var errFailed = errors.New("the store of the feed has failed")

// deletedFor is how long a stream that was deleted may be in the way of the new one.
const deletedFor = 5 * time.Second

// suspect has the relay make the stream anew when an embedded engine cannot do what it was asked to: only a store that
// has failed, or cannot be read, makes it say so.
func (f *Feed) suspect(err error) {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok || api.Code < 500 || !f.engine.Embedded() {
		return
	}
	select {
	case f.failed <- err:
	default: // it is told already
	}
}

// remains is what the new stream has of the old one.
type remains struct {
	first     uint64 // the Record that it began with; 0: it had none
	next      uint64 // the sequence that follows its last
	consumers []reader
}

// reader is a durable consumer, and the oldest Record that it may not have read.
type reader struct {
	config jetstream.ConsumerConfig
	record uint64
}

// remake makes the stream anew, which is then filled again from the Log. Its sequences go on, and its durable consumers
// begin behind what was acknowledged to them. It may be called again when it fails; what it knows of the old stream is
// lost in a crash alone, after which subscriptions begin as they did when they were made.
func (f *Feed) remake(ctx context.Context, cause error) error {
	f.making.Lock()
	defer f.making.Unlock()
	if f.left == nil {
		f.logger.Error("the feed is made anew from the log", "error", cause)
		left, err := f.remember(ctx)
		if err != nil {
			return err
		}
		f.left = left
	}
	js := f.engine.JetStream()
	if err := js.DeleteStream(ctx, Stream); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("deleting the feed's stream: %w", err)
	}
	c := config()
	c.FirstSeq = f.left.next
	if err := f.create(ctx, c); err != nil {
		return err
	}
	for _, reader := range f.left.consumers {
		if _, err := f.stream.CreateConsumer(ctx, f.left.consumer(reader)); err != nil {
			return fmt.Errorf("making the consumer %s again: %w", reader.config.Durable, err)
		}
	}
	select {
	case <-f.failed: // that was the old one
	default:
	}
	f.logger.Info("the feed is there again, and filled", "from_record", f.left.first, "consumers",
		len(f.left.consumers))
	f.left = nil
	return nil
}

// create creates the stream as soon as the old one is out of the way.
func (f *Feed) create(ctx context.Context, c jetstream.StreamConfig) error {
	ctx, cancel := context.WithTimeout(ctx, deletedFor)
	defer cancel()
	for {
		_, err := f.engine.CreateStream(ctx, c)
		if err == nil {
			return nil
		}
		if ended := pause.For(ctx, 5*pollEvery); ended != nil {
			return fmt.Errorf("making the feed's stream anew: %w", err)
		}
	}
}

// remember reads what is to be kept of the stream, and notes with which Record it is filled again.
func (f *Feed) remember(ctx context.Context) (*remains, error) {
	info, err := f.info(ctx)
	if err != nil {
		return nil, err
	}
	at, err := f.place(ctx)
	if err != nil {
		return nil, err
	}
	left := &remains{next: info.State.LastSeq + 1}
	first, err := f.next(ctx, 1, Subjects)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
	case err != nil:
		return nil, err
	default:
		if left.first, err = recordOf(first); err != nil {
			return nil, err
		}
		if err := f.beginWith(ctx, left.first); err != nil {
			return nil, err
		}
	}
	left.consumers, err = f.readers(ctx, at)
	return left, err
}

// beginWith notes that the Feed keeps everything from that Record on.
func (f *Feed) beginWith(ctx context.Context, record uint64) error {
	a, revision, err := f.marks.load(ctx)
	if err != nil || a.First == record {
		return err
	}
	a.First = record
	_, err = f.marks.store(ctx, a, revision)
	return err
}

func (f *Feed) readers(ctx context.Context, at place) (all []reader, err error) {
	consumers := f.stream.ListConsumers(ctx)
	for info := range consumers.Info() {
		if info.Config.Durable == "" {
			continue // it is made anew by whoever made it
		}
		all = append(all, readerOf(info, at))
	}
	if err := consumers.Err(); err != nil {
		return nil, fmt.Errorf("listing the feed's consumers: %w", err)
	}
	return all, nil
}

// readerOf tells the oldest Record that a consumer may not have read: a message of the Feed follows for each Record,
// also where it was erased. Where nothing was acknowledged ever, the engine does not tell from where it reads; of a
// Subscription that began with what was new, its own Record does.
func readerOf(info *jetstream.ConsumerInfo, at place) reader {
	next := acknowledged(info) + 1
	r := reader{config: info.Config, record: max(next+at.record, at.tells) - at.tells}
	if s, ok := subscriptionOf(info); ok && s.Start.New {
		r.record = max(r.record, s.Made+1)
	}
	return r
}

// consumer returns the configuration by which the reader goes on in the new stream, in which a message follows for each
// Record.
func (l *remains) consumer(r reader) jetstream.ConsumerConfig {
	c := r.config
	c.DeliverPolicy, c.OptStartTime, c.OptStartSeq = jetstream.DeliverByStartSequencePolicy, nil, l.next
	if l.first > 0 {
		c.OptStartSeq += max(r.record, l.first) - l.first
	}
	return c
}
