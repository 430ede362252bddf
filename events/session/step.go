package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Advance moves what key names on to that step, and reports false when it is there or past it already: of all who bring
// the same step, on whatever instance, one is told true. It is remembered for that long.
func (s *Store) Advance(ctx context.Context, key string, step int64, life time.Duration) (bool, error) {
	for {
		c, err := s.cells.get(ctx, countKey(key))
		if err != nil {
			return false, err
		}
		if c.value != nil {
			last, err := strconv.ParseInt(string(c.value), 10, 64)
			if err != nil {
				return false, fmt.Errorf("reading a step: %w", err)
			}
			if step <= last {
				return false, nil
			}
		}
		err = s.cells.replace(ctx, countKey(key), c.revision, strconv.AppendInt(nil, step, 10), life)
		if !errors.Is(err, errMoved) { // else somebody else was there meanwhile
			return err == nil, err
		}
	}
}
