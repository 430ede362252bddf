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

func decideRequestReset(s States, a Actor, u *User, c RequestPasswordReset) ([]events.Event, error) {
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
func decideReset(a Actor, u *User, c ResetPassword) ([]events.Event, error) {
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

func decideMail(s States, a Actor, u *User, c RequestMail) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	if c.Mail != events.MailPasswordReset {
		return nil, refuse(Invalid, "mail_invalid", "mail", "There is no such mail.")
	}
	return one(events.MailRequested{Mail: c.Mail})
}
