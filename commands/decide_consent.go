package commands

import "accountd/events"

func decideGiveConsent(s States, a Actor, u *User, c GiveConsent) ([]events.Event, error) {
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

func decideWithdrawConsent(s States, a Actor, u *User, c WithdrawConsent) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.Consent(c.Application); !ok {
		return nil, NoConsent()
	}
	return one(events.ConsentWithdrawn{Application: c.Application})
}
