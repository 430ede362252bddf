package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// NoConsent is the Refusal of an application that the user has not consented to.
func NoConsent() *Refusal {
	return refuse(NotFound, "consent_not_found", "", "There is no such consent.")
}

// GiveConsent lets an application act in the user's name. Only the user itself gives it.
//
// Refusals: NotFound, Forbidden, Invalid (application_not_found), Conflict (membership_changed).
type GiveConsent struct {
	ID          uuid.UUID
	Application uuid.UUID
	Membership  uint64 // MemberSince of the user when it was asked
}

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
		return nil, refuse(Conflict, "membership_changed", "",
			"You are of another client now than when you were asked.")
	}
	if s.Directory().Application(c.Application) == nil {
		return nil, refuse(Invalid, "application_not_found", "application", "There is no such application.")
	}
	if _, ok := u.Consented(c.Application, s.Directory().Application(c.Application).WidenedSince); ok {
		return nil, nil
	}
	return one(events.ConsentGiven{Application: c.Application})
}

// WithdrawConsent ends what GiveConsent began, and with it the application's tokens.
//
// Refusals: NotFound, Forbidden.
type WithdrawConsent struct {
	ID          uuid.UUID
	Application uuid.UUID
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

func consentTo(application uuid.UUID) func(Consent) bool {
	return func(c Consent) bool { return c.Application == application }
}

// Consent lets an application act in the user's name.
type Consent struct {
	Application uuid.UUID
	Sequence    uint64 // of the Record that gave it, which tells it from one given later
	At          time.Time
	By          Author // who gave it in the user's name
}

// Consent returns the user's consent to the application.
func (u *User) Consent(application uuid.UUID) (Consent, bool) {
	for _, c := range u.Consents {
		if c.Application == application {
			return c, true
		}
	}
	return Consent{}, false
}

// Consented returns the user's consent to what the application may do now: one from before the Record of that sequence,
// which gave it more access, is none.
func (u *User) Consented(application uuid.UUID, widened uint64) (Consent, bool) {
	c, ok := u.Consent(application)
	return c, ok && c.Sequence > widened
}
