package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Backoff says how often something may fail before it has to wait.
type Backoff struct {
	Free    int           // so many failures within Window cost nothing …
	Window  time.Duration // … the time spent waiting does not count in it
	First   time.Duration // the wait that the next failure costs; each further one doubles it …
	Longest time.Duration // … up to this
}

// spare is how many failures are remembered that no longer make a wait longer.
const spare = 32

// Try is a try that was let through. It counts as failed until it is taken back.
type Try struct {
	Until time.Time // when the next one may be made, should this one fail; zero: at once
	wait  time.Duration
	entry int64 // in tries.Failed
}

// Try notes a try of what key names as failed, unless failures before it make it wait: then it returns how long, and
// notes nothing. Of all who try at once, on whatever instance, no more are let through than one after another would be.
func (s *Store) Try(ctx context.Context, key string, b Backoff, now time.Time) (t Try, wait time.Duration, err error) {
	err = s.changeTries(ctx, key, now, b.Window, func(kept *tries) bool {
		t, wait = kept.try(b, now)
		return wait == 0
	})
	return t, wait, err
}

// Waits returns how long what key names has to wait before it is tried again. It notes nothing.
func (s *Store) Waits(ctx context.Context, key string, now time.Time) (time.Duration, error) {
	kept, _, err := s.tries(ctx, key)
	return kept.wait(now), err
}

// TakeBack makes a try one that was never made, because it did not fail or nobody knows whether it would have.
func (s *Store) TakeBack(ctx context.Context, key string, b Backoff, t Try, now time.Time) error {
	return s.changeTries(ctx, key, now, b.Window, func(kept *tries) bool { return kept.takeBack(t) })
}

// changeTries changes what is kept under the key, for as long as it counts, unless change returns false.
func (s *Store) changeTries(ctx context.Context, key string, now time.Time, window time.Duration,
	change func(*tries) bool) error {
	for {
		kept, revision, err := s.tries(ctx, key)
		if err != nil || !change(&kept) {
			return err
		}
		value, err := json.Marshal(kept)
		if err != nil {
			return fmt.Errorf("keeping tries: %w", err)
		}
		err = s.cells.replace(ctx, countKey(key), revision, value, kept.end(window).Sub(now))
		if !errors.Is(err, errMoved) { // else somebody else tried meanwhile
			return err
		}
	}
}

// tries returns what is kept under the key.
func (s *Store) tries(ctx context.Context, key string) (kept tries, revision uint64, err error) {
	c, err := s.cells.get(ctx, countKey(key))
	if err != nil || c.value == nil {
		return tries{}, 0, err
	}
	if err := json.Unmarshal(c.value, &kept); err != nil {
		return tries{}, 0, fmt.Errorf("reading tries: %w", err)
	}
	return kept, c.revision, nil
}

// tries is how often something failed, as it stands in the bucket. All is in microseconds.
type tries struct {
	Failed []int64 `json:"failed"`           // when, oldest first, by a clock that stands still while there is a wait
	Waited int64   `json:"waited,omitempty"` // how far that clock is behind, or will be when the wait is over
	Until  int64   `json:"until,omitempty"`  // when the next try may be made
}

// end returns when nothing of it counts any more.
func (t *tries) end(window time.Duration) time.Time {
	if len(t.Failed) == 0 {
		return time.Time{}
	}
	return time.UnixMicro(t.Failed[len(t.Failed)-1] + t.Waited).Add(window)
}

// wait returns how long until the next try.
func (t *tries) wait(now time.Time) time.Duration {
	return max(0, time.Duration(t.Until-now.UnixMicro())*time.Microsecond)
}

// try notes a failure, or returns how long to wait.
func (t *tries) try(b Backoff, now time.Time) (Try, time.Duration) {
	if wait := t.wait(now); wait > 0 {
		return Try{}, wait
	}
	done := Try{entry: t.add(b, now), wait: b.wait(len(t.Failed))}
	if done.wait > 0 {
		done.Until = now.Add(done.wait).UTC()
		t.Until = done.Until.UnixMicro()
		t.Waited += done.wait.Microseconds()
	}
	return done, 0
}

// add notes a failure and drops those that no longer count.
func (t *tries) add(b Backoff, now time.Time) (entry int64) {
	start := now.UnixMicro() - t.Waited - b.Window.Microseconds()
	t.Failed = slices.DeleteFunc(t.Failed, func(at int64) bool { return at <= start })
	t.Failed = t.Failed[max(0, len(t.Failed)-b.Free-spare):]
	if len(t.Failed) == 0 {
		t.Waited = 0
	}
	entry = now.UnixMicro() - t.Waited
	if n := len(t.Failed); n > 0 {
		entry = max(entry, t.Failed[n-1]+1) // which tells it from the others
	}
	t.Failed = append(t.Failed, entry)
	return entry
}

// wait returns what the last of so many failures costs.
func (b Backoff) wait(failures int) time.Duration {
	if failures <= b.Free {
		return 0
	}
	wait := b.First
	for range failures - b.Free - 1 {
		wait = min(2*wait, b.Longest)
	}
	return wait
}

// takeBack undoes try, and reports whether there was anything to undo.
func (t *tries) takeBack(done Try) bool {
	i := slices.Index(t.Failed, done.entry)
	if i < 0 {
		return false
	}
	t.Failed = slices.Delete(t.Failed, i, i+1)
	if done.wait > 0 && t.Until == done.Until.UnixMicro() {
		t.Until, t.Waited = 0, t.Waited-done.wait.Microseconds()
	}
	return true
}
