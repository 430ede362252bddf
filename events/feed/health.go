package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	hinderedFor = 5 * time.Second // what passes sooner is nobody's business
	warnEvery   = time.Minute
)

// ErrNotRelayed is returned by [Feed.Health] when events wait that cannot be relayed.
var ErrNotRelayed = errors.New("events are not relayed to the feed")

// state is how the relay of this instance is. The zero state is well.
type state struct {
	mu      sync.Mutex
	record  uint64    // up to which the Feed was seen to tell of the Log
	since   time.Time // when the relay was hindered first; zero: it is not
	warned  time.Time
	tries   int // since then
	sending bool
	cause   error
}

// hindered notes that the relay could not do its work: it could not publish, or it could not even learn where the Feed
// stands. It warns when that lasts, once with a count and not at each try.
func (s *state) hindered(logger *slog.Logger, cause error, sending bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now() // only differences count
	if s.since.IsZero() {
		s.since, s.tries, s.warned = now, 0, time.Time{}
	}
	s.tries, s.cause, s.sending = s.tries+1, cause, sending
	lasts := now.Sub(s.since)
	if lasts >= hinderedFor && (s.warned.IsZero() || now.Sub(s.warned) >= warnEvery) {
		s.warned = now
		logger.Warn("events wait to be relayed to the feed", "for", lasts.Round(time.Second), "tries", s.tries,
			"relayed", s.record, "error", cause)
	}
}

// stands notes up to which Record the Feed tells of the Log. That it can be learned is enough only where that was what
// failed.
func (s *state) stands(record uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sending || record > s.record {
		s.since, s.sending, s.cause = time.Time{}, false, nil
	}
	s.record = max(s.record, record)
}

// Health returns nil while this instance relays, or has nothing to do, and [ErrNotRelayed] with the reason when it has
// been hindered for some seconds.
func (f *Feed) Health() error {
	s := &f.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() || time.Since(s.since) < hinderedFor {
		return nil
	}
	return fmt.Errorf("%w for %v: %w", ErrNotRelayed, time.Since(s.since).Round(time.Second), s.cause)
}

// Lag returns the age of the oldest event that the Feed does not tell of, whichever instance relays; 0 when it tells of
// all. While the Feed does not answer, what was last known of it counts.
func (f *Feed) Lag(ctx context.Context) (time.Duration, error) {
	relayed, err := f.Position(ctx)
	if err != nil {
		f.state.mu.Lock()
		relayed = f.state.record
		f.state.mu.Unlock()
	}
	waiting, err := f.log.Read(ctx, relayed, 1)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	return max(f.now().Sub(waiting[0].Time), 0), nil
}
