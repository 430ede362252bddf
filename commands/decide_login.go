package commands

import "accountd/events"

func decideLock(a Actor, c LockLogIn) ([]events.Event, error) {
	if !a.IsService() && !a.IsAnonymous() {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the service itself locks log-ins.")
	}
	return one(events.LogInLocked{Until: c.Until.UTC()})
}

func decideUnlock(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	if u.Locked == nil {
		return nil, nil
	}
	return one(events.LogInUnlocked{})
}
