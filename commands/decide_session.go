package commands

import "accountd/events"

// maxEnded is how many sessions of a user may be ended one by one within [LongestSession]: the State remembers each of them.
const maxEnded = 500

// Of names the user.
func (c EndSession) Of() events.Aggregate { return events.User(c.ID) }

func (c EndSession) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c EndSession) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if c.Reason != "" && !a.IsService() {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the service itself ends sessions for a reason.")
	}
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	switch {
	case c.Session != c.Application && u.EndedSince(c.Session) > u.SessionsSince: // an application may have got more since
		return nil, nil
	case len(u.Ended) >= maxEnded && !a.IsService():
		return nil, refuse(Conflict, "sessions_ended", "", "More than %d sessions were ended one by one; end all of them.", maxEnded)
	}
	return one(events.SessionEnded{ID: c.Session, Kind: c.Kind, Application: c.Application, Reason: c.Reason})
}

// Of names the user.
func (c EndSessions) Of() events.Aggregate { return events.User(c.ID) }

func (c EndSessions) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (EndSessions) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	return one(events.SessionsEnded{})
}
