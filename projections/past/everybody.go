package past

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"accountd/events"
	"accountd/projections"
)

// fold is the View as of a sequence.
type fold struct {
	done chan struct{} // closed when the rest is there
	view *projections.View
	err  error
	used time.Time
}

func (f *fold) finished() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// Everybody returns the View as it stood when the Record of that sequence was its newest. It must not be changed. It
// returns [ErrBusy].
func (a *Archive) Everybody(ctx context.Context, sequence uint64) (*projections.View, error) {
	ctx, cancel := context.WithTimeout(ctx, a.wait)
	defer cancel()
	for {
		f, right := a.take(sequence)
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ErrBusy
		}
		if right {
			return f.view, f.err
		}
	}
}

// take returns the fold of that sequence, and begins it if need be, or the one that must end before.
func (a *Archive) take(sequence uint64) (f *fold, right bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.folds[sequence]; f != nil {
		f.used = time.Now()
		return f, true
	}
	for _, f := range a.folds {
		if !f.finished() {
			return f, false
		}
	}
	a.makeRoom()
	f = &fold{done: make(chan struct{}), used: time.Now()}
	a.folds[sequence] = f
	a.work.Go(func() { a.make(f, sequence) })
	return f, true
}

// makeRoom drops the moment that was not asked for the longest when there are as many as may be.
func (a *Archive) makeRoom() {
	if len(a.folds) < kept {
		return
	}
	var oldest uint64
	for sequence, f := range a.folds {
		if oldest == 0 || f.used.Before(a.folds[oldest].used) {
			oldest = sequence
		}
	}
	delete(a.folds, oldest)
}

// make folds, again when somebody was erased meanwhile, and drops the fold when it has not been used for a while.
func (a *Archive) make(f *fold, sequence uint64) {
	for {
		erased := len(a.view.Snapshot().Erased())
		f.view, f.err = a.upTo(sequence)
		a.mu.Lock() // who erases waits, and then drops what is finished
		if len(a.view.Snapshot().Erased()) == erased || f.err != nil {
			break
		}
		a.mu.Unlock()
	}
	defer a.mu.Unlock()
	if f.err != nil {
		a.drop(sequence, f)
	} else {
		a.dropLater(sequence, f)
	}
	close(f.done)
}

func (a *Archive) drop(sequence uint64, f *fold) {
	if a.folds[sequence] == f {
		delete(a.folds, sequence)
	}
}

func (a *Archive) dropLater(sequence uint64, f *fold) {
	time.AfterFunc(keepFor, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if time.Since(f.used) >= keepFor {
			a.drop(sequence, f)
		} else if a.folds[sequence] == f {
			a.dropLater(sequence, f)
		}
	})
}

var errThere = errors.New("the fold is there")

// upTo folds the Log up to that sequence.
func (a *Archive) upTo(sequence uint64) (*projections.View, error) {
	v := projections.NewView()
	err := a.log.Follow(a.ctx, events.Head{}, func(records []events.Record) error {
		records = a.withoutErased(records[:min(uint64(len(records)), sequence-v.Position())])
		if err := v.Apply(records); err != nil {
			return err
		}
		if v.Position() == sequence {
			return errThere
		}
		return nil
	})
	if !errors.Is(err, errThere) {
		return nil, fmt.Errorf("folding the log up to %d: %w", sequence, err)
	}
	v.Open()
	return v, nil
}

// withoutErased returns the Records as they are read when the keys of those who were erased are gone.
func (a *Archive) withoutErased(records []events.Record) []events.Record {
	now := a.view.Snapshot()
	if len(now.Erased()) == 0 {
		return records
	}
	records = slices.Clone(records)
	for i := range records {
		r := &records[i]
		if d := now.Deleted(r.Aggregate.ID); d != nil && d.Erased {
			r.Event, r.Erased = nil, true
		}
	}
	return records
}

// Begin is a projections.Observer's.
func (a *Archive) Begin(uint64) {}

// Applied drops what holds somebody who is erased.
func (a *Archive) Applied(records []events.Record) {
	if !slices.ContainsFunc(records, func(r events.Record) bool { return r.Type == erasure }) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for sequence, f := range a.folds {
		if f.finished() {
			delete(a.folds, sequence)
		}
	}
}
