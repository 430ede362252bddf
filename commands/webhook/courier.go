package webhook

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"accountd/commands"
	"accountd/events"

	"github.com/google/uuid"
)

const (
	inFlight   = 32                     // attempts at a time to one address
	readAtOnce = 256                    // Records
	waitingMax = 512                    // events that are read ahead
	storeEvery = 250 * time.Millisecond // the delivery log knows what was done since
	// how long what was read may be sent without looking again whether the person is erased
	freshFor  = time.Second
	settleFor = 10 * time.Second // to say what became of an attempt
)

// item is an event that is to be sent.
type item struct {
	record events.Record
	read   time.Time
	tries  int       // attempts that failed
	due    time.Time // when the next one comes
	asked  bool      // the address asked for that pause
}

// result is what became of an attempt.
type result struct {
	*item
	skip     bool // it is not to be sent any more
	delivery Delivery
	pause    time.Duration
	err      error // the attempt counts not: what failed is not the address's fault
}

// courier sends to one webhook, several events at a time, and those of one aggregate one after another. When one fails,
// nothing new is sent until it is taken: the others have most likely the same fate, and their attempts are not to be
// used up.
type courier struct {
	*Reactor
	hook     *commands.Webhook
	place    place
	revision uint64
	renewed  time.Time
	stored   time.Time

	after   uint64  // the Record up to which the Log was read
	waiting []*item // in the Log's order
	held    []*item // failed before, in the Log's order
	sending map[*item]bool
	busy    map[events.Aggregate]bool
	done    map[uint64]bool // Records behind place.After
	failed  map[uint64]Delivery
	results chan result
}

// courier returns one that has the place.
func (r *Reactor) courier(ctx context.Context, hook *commands.Webhook) (*courier, error) {
	p, revision, err := r.take(ctx, hook)
	if err != nil {
		return nil, err
	}
	c := &courier{Reactor: r, hook: hook, place: p, revision: revision, renewed: time.Now(), sending: map[*item]bool{},
		busy: map[events.Aggregate]bool{}, done: map[uint64]bool{}, results: make(chan result, inFlight)}
	if c.failed, err = r.recall(ctx, hook.ID, &c.place); err != nil {
		return nil, err
	}
	for _, sequence := range c.place.Done {
		c.done[sequence] = true
	}
	c.after = c.place.After
	return c, r.feed.CloseQueue(ctx, hook.ID.String())
}

