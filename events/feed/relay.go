package feed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/pause"

	"github.com/nats-io/nats.go"
)

const (
	pace       = 20 * time.Millisecond // between two publishes
	rest       = 500 * time.Millisecond
	attemptFor = 2 * time.Second
	retryEvery = 5 * time.Second
	trimEvery  = 10 * time.Minute
	waiting    = 32 // groups of Records that are read ahead
)

// errMoved says that the Feed is not where this relay takes it to be: it must follow the Log from somewhere else.
var errMoved = errors.New("the feed has moved")

// errDuplicate says that the engine remembers a message that may not be in the Feed any more. It forgets it within a
// second.
var errDuplicate = errors.New("the engine takes the message for a repeated one")

// Run relays the Log until ctx ends, whose cause it then returns, and drops what is too old. Any number of instances
// may run it. It returns an error when the connection is closed; whatever else hinders it is logged, and tried again.
func (f *Feed) Run(ctx context.Context) error {
	trim, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); f.tend(trim) }()
	defer func() { stop(); <-done }()
	for {
		err := f.relay(ctx)
		if ctx.Err() == nil && errors.Is(err, errFailed) {
			if err = f.remake(ctx, err); err == nil {
				continue
			}
		}
		rests := retryEvery
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, nats.ErrConnectionClosed):
			return err
		case errors.Is(err, errMoved):
			rests = pace
		default:
			f.state.hindered(f.logger, err, true)
		}
		if err := pause.For(ctx, rests); err != nil {
			return err
		}
	}
}

// relay follows the Log from where the Feed stands.
func (f *Feed) relay(ctx context.Context) error {
	if f.left != nil { // it was not made anew yet
		return errFailed
	}
	r := &relay{Feed: f, records: make(chan []events.Record, waiting)}
	if err := r.find(ctx); err != nil {
		return err
	}
	begin, err := f.begin(ctx, max(r.at.record, max(r.first, 1)-1))
	if err != nil {
		return err
	}
	following, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	followed := make(chan error, 1)
	var reading sync.WaitGroup
	reading.Go(func() { followed <- f.log.Follow(following, begin, r.take(following)) })
	err = r.publish(following, followed)
	cancel(err)
	reading.Wait()
	return err
}

// begin returns the place behind which the command began of which that Record is.
func (f *Feed) begin(ctx context.Context, sequence uint64) (events.Head, error) {
	if sequence == 0 {
		return events.Head{}, nil
	}
	newest, err := f.record(ctx, sequence)
	if err != nil {
		return events.Head{}, err
	}
	before := sequence - uint64(newest.Index)
	if before == 0 {
		return events.Head{}, nil
	}
	last, err := f.record(ctx, before)
	return last.Head(), err
}

func (f *Feed) record(ctx context.Context, sequence uint64) (events.Record, error) {
	records, err := f.log.Read(ctx, sequence-1, 1)
	if err != nil {
		return events.Record{}, err
	}
	if len(records) == 0 {
		return events.Record{}, fmt.Errorf("the feed tells of record %d, which is not in the log", sequence)
	}
	return records[0], nil
}

// relay is one run of Records into the Feed.
type relay struct {
	*Feed
	at      place
	oldest  time.Time // what an empty feed begins with is not older …
	newest  uint64    // … or this Record
	first   uint64    // … and nothing before this one
	records chan []events.Record
	ready   []events.Record // taken out of records, not relayed yet
}

// find looks where the Feed stands, until the engine tells.
func (r *relay) find(ctx context.Context) error {
	for {
		asked, cancel := context.WithTimeout(ctx, attemptFor)
		at, err := r.place(asked)
		if err == nil && at.record == 0 {
			err = r.beginning(asked)
		}
		cancel()
		if err == nil {
			r.at = at
			r.state.stands(at.record)
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, nats.ErrConnectionClosed) {
			return err
		}
		r.state.hindered(r.logger, err, false)
		if err := pause.For(ctx, rest); err != nil {
			return err
		}
	}
}

