package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
)

// catchUpTimeout bounds how long a lost race waits for the fold to follow.
const catchUpTimeout = 20 * time.Second

// run is the committer: the only goroutine that decides and appends.
func (h *Handler) run() {
	defer close(h.done)
	for first := range h.queue {
		waiting := h.drain(first)
		size := len(waiting)
		if size < h.log.GroupFrom() {
			size = 1
		}
		for len(waiting) > 0 {
			group := waiting[:min(size, len(waiting))]
			left := h.commit(group)
			waiting = waiting[len(group)-left:]
		}
	}
}

// drain takes what waits behind first, as much as fits one batch.
func (h *Handler) drain(first *request) []*request {
	waiting := []*request{first}
	for len(waiting) < eventlog.MaxBatch {
		select {
		case r, ok := <-h.queue:
			if !ok {
				return waiting
			}
			waiting = append(waiting, r)
		default:
			return waiting
		}
	}
	return waiting
}

// commit decides and appends the group as one, and answers it. It returns how many at its end did not fit and were left.
func (h *Handler) commit(group []*request) (left int) {
	for range maxTries {
		states := h.fold.States()
		if states == nil {
			refuseAll(group, refuse(Busy, "not_ready", "", "The service is still reading its log."))
			return 0
		}
		batch, left := decideGroup(states, group)
		records, err := h.append(states, batch)
		switch {
		case err == nil:
			answerAll(batch, records)
			return left
		case errors.Is(err, eventlog.ErrConflict):
			h.opts.Observer.Conflicted()
			if err = h.catchUp(); err == nil {
				continue
			}
		}
		for i := range batch {
			batch[i].err = err
		}
		answerAll(batch, nil)
		return left
	}
	refuseAll(group, refuse(Busy, "lost_race", "", "Others changed the accounts at the same time too often."))
	return 0
}

// decideGroup decides one request after another, each on what the ones before it will have made true.
func decideGroup(states States, group []*request) (batch []decided, left int) {
	o := newOverlay(states)
	total := 0
	for i, r := range group {
		d := decided{request: r, before: o.User(r.cmd.Target())}
		if d.err = r.ctx.Err(); d.err == nil {
			d.drafts, d.err = Decide(o, r.actor, r.cmd)
		}
		if total += len(d.drafts); total > eventlog.MaxBatch {
			return batch, len(group) - i
		}
		o.add(d.drafts)
		batch = append(batch, d)
	}
	return batch, 0
}

func (h *Handler) append(states States, batch []decided) ([]events.Record, error) {
	var entries []eventlog.Entry
	for _, d := range batch {
		if len(d.drafts) > 0 {
			entries = append(entries, d.entry(states))
		}
	}
	if err := h.confirm(states, batch); err != nil || len(entries) == 0 {
		return nil, err
	}
	start := time.Now()
	records, err := h.log.Append(context.Background(), states.Head(), entries)
	if err != nil {
		return nil, err
	}
	h.opts.Observer.Appended(len(entries), len(records), time.Since(start))
	if err := h.fold.Apply(records); err != nil {
		return nil, fmt.Errorf("applying what was appended: %w", err)
	}
	return records, nil
}

// confirm returns [eventlog.ErrConflict] when a refusal rests on States that are out of date. The append itself tells
// that of a command that was accepted, but nothing tells it of a refused one when other instances append, too.
func (h *Handler) confirm(states States, batch []decided) error {
	var refusal *Refusal
	refused := slices.ContainsFunc(batch, func(d decided) bool { return errors.As(d.err, &refusal) })
	if !refused || !h.log.Shared() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), catchUpTimeout)
	defer cancel()
	last, err := h.log.Last(ctx)
	if err == nil && last > states.Head().Sequence {
		return eventlog.ErrConflict
	}
	return err
}

// catchUp waits until the fold has everything that is in the Log now.
func (h *Handler) catchUp() error {
	ctx, cancel := context.WithTimeout(context.Background(), catchUpTimeout)
	defer cancel()
	last, err := h.log.Last(ctx)
	if err != nil {
		return err
	}
	if err := h.fold.Wait(ctx, last); err != nil {
		return fmt.Errorf("following the log to %d: %w", last, eventlog.ErrUnavailable)
	}
	return nil
}

func answerAll(batch []decided, records []events.Record) {
	for _, d := range batch {
		n := min(len(d.drafts), len(records))
		d.reply(records[:n])
		records = records[n:]
	}
}

func refuseAll(group []*request, err error) {
	for _, r := range group {
		r.answer <- answer{err: err}
	}
}
