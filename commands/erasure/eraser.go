package erasure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events/eventlog"
)

const (
	retryEvery = 5 * time.Second  // how long an erasure waits that could not be finished
	waitFor    = 10 * time.Second // how long Finish waits
	atOnce     = 4                // erasures that are being finished, so that a long one does not hold up the others
)

// ErrUnfinished is returned by [Eraser.Finish] for an erasure that takes longer. It goes on by itself, also after a
// restart.
var ErrUnfinished = errors.New("the erasure goes on")

// Users tells who was erased. projections.View implements it.
type Users interface {
	// Erased returns those who were erased, in the order of their erasure; an answer begins with the one before.
	Erased() []*commands.Deleted
	// Position returns the sequence of the newest Record that Erased knows of.
	Position() uint64
	// Wait returns when the Record of that sequence is known of, or with the context's error.
	Wait(ctx context.Context, sequence uint64) error
}

// Purge makes a user's data go from one place outside the Log. Do may be called again for a user whose data is gone.
type Purge struct {
	Name string // of the place
	Do   func(ctx context.Context, user uuid.UUID) error
}

// Eraser finishes erasures.
type Eraser struct {
	log    *eventlog.Log
	users  Users
	logger *slog.Logger
	purges []Purge

	slots   chan struct{} // filled by those that are being finished
	ctx     context.Context
	stop    context.CancelFunc
	done    chan struct{}
	running sync.WaitGroup

	mu    sync.Mutex
	works map[uuid.UUID]*work // being finished, or waiting for a slot
}

// work is one erasure on its way.
type work struct {
	done chan struct{} // closed when err is there
	err  error
}

// Start returns an Eraser that finishes, in the background, the erasures that are unfinished and those that come. Close
// ends it.
func Start(log *eventlog.Log, users Users, logger *slog.Logger, purges ...Purge) *Eraser {
	ctx, stop := context.WithCancel(context.Background())
	e := &Eraser{log: log, users: users, logger: logger, purges: purges, slots: make(chan struct{}, atOnce), ctx: ctx,
		stop: stop, done: make(chan struct{}), works: map[uuid.UUID]*work{}}
	go e.run(ctx)
	return e
}

// Close ends the background work and waits for it. What is unfinished then is finished after the next start.
func (e *Eraser) Close() {
	e.stop()
	<-e.done
	e.running.Wait()
}

// Finish finishes the erasure of a user whose UserErased Record is in the Log and applied. It returns what hinders it,
// or [ErrUnfinished] after some seconds, while the background work goes on.
func (e *Eraser) Finish(ctx context.Context, user uuid.UUID) error {
	for _, d := range slices.Backward(e.users.Erased()) {
		if d.ID == user {
			return e.wait(ctx, e.begin(d))
		}
	}
	return nil
}

func (e *Eraser) wait(ctx context.Context, w *work) error {
	limited, cancel := context.WithTimeout(ctx, waitFor)
	defer cancel()
	select {
	case <-w.done:
		return w.err
	case <-limited.Done():
		return errors.Join(ErrUnfinished, ctx.Err())
	}
}

// begin begins to finish an erasure, or joins who does already. It does not end with who asked for it.
func (e *Eraser) begin(d *commands.Deleted) *work {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w := e.works[d.ID]; w != nil {
		return w
	}
	w := &work{done: make(chan struct{})}
	e.works[d.ID] = w
	e.running.Go(func() {
		w.err = e.finish(e.ctx, d)
		e.mu.Lock()
		delete(e.works, d.ID)
		e.mu.Unlock()
		close(w.done)
	})
	return w
}

func (e *Eraser) run(ctx context.Context) {
	defer close(e.done)
	var left []*commands.Deleted
	for seen := 0; ctx.Err() == nil; {
		position, erased := e.users.Position(), e.users.Erased()
		for _, d := range erased[seen:] {
			if there, err := e.log.HasKey(ctx, d.Key); err != nil || there { // most were finished long ago
				left = append(left, d)
			}
		}
		seen = len(erased)
		begun := make([]*work, len(left))
		for i, d := range left {
			begun[i] = e.begin(d)
		}
		var again []*commands.Deleted
		for i, w := range begun {
			if !e.finished(ctx, left[i], w) {
				again = append(again, left[i])
			}
		}
		left = again
		e.idle(ctx, position+1, len(left) > 0)
	}
}

// idle returns when there may be something to do.
func (e *Eraser) idle(ctx context.Context, sequence uint64, again bool) {
	if again {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, retryEvery)
		defer cancel()
	}
	_ = e.users.Wait(ctx, sequence) // whatever ends it
}

// finished reports whether an erasure is finished. One that takes long is looked at again later.
func (e *Eraser) finished(ctx context.Context, d *commands.Deleted, w *work) bool {
	err := e.wait(ctx, w)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrUnfinished) {
		e.logger.Error("an erasure is not finished and will be tried again", "user", d.ID, "error", err)
	}
	return err == nil
}

func (e *Eraser) finish(ctx context.Context, d *commands.Deleted) error {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if there, err := e.log.HasKey(ctx, d.Key); err != nil || !there {
		return err
	}
	for _, p := range e.purges {
		if err := p.Do(ctx, d.ID); err != nil {
			return fmt.Errorf("erasing from %s: %w", p.Name, err)
		}
	}
	return e.log.Destroy(ctx, d.Key)
}
