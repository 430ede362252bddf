package commands

import "accountd/events"

// decideErase ends what is left of an account. Nobody is erased who could not be deleted.
func decideErase(s States, a Actor, on OnVersion) ([]events.Draft, error) {
	if u := s.User(on.Target()); u != nil {
		facts, err := decideDelete(s, a, u, DeleteUser{ID: u.ID, Version: on.Version})
		if err != nil {
			return nil, err
		}
		return drafts(u, append(facts, events.UserErased{})), nil
	}
	d := s.Deleted(on.Target())
	if d == nil {
		return nil, noSuchUser()
	}
	if err := mayErase(s, a, d); err != nil {
		return nil, err
	}
	if err := checkVersion(d.Version, on.Version); err != nil || d.Erased {
		return nil, err
	}
	return []events.Draft{{Aggregate: events.User(d.ID), Key: d.Key, Event: events.UserErased{}}}, nil
}
