// Package standstill tells whether changes get into the log, from what became of those that were tried.
//
// It promises that a change which waits for more than a few seconds, or was given up and followed by none that got
// through, is told. Its one invariant is that it asks nobody: an engine that answers other questions, and a connection
// that stands, say nothing about changes.
package standstill

import (
	"fmt"
	"sync"
	"time"
)

const (
	// stillAfter is how long a change may wait: longer than any append to a log that is well, and shorter than an
	// election.
	stillAfter = 4 * time.Second
	// retryAfterFailure is for how long a change that was given up is told of while no other is tried: whoever looks at
	// readiness may send none before.
	retryAfterFailure = 10 * time.Second
)

// Watch is told what becomes of changes, of which one at a time is worked on. It is safe for concurrent use; the zero
// Watch has seen none.
type Watch struct {
	mu      sync.Mutex
	working bool
	since   time.Time // when the oldest change that did not get through began to be worked on; zero for none
	failed  time.Time // when the newest of them was given up
	reason  error     // why
}

// Began notes that changes are worked on.
func (w *Watch) Began(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.working = true
	if w.since.IsZero() || now.Sub(w.failed) > retryAfterFailure {
		// what was given up long ago says nothing of this one
		w.since, w.reason = now, nil
	}
}

// Through notes that changes were answered as the log has it.
func (w *Watch) Through(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since, w.reason = time.Time{}, nil
	if w.working {
		w.since = now
	}
}

// GaveUp notes that they were not, and why.
func (w *Watch) GaveUp(reason error, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed, w.reason = now, reason
}

// Ended notes that there is nothing to do.
func (w *Watch) Ended() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.working = false
	if w.reason == nil {
		w.since = time.Time{}
	}
}

// Err returns why changes do not get through, nil when they do, or when none was tried for long.
func (w *Watch) Err(now time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.working && now.Sub(w.since) > stillAfter:
		return fmt.Errorf("a change has been waiting for the log for %v", now.Sub(w.since).Round(time.Second))
	case w.reason != nil && (w.working || now.Sub(w.failed) < retryAfterFailure):
		return fmt.Errorf("the last change did not get into the log: %w", w.reason)
	}
	return nil
}
