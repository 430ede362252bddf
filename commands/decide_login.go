package commands

import "accountd/events"

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
