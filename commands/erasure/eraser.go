package erasure

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events/eventlog"
)

const (
	tryFor     = 30 * time.Second // how long the background tries to finish one erasure before it looks at the next
	retryEvery = 5 * time.Second  // how long an erasure waits that could not be finished
)

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

	slot chan struct{} // filled while an erasure is being finished
	stop context.CancelFunc
	done chan struct{}
}

// Start returns an Eraser that finishes, in the background, the erasures that are unfinished and those that come. Close ends
// it.
func Start(log *eventlog.Log, users Users, logger *slog.Logger, purges ...Purge) *Eraser {
	ctx, stop := context.WithCancel(context.Background())
	e := &Eraser{log: log, users: users, logger: logger, purges: purges, slot: make(chan struct{}, 1), stop: stop,
		done: make(chan struct{})}
	go e.run(ctx)
	return e
}

// Close ends the background work and waits for it. What is unfinished then is finished after the next start.
func (e *Eraser) Close() {
	e.stop()
	<-e.done
}

// Finish finishes the erasure of a user whose UserErased Record is in the Log and applied. It returns what hinders it, while
// the background work goes on trying.
func (e *Eraser) Finish(ctx context.Context, user uuid.UUID) error {
	for _, d := range slices.Backward(e.users.Erased()) {
		if d.ID == user {
			return e.finish(ctx, d)
		}
	}
	return nil
}

func (e *Eraser) run(ctx context.Context) {
	defer close(e.done)
	var left []*commands.Deleted
	for seen := 0; ctx.Err() == nil; {
		position, erased := e.users.Position(), e.users.Erased()
		left = slices.DeleteFunc(append(left, erased[seen:]...), func(d *commands.Deleted) bool { return e.try(ctx, d) })
		seen = len(erased)
		e.wait(ctx, position+1, len(left) > 0)
	}
}

// wait returns when there may be something to do.
func (e *Eraser) wait(ctx context.Context, sequence uint64, again bool) {
	if again {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, retryEvery)
		defer cancel()
	}
	_ = e.users.Wait(ctx, sequence) // whatever ends it
}

func (e *Eraser) try(ctx context.Context, d *commands.Deleted) bool {
	limited, cancel := context.WithTimeout(ctx, tryFor)
	defer cancel()
	err := e.finish(limited, d)
	if err != nil && ctx.Err() == nil {
		e.logger.Error("an erasure is not finished and will be tried again", "user", d.ID, "error", err)
	}
	return err == nil
}

func (e *Eraser) finish(ctx context.Context, d *commands.Deleted) error {
	select {
	case e.slot <- struct{}{}:
		defer func() { <-e.slot }()
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
