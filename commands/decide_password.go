package commands

import (
	"regexp"
	"time"

	"accountd/events"
)

// PasswordResetFor is how long a token to set a password is good for.
const PasswordResetFor = time.Hour

// sha256Hex is the form of a token's hash.
var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Of names the user.
func (c RequestPasswordReset) Of() events.Aggregate { return events.User(c.ID) }

func (c RequestPasswordReset) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RequestPasswordReset) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if err := mayOpen(s, a, u); err != nil {
		return nil, err
	}
	if !sha256Hex.MatchString(c.Hash.Reveal()) || c.ExpiresAt.IsZero() {
		return nil, refuse(Invalid, "reset_token_invalid", "token", "A token needs a hash and an end.")
	}
	return one(events.PasswordResetRequested{Hash: c.Hash, ExpiresAt: c.ExpiresAt.UTC()})
}

// decideReset says the same of every token that is not valid, so that trying tells nothing.
// Of names the user.
func (c ResetPassword) Of() events.Aggregate { return events.User(c.ID) }

func (c ResetPassword) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c ResetPassword) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if !a.IsAnonymous() && !a.IsService() {
		return nil, refuse(Forbidden, "not_allowed", "", "A token sets a password without a log-in.")
	}
	open := u.PasswordReset
	if open == nil || open.Hash != c.Hash || !c.Now.Before(open.ExpiresAt) {
		return nil, refuse(Invalid, "reset_token_invalid", "token", "The token is unknown, has expired or was used.")
	}
	if c.PasswordHash == "" {
		return nil, refuse(Invalid, "password_required", "password", "A new password is needed.")
	}
	return one(events.PasswordChanged{Hash: c.PasswordHash})
}

// Of names the user.
func (c RequestMail) Of() events.Aggregate { return events.User(c.ID) }

func (c RequestMail) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RequestMail) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	if c.Mail != events.MailPasswordReset {
		return nil, refuse(Invalid, "mail_invalid", "mail", "There is no such mail.")
	}
	return one(events.MailRequested{Mail: c.Mail})
}
