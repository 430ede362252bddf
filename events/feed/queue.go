package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Queue is a durable consumer that hands out one message at a time, the next one when the one before is done, to whichever
// instance asks: for deliveries in order. It is not for outside subscribers.
type Queue struct {
	ID     string // of letters, digits and "-"
	Filter Filter
	// From is the Record with which a new Queue begins.
	From uint64
	// Made is the sequence of the Record by which there is this Queue. One that was made by an older Record begins anew where it
	// stands, with no message handed out before.
	Made uint64
	// Busy is how long a message may be out before it is handed out again.
	Busy time.Duration
}

const (
	queuePrefix  = "QUEUE_" // no subscription has such a name
	queueMadeKey = "accountd-queue-made"
)

// OpenQueue makes the Queue what it says, and returns its consumer.
func (f *Feed) OpenQueue(ctx context.Context, q Queue) (jetstream.Consumer, error) {
	consumer, err := f.stream.Consumer(ctx, queuePrefix+q.ID)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		from, err := f.from(ctx, q.From)
		if err != nil {
			return nil, err
		}
		return f.makeQueue(ctx, q, from)
	}
	if err != nil {
		return nil, fmt.Errorf("looking for the queue %s: %w", q.ID, err)
	}
	have := consumer.CachedInfo()
	switch {
	case made(have) < q.Made:
		return f.restartQueue(ctx, q, max(have.AckFloor.Stream+1, have.Config.OptStartSeq))
	case slices.Equal(have.Config.FilterSubjects, q.Filter.Subjects()) && have.Config.AckWait == q.Busy:
		return consumer, nil
	}
	changed := have.Config
	changed.FilterSubjects, changed.AckWait = q.Filter.Subjects(), q.Busy
	if consumer, err = f.stream.UpdateConsumer(ctx, changed); err != nil {
		return nil, fmt.Errorf("changing the queue %s: %w", q.ID, err)
	}
	return consumer, nil
}

func (f *Feed) makeQueue(ctx context.Context, q Queue, from uint64) (jetstream.Consumer, error) {
	consumer, err := f.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: queuePrefix + q.ID, FilterSubjects: q.Filter.Subjects(), Metadata: map[string]string{queueMadeKey: decimal(q.Made)},
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from,
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.Busy, MaxAckPending: 1,
	})
	if errors.Is(err, jetstream.ErrConsumerExists) { // another instance was faster
		consumer, err = f.stream.Consumer(ctx, queuePrefix+q.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("making the queue %s: %w", q.ID, err)
	}
	return consumer, nil
}

func (f *Feed) restartQueue(ctx context.Context, q Queue, from uint64) (jetstream.Consumer, error) {
	if err := f.CloseQueue(ctx, q.ID); err != nil {
		return nil, err
	}
	return f.makeQueue(ctx, q, from)
}

// Rewind has the Queue hand out everything from that Record on, as far as it is kept.
func (f *Feed) Rewind(ctx context.Context, q Queue, record uint64) error {
	from, err := f.from(ctx, record)
	if err != nil {
		return err
	}
	_, err = f.restartQueue(ctx, q, from)
	return err
}

// CloseQueue ends a Queue for good. One that is not there is no error.
func (f *Feed) CloseQueue(ctx context.Context, id string) error {
	err := f.stream.DeleteConsumer(ctx, queuePrefix+id)
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("ending the queue %s: %w", id, err)
	}
	return nil
}

// Queues returns the ids of all Queues that were made by Records up to that one.
func (f *Feed) Queues(ctx context.Context, record uint64) (ids []string, err error) {
	consumers := f.stream.ListConsumers(ctx)
	for info := range consumers.Info() {
		if id, ok := strings.CutPrefix(info.Name, queuePrefix); ok && made(info) <= record {
			ids = append(ids, id)
		}
	}
	if err := consumers.Err(); err != nil {
		return nil, fmt.Errorf("listing the feed's consumers: %w", err)
	}
	return ids, nil
}

func made(info *jetstream.ConsumerInfo) uint64 {
	n, _ := strconv.ParseUint(info.Config.Metadata[queueMadeKey], 10, 64)
	return n
}

// ErrNoMessage is returned by [Feed.Message] for a Record of which the Feed does not tell: not yet, or no more.
var ErrNoMessage = errors.New("the feed does not tell of that record")

// Message returns the id and payload of the message that tells of that Record.
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
