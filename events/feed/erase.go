package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/events"
	"accountd/events/pause"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrNotErased is returned by [Feed.Erase] for a user of whom the Log holds no UserErased.
var ErrNotErased = errors.New("the user is not erased in the log")

const pollEvery = 20 * time.Millisecond

// Erase removes everything about an erased user from the Feed, and its bytes from the store. What tells that the user
// is erased stays; it says nothing else. The Log must hold UserErased already: Erase waits, until ctx ends, for some
// instance to relay it, because nothing about the user can come into the Feed behind it. Calling it again is no error.
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
	if err := f.engine.Erase(ctx, f.stream, subjectsOf(events.KindUser, user), newest.Sequence); err != nil {
		f.suspect(err)
		return fmt.Errorf("erasing the user from the feed: %w", err)
	}
	return nil
}

func erasedSubject(user uuid.UUID) string {
	return Subject(string(events.KindUser), events.UserErased{}.Type(), user.String())
}

// Wait returns when the Record of that sequence was relayed, by whichever instance, or with the cause of ctx's end.
func (f *Feed) Wait(ctx context.Context, sequence uint64) error {
	for {
		position, err := f.Position(ctx)
		if err == nil && position >= sequence {
			return nil
		}
		if ended := pause.For(ctx, pollEvery); ended != nil {
			return errors.Join(fmt.Errorf("waiting for the feed to come to %d: %w", sequence, ended), err)
		}
	}
}
