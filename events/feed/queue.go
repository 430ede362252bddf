package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Queue is a durable consumer that hands out one message at a time, the next one when the one before is done, to whichever
// instance asks: for deliveries in order. It is not for outside subscribers.
//
// When a Queue begins anew, another consumer takes the place of its consumer, and that one ends when the other is there. So
// instances that do it at the same time do the same, and none finds no consumer and begins with From.
type Queue struct {
	ID     string // of letters, digits and "-"
	Filter Filter
	// From is the Record with which the Queue begins.
	From uint64
	// Made is the sequence of the Record by which there is this Queue. One that was made by an older Record begins anew where it
	// stands, with no message handed out before.
	Made uint64
	// Busy is how long a message may be out before it is handed out again.
	Busy time.Duration
}

// queueConsumer names one of the consumers that a Queue has had; the newest one counts.
type queueConsumer struct {
	id       string
	made     uint64
	rewinds  uint64 // since it was made
	consumer *jetstream.ConsumerInfo
}

const queuePrefix = "QUEUE_" // no subscription has such a name

func (c queueConsumer) name() string {
	return fmt.Sprintf("%s%s_%d_%d", queuePrefix, c.id, c.made, c.rewinds)
}

func queueConsumerOf(info *jetstream.ConsumerInfo) (c queueConsumer, ok bool) {
	rest, ok := strings.CutPrefix(info.Name, queuePrefix)
	id, numbers, ok2 := strings.Cut(rest, "_")
	c = queueConsumer{id: id, consumer: info}
	_, err := fmt.Sscanf(numbers, "%d_%d", &c.made, &c.rewinds)
	return c, ok && ok2 && err == nil
}

func (c queueConsumer) compare(other queueConsumer) int {
	return cmp.Or(cmp.Compare(c.made, other.made), cmp.Compare(c.rewinds, other.rewinds))
}

// ErrEmpty is returned by [Feed.OpenQueue] for a new Queue while the Feed tells of no Record at all, as before the relay has begun:
// where the Queue begins is not known then.
var ErrEmpty = errors.New("the feed is empty")

// OpenQueue makes the Queue what it says, and returns its consumer, or [ErrEmpty].
func (f *Feed) OpenQueue(ctx context.Context, q Queue) (jetstream.Consumer, error) {
	all, err := f.queueConsumers(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		if at, err := f.place(ctx); err != nil || at.record == 0 {
			return nil, errors.Join(err, ErrEmpty)
		}
		from, err := f.from(ctx, q.From)
		if err != nil {
			return nil, err
		}
		return f.makeQueue(ctx, q, queueConsumer{id: q.ID, made: q.Made}, from)
	}
	newest := all[len(all)-1]
	have := newest.consumer.Config
	if newest.made < q.Made {
		from := max(newest.consumer.AckFloor.Stream+1, have.OptStartSeq)
		return f.replaceQueue(ctx, q, queueConsumer{id: q.ID, made: q.Made}, from, all)
	}
	if slices.Equal(have.FilterSubjects, q.Filter.Subjects()) && have.AckWait == q.Busy {
		return f.stream.Consumer(ctx, newest.name())
	}
	have.FilterSubjects, have.AckWait = q.Filter.Subjects(), q.Busy
	consumer, err := f.stream.UpdateConsumer(ctx, have)
	if err != nil {
		return nil, fmt.Errorf("changing the queue %s: %w", q.ID, err)
	}
	return consumer, nil
}

func (f *Feed) makeQueue(ctx context.Context, q Queue, as queueConsumer, from uint64) (jetstream.Consumer, error) {
	consumer, err := f.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: as.name(), FilterSubjects: q.Filter.Subjects(), DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from,
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.Busy, MaxAckPending: 1,
	})
	if errors.Is(err, jetstream.ErrConsumerExists) { // another instance was faster
		consumer, err = f.stream.Consumer(ctx, as.name())
	}
	if err != nil {
		return nil, fmt.Errorf("making the queue %s: %w", q.ID, err)
	}
	return consumer, nil
}

func (f *Feed) replaceQueue(ctx context.Context, q Queue, as queueConsumer, from uint64, before []queueConsumer) (jetstream.Consumer, error) {
	consumer, err := f.makeQueue(ctx, q, as, from)
	if err != nil {
		return nil, err
	}
	return consumer, f.endQueueConsumers(ctx, before)
}

// Rewind has the Queue hand out everything from that Record on, as far as it is kept.
func (f *Feed) Rewind(ctx context.Context, q Queue, record uint64) error {
	all, err := f.queueConsumers(ctx, q.ID)
	if err != nil {
		return err
	}
	from, err := f.from(ctx, record)
	if err != nil {
		return err
	}
	next := queueConsumer{id: q.ID, made: q.Made}
	if len(all) > 0 {
		newest := all[len(all)-1]
		next.made, next.rewinds = newest.made, newest.rewinds+1
	}
	_, err = f.replaceQueue(ctx, q, next, from, all)
	return err
}

// CloseQueue ends a Queue for good. One that is not there is no error.
func (f *Feed) CloseQueue(ctx context.Context, id string) error {
	all, err := f.queueConsumers(ctx, id)
	if err != nil {
		return err
	}
	return f.endQueueConsumers(ctx, all)
}

func (f *Feed) endQueueConsumers(ctx context.Context, all []queueConsumer) error {
	for _, c := range all {
		err := f.stream.DeleteConsumer(ctx, c.name())
		if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return fmt.Errorf("ending a consumer of the queue %s: %w", c.id, err)
		}
	}
	return nil
}

// Queues returns the ids of all Queues that were made by Records up to that one.
func (f *Feed) Queues(ctx context.Context, record uint64) (ids []string, err error) {
	all, err := f.queueConsumers(ctx, "")
	for _, c := range all {
		if c.made <= record && !slices.Contains(ids, c.id) {
			ids = append(ids, c.id)
		}
	}
	return ids, err
}

// queueConsumers returns the consumers of the Queue of that id, or of all Queues, the newest last.
func (f *Feed) queueConsumers(ctx context.Context, id string) (all []queueConsumer, err error) {
	consumers := f.stream.ListConsumers(ctx)
	for info := range consumers.Info() {
		if c, ok := queueConsumerOf(info); ok && (id == "" || id == c.id) {
			all = append(all, c)
		}
	}
	if err := consumers.Err(); err != nil {
		return nil, fmt.Errorf("listing the feed's consumers: %w", err)
	}
	slices.SortFunc(all, queueConsumer.compare)
	return all, nil
}

// ErrNoMessage is returned by [Feed.Message] for a Record of which the Feed does not tell: not yet, or no more.
var ErrNoMessage = errors.New("the feed does not tell of that record")

// Message returns the message that tells of that Record.
func (f *Feed) Message(ctx context.Context, record uint64) (*jetstream.RawStreamMsg, error) {
	from, err := f.from(ctx, record)
	if err != nil {
		return nil, err
	}
	msg, err := f.next(ctx, from, Subjects)
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && msg.Header.Get(headerMsgID) != decimal(record) {
		return nil, ErrNoMessage
	}
	return msg, err
}
