package eventlog

import (
	"fmt"

	"accountd/events"
)

// room returns [ErrFull] when the store may not grow, unless all of the entries erase somebody: for that the store keeps a reserve.
func (l *Log) room(entries []Entry) error {
	space, known := l.engine.Space()
	if !known || !space.Full() || onlyErase(entries) {
		return nil
	}
	return fmt.Errorf("%w: it takes %v", ErrFull, space)
}

// onlyErase reports whether each of the entries erases somebody.
func onlyErase(entries []Entry) bool {
	for _, e := range entries {
		erases := false
		for _, d := range e.Drafts {
			_, is := d.Event.(events.UserErased)
			erases = erases || is
		}
		if !erases {
			return false
		}
	}
	return true
}

// broken returns [ErrBroken] when the engine has given up on one of the streams that an append needs.
func (l *Log) broken() error {
	for _, stream := range []string{Stream, KeyStream} {
		if err := l.engine.Broken(stream); err != nil {
			return fmt.Errorf("%w: %w: %w", ErrUnavailable, ErrBroken, err)
		}
	}
	return nil
}
