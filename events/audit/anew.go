package audit

import (
	"context"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/pause"
)

const (
	// catchUpAtOnce is how many Records CatchUp adds at once.
	catchUpAtOnce = 4096
	// longestRest is between two attempts to make a Tree anew.
	longestRest = time.Minute
)

// CatchUp adds the Records that the Tree lacks, up to and with until, from the Log. It returns a [BrokenError] for a
// Log that does not continue its chain.
func (t *Tree) CatchUp(ctx context.Context, log Log, until uint64) error {
	first := t.Size() + 1
	var previous events.Chain
	var chains []events.Chain
	add := func() error {
		if len(chains) == 0 {
			return nil
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		err := t.add(first, chains)
		first, chains = first+uint64(len(chains)), nil
		return err
	}
	err := log.ReadStored(ctx, max(first, 2)-2, until, func(s eventlog.Stored) error {
		chain, err := s.Claimed()
		if err != nil || s.Sequence >= first && s.ChainBehind(previous) != chain {
			return BrokenError{s.Sequence, "it does not continue the chain"}
		}
		if previous = chain; s.Sequence < first {
			return nil
		}
		if chains = append(chains, chain); len(chains) < catchUpAtOnce {
			return nil
		}
		return add()
	})
	if err != nil {
		return err
	}
	return add()
}

// Keep makes the Tree anew from the Log whenever it was lost, until ctx ends. It tries for as long as it takes, and
// tells the reason of every attempt.
func (t *Tree) Keep(ctx context.Context, log Log, tell func(error)) {
	for {
		var err error
		select {
		case err = <-t.lost:
		case <-ctx.Done():
			return
		}
		for rest := time.Second / 8; err != nil && ctx.Err() == nil; rest = min(2*rest, longestRest) {
			tell(err)
			if err = t.remake(ctx, log); err == nil {
				break
			}
			_ = pause.For(ctx, rest)
		}
	}
}

// remake makes the Tree anew, up to the newest Record that it was given.
func (t *Tree) remake(ctx context.Context, log Log) error {
	if err := t.fresh(); err != nil {
		return err
	}
	for {
		t.mu.Lock()
		until := t.applied
		done := uint64(t.edge.size) >= until
		if done {
			t.making = false
		}
		t.mu.Unlock()
		if done {
			return nil
		}
		if err := t.CatchUp(ctx, log, until); err != nil {
			return err
		}
	}
}
