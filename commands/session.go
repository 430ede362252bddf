package commands

import (
	"time"

	"accountd/commands/secrets"
)

// Session is what a log-in by a password gave: for a while its token acts as the user, who changes the password to end it.
type Session struct {
	Kind, Hash string // by which the session store knows its token
	Password   string // PasswordMark at the log-in
	ExpiresAt  time.Time
}

// PasswordMark tells one password of a user from another, and nothing about either.
func PasswordMark(u *User) string { return secrets.Hash(u.PasswordHash.Reveal()) }

// Holds reports whether the Session is still one of the user's, nil for nobody. That the session store knows it no more is
// for others to find out.
func (s Session) Holds(u *User, now time.Time) bool {
	return u != nil && now.Before(s.ExpiresAt) && s.Password == PasswordMark(u)
}
