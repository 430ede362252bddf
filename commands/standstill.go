package commands

import (
	"fmt"
	"sync"
	"time"
)

const (
	// stillAfter is how long a command may wait for the Log until the Handler stands still: longer than any append to a Log that is
	// well, and shorter than an election.
	stillAfter = 4 * time.Second
	// retryAfterFailure is how long after a command that could not get into the Log the Handler stands still while no other tries:
	// whoever looks at readiness may send none before.
	retryAfterFailure = 10 * time.Second
)

// standstill knows whether commands get into the Log, from what became of them alone: an engine that answers other questions, and a
// connection that stands, say nothing about it. It is safe for concurrent use. The zero value is that of a Handler that has not
// worked yet.
type standstill struct {
	mu      sync.Mutex
	working bool
	since   time.Time // when the oldest command that did not get through began to be worked on; zero for none
	failed  time.Time // when the newest of them was given up
	reason  error     // why
}

// began notes that the committer works on commands.
func (s *standstill) began(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.working = true
	if s.since.IsZero() || now.Sub(s.failed) > retryAfterFailure { // what was given up long ago says nothing of this one
		s.since, s.reason = now, nil
	}
}

// through notes that commands were answered as the Log has it.
func (s *standstill) through(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since, s.reason = time.Time{}, nil
	if s.working {
		s.since = now
	}
}

// gaveUp notes that commands were not.
func (s *standstill) gaveUp(reason error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed, s.reason = now, reason
}

// ended notes that the committer has nothing to do.
func (s *standstill) ended() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.working = false
	if s.reason == nil {
		s.since = time.Time{}
	}
}

// err returns why commands do not get through, nil when they do, or when none has tried for long.
func (s *standstill) err(now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.working && now.Sub(s.since) > stillAfter:
		return fmt.Errorf("a change has been waiting for the log for %v", now.Sub(s.since).Round(time.Second))
	case s.reason != nil && (s.working || now.Sub(s.failed) < retryAfterFailure):
		return fmt.Errorf("the last change did not get into the log: %w", s.reason)
	}
	return nil
}

// Standstill returns why commands do not get into the Log at the moment: one has been waiting for more than a few seconds, or the
// last one was given up and none has got through since, or tried for ten seconds. It is nil otherwise, and asks nobody.
func (h *Handler) Standstill() error { return h.still.err(time.Now()) }
