package commands

import "accountd/events"

// decideErase ends what is left of an account. Nobody is erased who could not be deleted.
// Of names the user, who may be deleted already.
func (c EraseUser) Of() events.Aggregate { return events.User(c.ID) }

func (c EraseUser) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	if u := s.User(c.ID); u != nil {
		facts, err := DeleteUser{ID: u.ID, Version: version}.decideOn(s, a, u)
		if err != nil {
			return nil, err
		}
		return drafts(u, append(facts, events.UserErased{})), nil
	}
	d := s.Deleted(c.ID)
	if d == nil {
		return nil, noSuchUser()
	}
	if err := mayErase(s, a, d); err != nil {
		return nil, err
	}
	if err := checkVersion(d.Version, version); err != nil || d.Erased {
		return nil, err
	}
	return []events.Draft{{Aggregate: events.User(d.ID), Key: d.Key, Event: events.UserErased{}}}, nil
}
