package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"accountd/commands"
	"accountd/events"
	"accountd/events/feed"
	"accountd/events/pause"

	"github.com/google/uuid"
)

const (
	again      = time.Second // after something failed that is not the address's fault
	jitterPart = 10          // pauses are up to a tenth longer
)

// serve sends a webhook what waits for it, until ctx ends.
func (r *Reactor) serve(ctx context.Context, hook *commands.Webhook) {
	for {
		c, err := r.courier(ctx, hook)
		if err == nil {
			err = c.run(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		rests := again
		switch {
		case errors.Is(err, errTaken):
			rests = lookEvery
		case !errors.Is(err, errEnded):
			r.logger.Warn("a webhook's events wait", "webhook", hook.ID, "error", err)
		}
		if pause.For(ctx, rests) != nil {
			return
		}
	}
}

// deliver attempts to send one event, and says to the delivery log what became of it.
func (c *courier) deliver(ctx context.Context, i *item) result {
	out := result{item: i}
	hook, p, err := c.prepare(ctx, i)
	if errors.Is(err, errErased) {
		out.skip = true
		return out
	}
	if err != nil {
		out.err = err
		return out
	}
	d, after := c.attempt(ctx, hook, p)
	if ctx.Err() != nil && d.Outcome != Delivered {
		out.err = context.Cause(ctx) // the attempt was broken off
		return out
	}
	d.Attempt, d.Run = i.tries+1, c.place.Run
	if d.Outcome == Failed && d.Attempt < len(c.schedule) {
		out.pause = max(after, jittered(c.schedule[d.Attempt]))
		d.NextAt = c.now().Add(out.pause).UTC()
	}
	// What became of it is to be known although the service stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	if err := c.log.add(ctx, hook.ID, d); err != nil {
		c.logger.Warn("a delivery is not in the delivery log", "webhook", hook.ID, "error", err)
	}
	out.delivery = d
	return out
}

// errErased says that an event is about somebody who was erased since.
var errErased = errors.New("the person is erased")

// prepare returns what is sent, and where to. What was read a while ago is read again.
func (c *courier) prepare(ctx context.Context, i *item) (hook *commands.Webhook, p parcel, err error) {
	record := i.record
	if hook, err = c.newest(ctx, c.hook.ID, record.Sequence); err != nil {
		return nil, p, err
	}
	if time.Since(i.read) > freshFor {
		if record, err = c.record(ctx, record.Sequence); err != nil {
			return nil, p, err
		}
	}
	if !c.sendable(record) {
		return nil, p, errErased
	}
	p, err = parcelOf(record)
	return hook, p, err
}

// record reads one Record of the Log.
func (r *Reactor) record(ctx context.Context, sequence uint64) (events.Record, error) {
	if sequence == 0 {
		return events.Record{}, ErrNoEvent
	}
	records, err := r.history.Read(ctx, sequence-1, 1)
	if err != nil {
		return events.Record{}, err
	}
	if len(records) == 0 {
		return events.Record{}, ErrNoEvent
	}
	return records[0], nil
}

func parcelOf(record events.Record) (p parcel, err error) {
	body, err := feed.Payload(record)
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err != nil {
		return p, fmt.Errorf("making a message of record %d: %w", record.Sequence, err)
	}
	p.body = body
	return p, nil
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

// disable stops the webhook, unless somebody enabled it anew meanwhile. The event stays the first that is sent then.
func (r *Reactor) disable(ctx context.Context, hook *commands.Webhook, reason string) error {
	_, err := r.handler.Do(ctx, commands.Service(), commands.DisableWebhook{ID: hook.ID, Since: hook.Since,
		Reason: reason})
	if err != nil {
		return err
	}
	r.logger.Warn("a webhook is disabled", "webhook", hook.ID, "reason", reason)
	return errEnded
}
