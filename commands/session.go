package commands

import (
	"time"

	"github.com/google/uuid"
)

// Session is what a log-in by a password gave: for a while its token acts as the user.
type Session struct {
	ID         uuid.UUID // public
	Kind, Hash string    // by which the session store knows its token
	Since      uint64    // LogInSince of the user as it was when its password was verified
	ProvenAt   time.Time // when who holds it last gave the password, and a code where there is a second factor
	ExpiresAt  time.Time
	Danube     bool // a token of Danube's API: a new password may leave it, and there is no way to give the password again
}

// Holds reports whether the Session is still one of the user's, nil for nobody: it ends with the password, when a second factor
// comes or goes, when the user is disabled, and when somebody ends it. That the session store knows it no more is for others to find out.
func (s Session) Holds(u *User, now time.Time) bool {
	if u == nil || !now.Before(s.ExpiresAt) || s.Since < u.EndedSince(s.ID) {
		return false
	}
	if s.Danube {
		return s.Since >= u.TokensSince
	}
	return s.Since >= u.LogInSince()
}

// LogInSince returns what a log-in of now names as its Since: the sequence of the newest Record that ended the sessions before it. The
// grants of applications go by LogInsSince alone, and tokens of Danube's API by TokensSince, as their APIs have it: those of a disabled
// user wait until it is enabled.
func (u *User) LogInSince() uint64 { return max(u.LogInsSince, u.DisabledSince) }
