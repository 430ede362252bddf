package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// LockLogIn records that no password of the user is looked at until then. Only the service itself locks.
//
// Refusals: NotFound, Forbidden.
type LockLogIn struct {
	ID    uuid.UUID
	Until time.Time
}

// Of names the user.
func (c LockLogIn) Of() events.Aggregate { return events.User(c.ID) }

func (c LockLogIn) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c LockLogIn) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if !a.IsService() && !a.IsAnonymous() {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the service itself locks log-ins.")
	}
	return one(events.LogInLocked{Until: c.Until.UTC()})
}

// UnlockLogIn ends a lock before its time. Nothing happens when there was none.
//
// Refusals: NotFound, Forbidden.
type UnlockLogIn struct{ ID uuid.UUID }

// Of names the user.
func (c UnlockLogIn) Of() events.Aggregate { return events.User(c.ID) }

func (c UnlockLogIn) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (UnlockLogIn) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	if u.Locked == nil {
		return nil, nil
	}
	return one(events.LogInUnlocked{})
}
