package commands

import (
	"regexp"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// RehashPassword replaces a password's hash by a better one of the same password; nothing happens when Old is no longer
// the user's.
type RehashPassword struct {
	ID       uuid.UUID
	Old, New events.Secret
}

// Of names the user.
func (c RehashPassword) Of() events.Aggregate { return events.User(c.ID) }

func (c RehashPassword) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RehashPassword) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if !a.IsService() {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the service rehashes passwords.")
	}
	if u.PasswordHash != c.Old {
		return nil, nil
	}
	return one(events.PasswordChanged{Hash: c.New, Rehash: true})
}

// RequestPasswordReset lets whoever presents the token of that hash set a new password until ExpiresAt.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (link_ended: what would end the link came after the mail was due).
type RequestPasswordReset struct {
	ID        uuid.UUID
	Hash      events.Secret // SHA-256 of the token, lower-case hex
	ExpiresAt time.Time
	Due       uint64 // sequence of the Record that made a mail with the token due; 0: it is not mailed
}

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
	if c.Due != 0 && c.Due < u.LinksSince {
		return nil, refuse(Conflict, ReasonLinkEnded, "", "What was to be mailed has ended: ask for it again.")
	}
	return one(events.PasswordResetRequested{Hash: c.Hash, ExpiresAt: c.ExpiresAt.UTC()})
}

// ResetPassword sets a new password by a token, which is the right to do so: nobody has to log in for it.
//
// Refusals: NotFound, Invalid (reset_token_invalid, also for a token that has expired or was used).
type ResetPassword struct {
	ID           uuid.UUID
	Hash         events.Secret // of the token
	Now          time.Time
	PasswordHash events.Secret
}

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
	if reaches(s, u) && !u.linkBy().covers(s, u) {
		return nil, refuse(Invalid, "reset_token_invalid", "token",
			"The token was mailed to somebody who may not do as much as the account may now.")
	}
	if c.PasswordHash == "" {
		return nil, refuse(Invalid, "password_required", "password", "A new password is needed.")
	}
	return one(events.PasswordChanged{Hash: c.PasswordHash})
}

// RequestMail makes a mail to the user due, such as events.MailPasswordReset.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (email_unattested: who reads it might be a stranger to what the
// account may do by now).
type RequestMail struct {
	ID   uuid.UUID
	Mail string
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
	if u.EmailUnattested || reaches(s, u) && !u.EmailBy.covers(s, u) {
		return nil, refuse(Conflict, "email_unattested", "",
			"Somebody set the e-mail address who may not do as much as the account.")
	}
	return one(events.MailRequested{Mail: c.Mail})
}

// ReasonLinkEnded is the reason of a Refusal of a link that was void before it was made.
const ReasonLinkEnded = "link_ended"

// PasswordResetFor is how long a token to set a password is good for.
const PasswordResetFor = time.Hour

// sha256Hex is the form of a token's hash.
var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)
