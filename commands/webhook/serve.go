package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"accountd/commands"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	again      = time.Second // after something failed that is not the address's fault
	waitFor    = 30 * time.Second
	settleFor  = 10 * time.Second // to say what became of an attempt
	jitterPart = 10               // pauses are up to a tenth longer
)

// serve sends a webhook what waits for it, until ctx ends.
func (r *Reactor) serve(ctx context.Context, hook *commands.Webhook) {
	for {
		err := r.drain(ctx, hook)
		if ctx.Err() != nil {
			return
		}
		if !errors.Is(err, errEnded) {
			r.logger.Warn("a webhook's events wait", "webhook", hook.ID, "error", err)
		}
		if pause(ctx, again) != nil {
			return
		}
	}
}

// drain takes one message after another out of the webhook's queue, until something fails.
func (r *Reactor) drain(ctx context.Context, hook *commands.Webhook) error {
	consumer, err := r.feed.OpenQueue(ctx, r.queue(hook))
	if err != nil {
		return err
	}
	for {
		msg, err := next(ctx, consumer)
		if err != nil {
			return err
		}
		if err := r.deliver(ctx, hook, msg); err != nil {
			return err
		}
	}
}

// next waits for a message. It asks for each by itself: the library's iterator, when it may hold one only, sometimes asks for none
// until half a minute has passed.
func next(ctx context.Context, consumer jetstream.Consumer) (jetstream.Msg, error) {
	for {
		asking, cancel := context.WithTimeout(ctx, waitFor)
		msg, err := consumer.Next(jetstream.FetchContext(asking))
		cancel()
		none := errors.Is(err, nats.ErrTimeout) || errors.Is(err, jetstream.ErrNoMessages) || errors.Is(err, context.DeadlineExceeded)
		if !none || ctx.Err() != nil {
			return msg, err
		}
	}
}

// deliver attempts to send one message, and says to the engine, to the delivery log, and where it must be to the Log, what
// became of it.
func (r *Reactor) deliver(ctx context.Context, hook *commands.Webhook, msg jetstream.Msg) error {
	p, err := parcelOf(msg.Data())
	if err != nil {
		return err
	}
	handed, err := msg.Metadata()
	if err != nil {
		return err
	}
	hook, err = r.newest(ctx, hook.ID, p.Sequence)
	if err != nil {
		return errors.Join(err, msg.Nak())
	}
	d, after := r.attempt(ctx, hook, p)
	if ctx.Err() != nil && d.Outcome != Delivered {
		return errors.Join(context.Cause(ctx), msg.Nak()) // the attempt was broken off
	}
	d.Attempt = int(handed.NumDelivered)
	last := d.Attempt >= len(r.schedule)
	if d.Outcome == Failed && !last {
		after = max(after, jittered(r.schedule[d.Attempt]))
		d.NextAt = r.now().Add(after).UTC()
	}
	// What became of it is to be known although the service stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	if err := r.log.add(ctx, hook.ID, d); err != nil {
		r.logger.Warn("a delivery is not in the delivery log", "webhook", hook.ID, "error", err)
	}
	switch {
	case d.Outcome == Delivered:
		return msg.DoubleAck(ctx)
	case d.Outcome == Gone:
		return r.disable(ctx, hook, commands.WebhookGone)
	case last:
		return r.disable(ctx, hook, commands.WebhookFailing)
	}
	return msg.NakWithDelay(after)
}

// errEnded says that the webhook is sent nothing any more.
var errEnded = errors.New("the webhook is disabled or deleted")

// newest returns the webhook as the event of that Record has left it, or as it is since.
func (r *Reactor) newest(ctx context.Context, id uuid.UUID, record uint64) (*commands.Webhook, error) {
	if err := r.fold.Wait(ctx, record); err != nil {
		return nil, err
	}
	hook := r.fold.States().Directory().Webhook(id)
	if hook == nil || hook.Disabled != "" {
		return nil, errEnded
	}
	return hook, nil
}

func jittered(d time.Duration) time.Duration {
	if d < jitterPart {
		return d
	}
	return d + rand.N(d/jitterPart)
}

// disable stops the webhook, unless somebody enabled it anew meanwhile. The message stays first in the queue.
func (r *Reactor) disable(ctx context.Context, hook *commands.Webhook, reason string) error {
	_, err := r.handler.Do(ctx, commands.Service(), commands.DisableWebhook{ID: hook.ID, Since: hook.Since, Reason: reason})
	if err != nil {
		return err
	}
	r.logger.Warn("a webhook is disabled", "webhook", hook.ID, "reason", reason)
	return nil
}
