package commands

import "accountd/events"

// Of names the user.
func (c GiveConsent) Of() events.Aggregate { return events.User(c.ID) }

func (c GiveConsent) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c GiveConsent) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if a.User != u.ID {
		return nil, refuse(Forbidden, "not_allowed", "", "Nobody consents for somebody else.")
	}
	if _, err := asker(s, a); err != nil {
		return nil, err
	}
	if c.Membership != u.MemberSince {
		return nil, refuse(Conflict, "membership_changed", "", "You are of another client now than when you were asked.")
	}
	if s.Directory().Application(c.Application) == nil {
		return nil, refuse(Invalid, "application_not_found", "application", "There is no such application.")
	}
	if _, ok := u.Consent(c.Application); ok {
		return nil, nil
	}
	return one(events.ConsentGiven{Application: c.Application})
}

// Of names the user.
func (c WithdrawConsent) Of() events.Aggregate { return events.User(c.ID) }

func (c WithdrawConsent) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c WithdrawConsent) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.Consent(c.Application); !ok {
		return nil, NoConsent()
	}
	return one(events.ConsentWithdrawn{Application: c.Application})
}
