package past

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// Life is everything that the Log has about one user, deleted or not.
type Life struct {
	Records []events.Record
	States  []*commands.User // after each of the Records; nil: no such user (any more)
	Erased  bool             // the content is gone, or about to be: no Record has an Event, no State is left
}

// Life reads a user's life from the Log. Nobody's has no Records.
func (a *Archive) Life(ctx context.Context, id uuid.UUID) (Life, error) {
	if id == uuid.Nil { // nobody's; to the Log it would stand for everybody
		return Life{}, nil
	}
	if err := a.enter(ctx); err != nil {
		return Life{}, err
	}
	records, err := a.log.ReadOf(ctx, events.User(id), 0, math.MaxInt)
	a.leave()
	if err != nil {
		return Life{}, fmt.Errorf("reading a user's history: %w", err)
	}
	return lifeOf(records), nil
}

func lifeOf(records []events.Record) Life {
	l := Life{Records: records, States: make([]*commands.User, len(records))}
	for _, r := range records {
		l.Erased = l.Erased || r.Erased || r.Type == erasure
	}
	if l.Erased {
		for i := range records {
			records[i].Event, records[i].Erased = nil, true
		}
		return l
	}
	var u *commands.User
	for i, r := range records {
		u = commands.Evolve(u, r)
		l.States[i] = u
	}
	return l
}

// At returns the user as it stood at the moment, nil when there was none.
func (l Life) At(m Moment) *commands.User {
	var u *commands.User
	for i, r := range l.Records {
		if !m.Covers(r) {
			break
		}
		u = l.States[i]
	}
	return u
}

// Before returns the user as it stood before the Record of that index, nil when there was none.
func (l Life) Before(i int) *commands.User {
	if i == 0 {
		return nil
	}
	return l.States[i-1]
}
