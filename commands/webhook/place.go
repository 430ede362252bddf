package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"accountd/commands"
	"accountd/events/engine"
	"accountd/events/pause"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// placesBucket keeps how far each webhook is.
const placesBucket = "ACCOUNT_WEBHOOKS"

const (
	renewEvery = time.Second     // how often an instance of a cluster shows that it sends
	lapseAfter = 4 * time.Second // when another one takes over that has seen nothing of it so long
)

// place is how far a webhook is, and who sends to it. What was done since it was stored is in the delivery log.
type place struct {
	// the Record by which the webhook was enabled last: attempts count from there
	Made   uint64   `json:"made"`
	Run    uint64   `json:"run"`            // how often it began anew; deliveries of earlier runs do not count
	After  uint64   `json:"after"`          // the Record up to which all is done …
	Done   []uint64 `json:"done,omitempty"` // … and those behind it that are done, too
	Holder string   `json:"holder,omitempty"`
	Beat   uint64   `json:"beat,omitempty"` // changes with each sign of life
}

// places keeps them. Each change names the revision that it was made from, so who was overtaken learns it.
type places struct{ bucket jetstream.KeyValue }

func openPlaces(ctx context.Context, e *engine.Engine) (places, error) {
	bucket, err := e.OpenBucket(ctx, engine.Bucket{Name: placesBucket, Description: "how far webhooks are"})
	return places{bucket}, err
}

// load returns the webhook's place and its revision, 0 for none.
func (s places) load(ctx context.Context, hook uuid.UUID) (p place, revision uint64, err error) {
	entry, err := s.bucket.Get(ctx, hook.String())
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return place{}, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(entry.Value(), &p)
	}
	if err != nil {
		return place{}, 0, fmt.Errorf("reading how far a webhook is: %w", err)
	}
	return p, entry.Revision(), nil
}

// errTaken says that somebody else has changed the place meanwhile.
var errTaken = errors.New("another instance sends to the webhook, or it was told to begin elsewhere")

// store writes the place over that revision, and returns the new one, or errTaken.
func (s places) store(ctx context.Context, hook uuid.UUID, p place, revision uint64) (uint64, error) {
	value, err := json.Marshal(p)
	if err != nil {
		return 0, fmt.Errorf("writing how far a webhook is: %w", err)
	}
	stored, err := s.bucket.Update(ctx, hook.String(), value, revision)
	const wrongLast, wrongLastReplicated = 10071, 10164
	if api, ok := errors.AsType[*jetstream.APIError](err); errors.Is(err, jetstream.ErrKeyExists) ||
		ok && (api.ErrorCode == wrongLast || api.ErrorCode == wrongLastReplicated) {
		return 0, errTaken
	}
	if err != nil {
		return 0, fmt.Errorf("writing how far a webhook is: %w", err)
	}
	return stored, nil
}

// hooks returns the ids of all webhooks that have a place.
func (s places) hooks(ctx context.Context) (ids []uuid.UUID, err error) {
	keys, err := s.bucket.ListKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing how far webhooks are: %w", err)
	}
	for key := range keys.Keys() {
		if id, bad := uuid.Parse(key); bad == nil {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// take waits until this Reactor is the one that sends to the webhook, and returns where to begin.
//
// An embedded server has one process: who held the place before another server was started is gone. In a cluster who
// holds it shows that it is there; nobody's clock is compared with another's.
func (r *Reactor) take(ctx context.Context, hook *commands.Webhook) (p place, revision uint64, err error) {
	var seen uint64
	var since time.Time
	for {
		p, revision, err = r.places.load(ctx, hook.ID)
		if err != nil {
			return p, 0, err
		}
		if revision != seen {
			seen, since = revision, time.Now()
		}
		if r.free(p, since) {
			if err := r.begin(ctx, hook, &p, revision); err != nil {
				return p, 0, err
			}
			p.Holder, p.Beat = r.id, p.Beat+1
			revision, err = r.places.store(ctx, hook.ID, p, revision)
			if !errors.Is(err, errTaken) {
				return p, revision, err
			}
		}
		if err := pause.For(ctx, 2*lookEvery); err != nil {
			return p, 0, err
		}
	}
}

// free reports whether the place may be taken that has been like this since then.
func (r *Reactor) free(p place, since time.Time) bool {
	if p.Holder == "" || p.Holder == r.id {
		return true
	}
	if r.embedded {
		return !sameProcess(p.Holder, r.id)
	}
	return time.Since(since) >= lapseAfter
}

// begin makes the place of a webhook what it is at first, or after the webhook was enabled again.
func (r *Reactor) begin(ctx context.Context, hook *commands.Webhook, p *place, revision uint64) error {
	if revision == 0 {
		done, ok, err := r.feed.QueuePlace(ctx, hook.ID.String())
		if err != nil {
			return err
		}
		p.After = hook.Created
		if ok {
			p.After = max(done, hook.Created)
		}
	}
	if p.Made < hook.Since {
		p.Made, p.Run = hook.Since, p.Run+1
	}
	return nil
}

// recall adds what the delivery log knows of the place's run, and returns the attempts that failed by the Records'
// sequences.
func (r *Reactor) recall(ctx context.Context, hook uuid.UUID, p *place) (map[uint64]Delivery, error) {
	all, err := r.log.of(ctx, hook)
	if err != nil {
		return nil, err
	}
	failed := map[uint64]Delivery{}
	for _, d := range slices.Backward(all) { // the oldest first
		if d.Run != p.Run || d.Attempt == 0 || d.Sequence <= p.After || slices.Contains(p.Done, d.Sequence) {
			continue
		}
		if d.Outcome == Delivered {
			p.Done = append(p.Done, d.Sequence)
			delete(failed, d.Sequence)
			continue
		}
		failed[d.Sequence] = d
	}
	return failed, nil
}

// Rewind sends the webhook everything from that Record on once more.
func (r *Reactor) Rewind(ctx context.Context, hook *commands.Webhook, record uint64) error {
	for {
		p, revision, err := r.places.load(ctx, hook.ID)
		if err != nil {
			return err
		}
		next := place{Made: max(p.Made, hook.Since), Run: p.Run + 1, After: max(record, 1) - 1, Beat: p.Beat + 1}
		if _, err = r.places.store(ctx, hook.ID, next, revision); !errors.Is(err, errTaken) {
			return err
		}
	}
}

// Progress is how far a webhook is.
type Progress struct {
	Position uint64    // the Record up to which all is sent
	Behind   uint64    // how many Records there are behind it, wanted or not
	OldestAt time.Time // when the oldest event happened that is not sent; zero when all are
}

// Progress returns how far a webhook is, whichever instance sends to it.
func (r *Reactor) Progress(ctx context.Context, hook *commands.Webhook) (Progress, error) {
	p, revision, err := r.places.load(ctx, hook.ID)
	if err != nil {
		return Progress{}, err
	}
	if revision == 0 {
		p.After = hook.Created
	}
	out, filter, last := Progress{Position: p.After}, hook.Filter(), r.fold.States().Head().Sequence
	out.Behind = max(last, p.After) - p.After
	for after := p.After; ; {
		records, err := r.history.Read(ctx, after, readAtOnce)
		if err != nil || len(records) == 0 {
			return out, err
		}
		for _, record := range records {
			after = record.Sequence
			if filter.Wants(record) && !slices.Contains(p.Done, record.Sequence) && r.sendable(record) {
				out.OldestAt = record.Time
				return out, nil
			}
		}
	}
}
