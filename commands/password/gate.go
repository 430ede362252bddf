package password

import (
	"context"
	"errors"
	"fmt"
)

// ErrBusy is returned, at once, when all slots are taken and the queue is full. The caller may try again after a second
// or so.
var ErrBusy = errors.New("password: too many hashes at once")

// gate lets a fixed number of callers in, a fixed number wait in order of arrival, and turns the others away.
type gate struct {
	admitted chan struct{} // holds an element for everyone who is in or waits
	slots    chan struct{} // holds an element for everyone who is in
}

func newGate(slots, queue int) *gate {
	return &gate{admitted: make(chan struct{}, slots+queue), slots: make(chan struct{}, slots)}
}

// enter waits for a slot. After a nil error the caller must leave.
func (g *gate) enter(ctx context.Context) error {
	if err := g.admit(); err != nil {
		return err
	}
	if err := g.wait(ctx); err != nil {
		g.dismiss()
		return err
	}
	return nil
}

func (g *gate) leave() {
	g.vacate()
	g.dismiss()
}

// admit keeps a place among those who are in or wait. After a nil error the caller must dismiss.
func (g *gate) admit() error {
	select {
	case g.admitted <- struct{}{}:
		return nil
	default:
		return ErrBusy
	}
}

func (g *gate) dismiss() { <-g.admitted }

// wait waits for a slot, for who has been admitted. After a nil error the caller must vacate it.
func (g *gate) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for a hashing slot: %w", err)
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for a hashing slot: %w", ctx.Err())
	}
}

func (g *gate) running() int { return len(g.slots) }

func (g *gate) vacate() { <-g.slots }

// waiting may be off for a moment while somebody enters or leaves, but is never negative.
func (g *gate) waiting() int { return max(len(g.admitted)-len(g.slots), 0) }
