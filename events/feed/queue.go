package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// queuePrefix begins the names of the consumers by which webhooks were sent their events before they read the Log
// themselves. No subscription has such a name.
const queuePrefix = "QUEUE_"

// queueConsumers returns the consumers of the queue of that id: there may be more than one, when a change of it was
// interrupted.
func (f *Feed) queueConsumers(ctx context.Context, id string) (all []*jetstream.ConsumerInfo, err error) {
	consumers := f.stream.ListConsumers(ctx)
	for info := range consumers.Info() {
		if strings.HasPrefix(info.Name, queuePrefix+id+"_") {
			all = append(all, info)
		}
	}
	if err := consumers.Err(); err != nil {
		return nil, fmt.Errorf("listing the feed's consumers: %w", err)
	}
	return all, nil
}

// QueuePlace returns the last Record that an older version of the service was done with for the webhook of that id, and
// false when it left nothing.
func (f *Feed) QueuePlace(ctx context.Context, id string) (record uint64, ok bool, err error) {
	all, err := f.queueConsumers(ctx, id)
	if err != nil || len(all) == 0 {
		return 0, false, err
	}
	next := uint64(0)
	for _, info := range all {
		next = max(next, info.AckFloor.Stream+1, info.Config.OptStartSeq)
	}
	msg, err := f.next(ctx, next, Subjects)
	if errors.Is(err, jetstream.ErrMsgNotFound) { // all was done
		record, err = f.Position(ctx)
		return record, err == nil, err
	}
	if err != nil {
		return 0, false, err
	}
	record, err = recordOf(msg)
	return record - 1, err == nil, err
}

// CloseQueue ends what an older version of the service left for the webhook of that id. Nothing is no error.
func (f *Feed) CloseQueue(ctx context.Context, id string) error {
	all, err := f.queueConsumers(ctx, id)
	if err != nil {
		return err
	}
	for _, info := range all {
		err := f.stream.DeleteConsumer(ctx, info.Name)
		if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return fmt.Errorf("ending the queue %s: %w", id, err)
		}
	}
	return nil
}
