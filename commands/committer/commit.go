package committer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/commands"
	"accountd/events"
	"accountd/events/eventlog"
)

// catchUpTimeout bounds how long a lost race waits for the fold to follow.
const catchUpTimeout = 20 * time.Second

// run is the only goroutine that decides and appends.
func (h *Handler) run() {
	defer close(h.done)
	for first := range h.queue {
		waiting := h.drain([]*request{first})
		size := len(waiting)
		if size < h.log.GroupFrom() {
			size = 1
		}
		h.still.Began(time.Now())
		for len(waiting) > 0 {
			group := waiting[:min(size, len(waiting))]
			left, err := h.commit(group)
			waiting = waiting[len(group)-left:]
			if err != nil {
				// who waits would wait as long again for the same answer
				refuseAll(append(waiting, h.drain(nil)...), err)
				break
			}
		}
		h.still.Ended()
	}
}

// drain takes what waits, behind those that were taken, as much as fits one batch.
func (h *Handler) drain(waiting []*request) []*request {
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

// commit decides and appends the group as one, and answers it. It returns how many at its end did not fit and were
// left, and an error when the Log is unavailable.
func (h *Handler) commit(group []*request) (left int, err error) {
	var newest uint64 // what is decided on at least this much needs no proof that it is not out of date
	defer func() { h.fairness.asked = false }()
	for tries, began := 0, time.Now(); tries < minTries || time.Since(began) < patience; tries++ {
		h.hold()
		states := h.fold.States()
		if states == nil {
			refuseAll(group, busy("not_ready", "The service is still reading its log."))
			return 0, nil
		}
		start := time.Now()
		h.fairness.decides(states.Head().Sequence, start)
		h.lookBackAll(states, group)
		batch, left := decideGroup(states, group)
		records, err := h.append(states, batch, &newest)
		switch {
		case err == nil:
			h.still.Through(time.Now())
			answerAll(batch, records)
			if now := time.Now(); h.fairness.appended(records, now) {
				h.giveWay(now.Sub(start))
			}
			return left, nil
		case errors.Is(err, eventlog.ErrConflict):
			h.opts.Observer.Conflicted()
			for _, r := range group {
				r.conflicts++
			}
			h.lost(tries+1, time.Since(start))
			lost := time.Now()
			if err = h.catchUp(); err == nil {
				h.fairness.caught = time.Since(lost)
				continue
			}
		case len(batch) > 1 && !errors.Is(err, eventlog.ErrUnavailable):
			// one of them cannot be appended; the others need not suffer
			return left, h.commitEach(group[:len(group)-left])
		}
		h.judge(err)
		for i := range batch {
			batch[i].err = err
		}
		answerAll(batch, nil)
		return left, unavailable(err)
	}
	lost := busy("lost_race", "Others changed the accounts at the same time too often.")
	h.still.GaveUp(lost, time.Now())
	refuseAll(group, lost)
	return 0, nil
}

// judge notes what an error says about the Log: one that refuses for a reason of its own is there.
func (h *Handler) judge(err error) {
	if unavailable(err) != nil {
		h.still.GaveUp(err, time.Now())
		return
	}
	h.still.Through(time.Now())
}

func (h *Handler) commitEach(group []*request) error {
	for i := range group {
		if _, err := h.commit(group[i : i+1]); err != nil {
			refuseAll(group[i+1:], err)
			return err
		}
	}
	return nil
}

// unavailable returns the error if it says that the Log cannot be reached.
func unavailable(err error) error {
	if errors.Is(err, eventlog.ErrUnavailable) {
		return err
	}
	return nil
}

func (h *Handler) append(states commands.States, batch []decided, newest *uint64) ([]events.Record, error) {
	var entries []eventlog.Entry
	for _, d := range batch {
		if len(d.drafts) > 0 {
			entries = append(entries, d.entry(states))
		}
	}
	if len(entries) == 0 {
		return nil, h.confirm(states, newest)
	}
	start := time.Now()
	records, err := h.log.Append(context.Background(), states.Head(), entries)
	if err != nil {
		return nil, err
	}
	h.opts.Observer.Appended(len(entries), len(records), time.Since(start))
	traceAppend(batch, records, start)
	if err := h.fold.Apply(records); err != nil {
		return nil, fmt.Errorf("applying what was appended: %w", err)
	}
	return records, nil
}

// confirm returns [eventlog.ErrConflict] when nothing is to be appended, whether refused or so already, but the States
// that this rests on are out of date. An append proves by itself that they are not.
func (h *Handler) confirm(states commands.States, newest *uint64) error {
	if !h.log.Shared() {
		return nil
	}
	if *newest == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), catchUpTimeout)
		defer cancel()
		last, err := h.log.Last(ctx)
		if err != nil {
			return fmt.Errorf("asking how long the log is: %w: %w", eventlog.ErrUnavailable, err)
		}
		*newest = last
	}
	if states.Head().Sequence < *newest {
		return eventlog.ErrConflict
	}
	return nil
}

// catchUp waits until the fold has everything that is in the Log now.
func (h *Handler) catchUp() error {
	ctx, cancel := context.WithTimeout(context.Background(), catchUpTimeout)
	defer cancel()
	last, err := h.log.Last(ctx)
	if err != nil {
		return fmt.Errorf("asking how long the log is: %w: %w", eventlog.ErrUnavailable, err)
	}
	if err := h.fold.Wait(ctx, last); err != nil {
		return fmt.Errorf("following the log to %d: %w", last, eventlog.ErrUnavailable)
	}
	return nil
}
