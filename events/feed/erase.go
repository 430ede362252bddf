package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrNotErased is returned by [Feed.Erase] for a user of whom the Log holds no UserErased.
var ErrNotErased = errors.New("the user is not erased in the log")

const pollEvery = 20 * time.Millisecond

// Erase removes everything about an erased user from the Feed, and its bytes from the store. What tells that the user is erased
// stays; it says nothing else. The Log must hold UserErased already: Erase waits, until ctx ends, for some instance to relay it,
// because nothing about the user can come into the Feed behind it. Calling it again is no error.
func (f *Feed) Erase(ctx context.Context, user uuid.UUID) error {
	last, err := f.log.Last(ctx)
	if err != nil {
		return err
	}
	if err := f.Wait(ctx, last); err != nil {
		return err
	}
	newest, err := f.stream.GetLastMsgForSubject(ctx, subjectsOf(events.KindUser, user))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil // dropped by age, the end of the user's history too
	case err != nil:
		return fmt.Errorf("looking for the user in the feed: %w", err)
	case newest.Subject != erasedSubject(user):
		return ErrNotErased
	}
	return f.eraseBefore(ctx, user, newest.Sequence)
}

func erasedSubject(user uuid.UUID) string {
	return Subject(string(events.KindUser), events.UserErased{}.Type(), user.String())
}

// eraseBefore erases what the stream has about the user before that sequence. The engine writes a block anew for each message, which
// takes tens of milliseconds; what was erased stays so when this is broken off, and several instances may do it at the same time.
func (f *Feed) eraseBefore(ctx context.Context, user uuid.UUID, end uint64) error {
	for from := uint64(1); from < end; {
		msg, err := f.next(ctx, from, subjectsOf(events.KindUser, user))
		if err != nil {
			return err
		}
		if msg.Sequence >= end {
			return nil
		}
		if err := f.erase(ctx, msg.Sequence); err != nil {
			return err
		}
		from = msg.Sequence + 1
	}
	return nil
}

// erase erases one message. One that somebody else has erased meanwhile is no error.
func (f *Feed) erase(ctx context.Context, sequence uint64) error {
	failed := f.stream.SecureDeleteMsg(ctx, sequence)
	if failed == nil {
		return nil
	}
	if _, err := f.stream.GetMsg(ctx, sequence); errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	return fmt.Errorf("erasing message %d of the feed: %w", sequence, failed)
}

// Wait returns when the Record of that sequence was relayed, by whichever instance, or with the cause of ctx's end.
func (f *Feed) Wait(ctx context.Context, sequence uint64) error {
	for {
		position, err := f.Position(ctx)
		if err == nil && position >= sequence {
			return nil
		}
		if ended := pause(ctx, pollEvery); ended != nil {
			return errors.Join(fmt.Errorf("waiting for the feed to come to %d: %w", sequence, ended), err)
		}
	}
}