// run sends until ctx ends, the place is lost, or something fails. What is under way then is broken off.
func (c *courier) run(ctx context.Context) error {
	sending, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	err := c.loop(ctx, sending, &work)
	stop()
	go func() { work.Wait(); close(c.results) }()
	for r := range c.results {
		c.settled(r)
	}
	c.lag.Delete(c.hook.ID)
	if errors.Is(err, errTaken) {
		return err
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	c.place.Holder = ""
	return errors.Join(err, c.store(ending))
}

func (c *courier) loop(ctx, sending context.Context, work *sync.WaitGroup) error {
	read := make(chan readAhead)
	work.Go(func() { c.reader(sending, read) })
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		c.start(sending, work)
		more := read
		if len(c.waiting) >= waitingMax {
			more = nil
		}
		select {
		case ahead := <-more:
			if ahead.err != nil {
				return ahead.err
			}
			c.take(ahead)
		case r := <-c.results:
			if err := c.settle(ctx, r); err != nil {
				return err
			}
		case <-tick.C:
			if err := c.tend(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// readAhead is a run of Records, or why there are no more.
type readAhead struct {
	records []events.Record
	err     error
}

// reader reads the Log as it is taken.
func (c *courier) reader(ctx context.Context, out chan<- readAhead) {
	after := c.after
	for {
		err := c.fold.Wait(ctx, after+1)
		var ahead readAhead
		if err == nil {
			ahead.records, err = c.history.Read(ctx, after, readAtOnce)
		}
		ahead.err = err
		if n := len(ahead.records); n > 0 {
			after = ahead.records[n-1].Sequence
		}
		select {
		case out <- ahead:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// take adds what is wanted to what waits.
func (c *courier) take(ahead readAhead) {
	now, filter := time.Now(), c.hook.Filter()
	for _, record := range ahead.records {
		c.after = record.Sequence
		if c.done[record.Sequence] || !filter.Wants(record) {
			continue
		}
		i := &item{record: record, read: now}
		if d, ok := c.failed[record.Sequence]; ok {
			i.tries = min(d.Attempt, len(c.schedule)-1)
			i.due = now.Add(max(d.NextAt.Sub(c.now()), 0))
			c.held = append(c.held, i)
			continue
		}
		c.waiting = append(c.waiting, i)
	}
	c.failed = without(c.failed, c.after)
}

// without drops what is behind us.
func without(failed map[uint64]Delivery, after uint64) map[uint64]Delivery {
	for sequence := range failed {
		if sequence <= after {
			delete(failed, sequence)
		}
	}
	return failed
}

// start begins attempts, as many as may be.
func (c *courier) start(ctx context.Context, work *sync.WaitGroup) {
	if !c.embedded && time.Since(c.renewed) > lapseAfter-renewEvery {
		return // somebody else may have taken over
	}
	if len(c.held) > 0 {
		if first := c.held[0]; !c.sending[first] && (!time.Now().Before(first.due) || !c.sendable(first.record)) {
			c.send(ctx, work, first)
		}
		return
	}
	passed := map[events.Aggregate]bool{}
	for at := 0; at < len(c.waiting) && len(c.sending) < inFlight; {
		i := c.waiting[at]
		about := i.record.Aggregate
		if c.busy[about] || passed[about] {
			passed[about] = true
			at++
			continue
		}
		c.waiting = slices.Delete(c.waiting, at, at+1)
		c.send(ctx, work, i)
	}
}

func (c *courier) send(ctx context.Context, work *sync.WaitGroup, i *item) {
	c.sending[i], c.busy[i.record.Aggregate] = true, true
	work.Go(func() { c.results <- c.deliver(ctx, i) })
}

// settled notes what became of an attempt, as far as memory goes: what is not done stays among what the place may not
// pass.
func (c *courier) settled(r result) {
	delete(c.sending, r.item)
	delete(c.busy, r.record.Aggregate)
	if r.err != nil || !r.skip && r.delivery.Outcome != Delivered {
		c.hold(r.item)
		return
	}
	c.done[r.record.Sequence] = true
	c.held = slices.DeleteFunc(c.held, func(i *item) bool { return i == r.item })
}

// settle goes on after an attempt.
func (c *courier) settle(ctx context.Context, r result) error {
	c.settled(r)
	d := r.delivery
	switch {
	case r.err != nil:
		return r.err
	case r.skip:
	case d.Outcome == Delivered:
		for _, i := range c.held { // the address is there again
			if !i.asked {
				i.due = time.Time{}
			}
		}
	case d.Outcome == Gone:
		return c.disable(ctx, c.hook, commands.WebhookGone)
	case d.Attempt >= len(c.schedule):
		return c.disable(ctx, c.hook, commands.WebhookFailing)
	default:
		r.tries, r.due = d.Attempt, time.Now().Add(r.pause)
		r.asked = r.pause > c.schedule[d.Attempt]*2
	}
	return nil
}

// hold puts an event among those that failed.
func (c *courier) hold(i *item) {
	if slices.Contains(c.held, i) {
		return
	}
	at, _ := slices.BinarySearchFunc(c.held, i,
		func(a, b *item) int { return int(int64(a.record.Sequence) - int64(b.record.Sequence)) })
	c.held = slices.Insert(c.held, at, i)
}

// tend stores the place now and then, and looks whether it is still ours.
func (c *courier) tend(ctx context.Context) error {
	c.age()
	moved := c.advance()
	if moved && time.Since(c.stored) >= storeEvery || !c.embedded && time.Since(c.renewed) >= renewEvery {
		return c.store(ctx)
	}
	if time.Since(c.renewed) < renewEvery {
		return nil
	}
	_, revision, err := c.places.load(ctx, c.hook.ID)
	if err == nil && revision != c.revision {
		err = errTaken
	}
	if err == nil {
		c.renewed = time.Now()
	}
	return err
}

// advance moves the place up to the oldest event that is not done, and reports whether it has changed.
func (c *courier) advance() bool {
	end := c.after
	for _, all := range [][]*item{c.waiting, c.held} {
		for _, i := range all {
			end = min(end, i.record.Sequence-1)
		}
	}
	for i := range c.sending {
		end = min(end, i.record.Sequence-1)
	}
	before := len(c.place.Done)
	c.place.Done = c.place.Done[:0]
	for sequence := range c.done {
		if sequence <= end {
			delete(c.done, sequence)
			continue
		}
		c.place.Done = append(c.place.Done, sequence)
	}
	slices.Sort(c.place.Done)
	moved := end != c.place.After || len(c.place.Done) != before
	c.place.After = max(end, c.place.After)
	return moved
}

func (c *courier) store(ctx context.Context) error {
	c.advance()
	c.place.Beat++
	revision, err := c.places.store(ctx, c.hook.ID, c.place, c.revision)
	if err != nil {
		return err
	}
	c.revision, c.stored, c.renewed = revision, time.Now(), time.Now()
	return nil
}

// behindFor is how old an event is, that still waits, when it is time to warn.
const behindFor = 24 * time.Hour

// age notes how old the oldest event is that is not sent, and warns once when that is old.
func (c *courier) age() {
	var oldest time.Time
	for _, all := range [][]*item{c.held, c.waiting} {
		if len(all) > 0 && (oldest.IsZero() || all[0].record.Time.Before(oldest)) {
			oldest = all[0].record.Time
		}
	}
	for i := range c.sending {
		if oldest.IsZero() || i.record.Time.Before(oldest) {
			oldest = i.record.Time
		}
	}
	before, _ := c.lag.Swap(c.hook.ID, oldest)
	was, _ := before.(time.Time)
	late := func(t time.Time) bool { return !t.IsZero() && c.now().Sub(t) >= behindFor }
	if late(oldest) && !late(was) {
		c.logger.Warn("a webhook is more than a day behind; nothing is lost, it is sent from the log", "webhook",
			c.hook.ID, "oldest", oldest)
	}
}

// Lag returns the age of the oldest event that a webhook of this instance was not sent, 0 when all were.
func (r *Reactor) Lag() (longest time.Duration) {
	r.lag.Range(func(_, oldest any) bool {
		if t := oldest.(time.Time); !t.IsZero() {
			longest = max(longest, r.now().Sub(t))
		}
		return true
	})
	return longest
}

// sendable reports whether an event may still be sent: about who was erased, only that it was.
func (r *Reactor) sendable(record events.Record) bool {
	if record.Type == (events.UserErased{}).Type() {
		return true
	}
	return !record.Erased && !r.erased(record.Aggregate)
}

func (r *Reactor) erased(about events.Aggregate) bool {
	if about.Kind != events.KindUser || about.ID == uuid.Nil {
		return false
	}
	d := r.fold.States().Deleted(about.ID)
	return d != nil && d.Erased
}
