package eventlog

import (
	"errors"
	"fmt"

	"accountd/events"

	"github.com/nats-io/nats.go/jetstream"
)

// room returns [ErrFull] when the store may not grow, unless all of the entries erase somebody: for that the store
// keeps a reserve.
func (l *Log) room(entries []Entry) error {
	space, known := l.engine.Space()
	if !known || !space.Full() || onlyErase(entries) {
		return nil
	}
	return fmt.Errorf("%w: it takes %v", ErrFull, space)
}

// certain reports whether an attempt was not stored for certain: an embedded engine that answers has decided.
func (l *Log) certain(err error) bool {
	_, answered := errors.AsType[*jetstream.APIError](err)
	return answered && l.engine.Embedded()
}

// noRoom returns [ErrFull] with the engine's answer when the store may not grow: then that is why nothing was stored,
// also where the engine says something else. A batch that it finds no room to keep aside, it calls incomplete.
func (l *Log) noRoom(err error) error {
	space, known := l.engine.Space()
	if !known || !space.Full() {
		return nil
	}
	return fmt.Errorf("%w: it takes %v: %w", ErrFull, space, err)
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
