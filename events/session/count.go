package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// maxCounted is how far Count counts: no limit on attempts is as high.
const maxCounted = 256

// Count notes one more of what key names, such as a failed log-in of a user, and returns how many there were within the
// window, this one included; it does not count beyond 256. A key is to be counted with one window only.
func (s *Store) Count(ctx context.Context, key string, window time.Duration) (int, error) {
	for {
		n, err := s.count(ctx, countKey(key), window)
		if !errors.Is(err, errMoved) { // else somebody else counted meanwhile
			return n, err
		}
	}
}

func (s *Store) count(ctx context.Context, key string, window time.Duration) (int, error) {
	c, err := s.cells.get(ctx, key)
	if err != nil {
		return 0, err
	}
	now := s.now()
	times, err := within(c.value, now.Add(-window))
	if err != nil {
		return 0, err
	}
	times = append(times, now.UnixMicro())
	times = times[max(0, len(times)-maxCounted):]
	value, err := json.Marshal(times)
	if err != nil {
		return 0, fmt.Errorf("counting: %w", err)
	}
	return len(times), s.cells.replace(ctx, key, c.revision, value, window)
}

// within returns the stored times after start, in microseconds.
func within(value []byte, start time.Time) (times []int64, err error) {
	if value == nil {
		return nil, nil
	}
	if err := json.Unmarshal(value, &times); err != nil {
		return nil, fmt.Errorf("reading what was counted: %w", err)
	}
	kept := times[:0]
	for _, at := range times {
		if at > start.UnixMicro() {
			kept = append(kept, at)
		}
	}
	return kept, nil
}

// Forget sets the count of what key names back to none, as a log-in that succeeds does. Where there is none it only
// reads.
func (s *Store) Forget(ctx context.Context, key string) error {
	c, err := s.cells.get(ctx, countKey(key))
	if err != nil || c.value == nil {
		return err
	}
	return s.cells.end(ctx, countKey(key))
}

// countKey does not show what is counted: it may be somebody's name.
func countKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "count." + hex.EncodeToString(sum[:])
}