// beginning looks with which Record an empty Feed begins: with the oldest that is to be kept, as the marks tell. Where
// there are none, nothing was relayed ever, and the times of the Records tell.
func (r *relay) beginning(ctx context.Context) (err error) {
	if r.newest, err = r.log.Last(ctx); err != nil {
		return err
	}
	kept, _, err := r.marks.load(ctx)
	if err != nil {
		return err
	}
	r.oldest, r.first = r.now().Add(-r.keep), 0
	if kept.First > 0 {
		r.oldest, r.first = time.Time{}, min(r.newest, kept.First)
	}
	return nil
}

func (r *relay) take(ctx context.Context) func([]events.Record) error {
	return func(records []events.Record) error {
		select {
		case r.records <- records:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// publish relays what is taken until ctx ends, the Log ends following, or the Feed has moved.
func (r *relay) publish(ctx context.Context, followed <-chan error) error {
	for {
		select {
		case records := <-r.records:
			r.add(records)
		case err := <-followed:
			return err
		case <-r.emptied:
			return errMoved
		case err := <-r.failed:
			return fmt.Errorf("%w: %w", errFailed, err)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		for len(r.ready) > 0 {
			r.gather()
			if err := r.next(ctx); err != nil {
				return err
			}
			if len(r.ready) >= eventlog.MaxBatch {
				continue
			}
			if err := pause.For(ctx, pace); err != nil {
				return err
			}
		}
	}
}

// gather takes what else has been read, up to about a batch.
func (r *relay) gather() {
	for len(r.ready) < eventlog.MaxBatch {
		select {
		case records := <-r.records:
			r.add(records)
		default:
			return
		}
	}
}

// add makes those ready that are not in the Feed, and belong there.
func (r *relay) add(records []events.Record) {
	for _, record := range records {
		tooOld := r.at.record == 0 && len(r.ready) == 0 &&
			(record.Sequence < r.first || record.Sequence < r.newest && record.Time.Before(r.oldest))
		if record.Sequence > r.at.record && !tooOld {
			r.ready = append(r.ready, record)
		}
	}
}

// next publishes what is ready: up to a batch of it as one, or few Records one by one.
func (r *relay) next(ctx context.Context) error {
	group := r.ready[:min(len(r.ready), eventlog.MaxBatch)]
	size := 1
	if len(group) >= r.log.GroupFrom() {
		size = len(group)
	}
	if r.at.record != 0 && group[0].Sequence != r.at.record+1 {
		return errMoved
	}
	for part := range slices.Chunk(group, size) {
		if err := r.send(ctx, part); err != nil {
			return r.lost(ctx, err)
		}
		r.ready = r.ready[len(part):]
	}
	return nil
}

// send publishes a group behind where the Feed is known to stand.
func (r *relay) send(ctx context.Context, group []events.Record) error {
	msgs := make([]*nats.Msg, len(group))
	for i, record := range group {
		var err error
		if msgs[i], err = message(record); err != nil {
			return err
		}
	}
	msgs[0].Header.Set(headerLastSequence, decimal(r.at.last))
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	receipt, err := r.engine.Publish(asked, msgs...)
	if err != nil {
		return err
	}
	if receipt.Duplicate { // nothing was stored
		return errDuplicate
	}
	r.at = place{last: receipt.Sequence, record: group[len(group)-1].Sequence, tells: receipt.Sequence}
	r.state.stands(r.at.record)
	return nil
}

// lost makes the best of a publish that failed, or of which the outcome is not known: the Feed tells where it stands
// now.
func (r *relay) lost(ctx context.Context, cause error) error {
	if errors.Is(cause, nats.ErrConnectionClosed) {
		return cause
	}
	if broken := r.engine.Broken(Stream); broken != nil {
		return fmt.Errorf("%w: %w: %w", errFailed, broken, cause)
	}
	stood := r.at.record
	if err := pause.For(ctx, rest/2+rand.N(rest)); err != nil {
		return err
	}
	if err := r.find(ctx); err != nil {
		return err
	}
	if r.at.record <= stood { // nobody else was faster
		r.state.hindered(r.logger, cause, true)
	}
	if r.at.record == 0 { // what it begins with may lie before what is ready
		return errMoved
	}
	ready := r.ready
	r.ready = nil
	r.add(ready)
	return nil
}
