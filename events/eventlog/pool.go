package eventlog

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/seal"

	"github.com/nats-io/nats.go"
)

// lowWater is how many fresh keys are left when the next block is written: at 20,000 new users a second they last for
// 13 ms, while a block takes about half a millisecond.
const lowWater = blockKeys

// pool holds data keys that are stored already and seal nothing yet, so that a new user costs no extra write. It is
// safe for concurrent use.
type pool struct {
	engine *engine.Engine
	master *seal.Master
	keys   *keyring
	log    *slog.Logger
	ctx    context.Context // ends the background work
	work   sync.WaitGroup

	mu     sync.Mutex
	fresh  []events.KeyID
	filler *filler // nil while no block is being written
}

// filler is one attempt to write a block.
type filler struct {
	done chan struct{} // closed when the attempt is over
	err  error
}

// take returns a key that nobody has. It waits for the next block when there is none left, and returns [ErrUnavailable]
// when that cannot be written.
func (p *pool) take(ctx context.Context) (events.KeyID, error) {
	for {
		id, ok, filling := p.pop()
		if ok {
			return id, nil
		}
		select {
		case <-filling.done:
			if filling.err != nil {
				return events.KeyID{}, fmt.Errorf("%w: storing data keys: %w", ErrUnavailable, filling.err)
			}
		case <-ctx.Done():
			return events.KeyID{}, fmt.Errorf("%w: waiting for data keys: %w", ErrUnavailable, context.Cause(ctx))
		}
	}
}

// pop takes a key if there is one, and sees to it that the next block is being written when few are left.
func (p *pool) pop() (id events.KeyID, ok bool, filling *filler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.fresh); n > 0 {
		id, ok = p.fresh[n-1], true
		p.fresh = p.fresh[:n-1]
	}
	if len(p.fresh) < lowWater && p.filler == nil {
		p.filler = &filler{done: make(chan struct{})}
		p.work.Add(1)
		go p.fill(p.filler)
	}
	return id, ok, p.filler
}

// giveBack returns keys that after all seal nothing.
func (p *pool) giveBack(ids []events.KeyID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh = append(p.fresh, ids...)
}

func (p *pool) fill(f *filler) {
	defer p.work.Done()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// Each attempt writes another block: whether the one before was stored does not matter.
	f.err = retry(ctx, func() error { return p.writeBlock(ctx, nats.Header{headerExpectedLastSubject: {"0"}}) })
	if f.err != nil && p.ctx.Err() == nil {
		p.log.Warn("data keys could not be stored", "error", f.err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.filler = nil
	close(f.done)
}

// claim writes the stream's very first block, so that of several instances that start with different master keys only
// one succeeds.
func (p *pool) claim(ctx context.Context) error {
	return p.writeBlock(ctx, nats.Header{headerExpectedLast: {"0"}})
}

// writeBlock stores a block of fresh keys and adds them to the pool.
func (p *pool) writeBlock(ctx context.Context, guard nats.Header) error {
	id, block := rand.Uint64(), newKeyBlock()
	msg := &nats.Msg{Subject: blockSubject(id), Header: guard, Data: block.wrap(id, p.master)}
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	if _, err := p.engine.Publish(asked, msg); err != nil {
		return fmt.Errorf("storing a block of data keys: %w", err)
	}
	p.keys.put(id, block)
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range uint16(blockKeys) {
		p.fresh = append(p.fresh, events.KeyID{Block: id, Index: i})
	}
	return nil
}

func newKeyBlock() *keyBlock {
	b := new(keyBlock)
	for i := range b.keys {
		b.keys[i], b.present[i] = seal.NewDataKey(), true
	}
	return b
}

// close waits for the background work, which ends with the pool's context.
func (p *pool) close() { p.work.Wait() }
