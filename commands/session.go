package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Session is what a log-in by a password gave: for a while its token acts as the user.
type Session struct {
	ID         uuid.UUID // public
	Kind, Hash string    // by which the session store knows its token
	Since      uint64    // LogInSince of the user as it was when its password was verified
	ProvenAt   time.Time // when who holds it last gave the password, and a code where there is a second factor
	ExpiresAt  time.Time
	// a token of Danube's API: a new password may leave it, and there is no way to give the password again
	Danube bool
}

// Holds reports whether the Session is still one of the user's, nil for nobody: it ends with the password, when a
// second factor comes or goes, when the user is disabled, and when somebody ends it. That the session store knows it no
// more is for others to find out.
func (s Session) Holds(u *User, now time.Time) bool {
	if u == nil || !now.Before(s.ExpiresAt) || s.Since < u.EndedSince(s.ID) {
		return false
	}
	if s.Danube {
		return s.Since >= u.TokensSince
	}
	return s.Since >= u.LogInSince()
}

// LogInSince returns what a log-in of now names as its Since: the sequence of the newest Record that ended the sessions
// before it. The grants of applications go by LogInsSince alone, and tokens of Danube's API by TokensSince, as their
// APIs have it: those of a disabled user wait until it is enabled.
func (u *User) LogInSince() uint64 { return max(u.LogInsSince, u.DisabledSince) }

// EndSession ends one of the user's sessions before its time: its tokens are void at once, on every instance. Nothing
// happens when it was ended before.
//
// Refusals: NotFound, Forbidden, Conflict (sessions_ended).
type EndSession struct {
	ID          uuid.UUID
	Session     uuid.UUID // its public id; the Application, for what it gets by its secret alone
	Kind        string    // see the constants
	Application uuid.UUID // that it was granted to, zero for none
	Reason      string    // of the service itself; empty: somebody asks for it
}

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
	// an application may have got more since
	case c.Session != c.Application && u.EndedSince(c.Session) > u.SessionsSince:
		return nil, nil
	case len(u.Ended) >= maxEnded && !a.IsService():
		return nil, refuse(Conflict, "sessions_ended", "",
			"More than %d sessions were ended one by one; end all of them.", maxEnded)
	}
	return one(events.SessionEnded{ID: c.Session, Kind: c.Kind, Application: c.Application, Reason: c.Reason})
}

// EndSessions ends all sessions of the user, and what applications were granted by it.
//
// Refusals: NotFound, Forbidden.
type EndSessions struct {
	ID       uuid.UUID
	KeepsOwn bool // but for the session by which it is asked for
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

// maxEnded is how many sessions of a user may be ended one by one within [LongestSession]: the State remembers each of
// them.
const maxEnded = 500

// The kinds of sessions, by what they open.
const (
	SessionNative      = "native"
	SessionBrowser     = "browser"     // the pages of the log-in for applications
	SessionApplication = "application" // the API of clients' members
	SessionDanube      = "danube"
)

// LongestSession is longer than any session lasts without a log-in or a refresh: a token of one that was ended so long
// ago has expired.
const LongestSession = 31 * 24 * time.Hour

// The reasons for which the service ends sessions by itself.
const (
	EndedByRefresh = "refresh_token_reused"
	EndedByCode    = "code_reused"
)

// EndedSession is a session that was ended before its time.
type EndedSession struct {
	ID       uuid.UUID
	Sequence uint64 // of the Record that ended it
	At       time.Time
}

// EndedSince returns the sequence of the newest Record that ended the session of that id, alone or with all others, 0
// when none did.
func (u *User) EndedSince(session uuid.UUID) uint64 {
	for _, e := range u.Ended {
		if e.ID == session {
			return max(e.Sequence, u.SessionsSince)
		}
	}
	return u.SessionsSince
}

// endSession remembers that the session was ended, and forgets those whose tokens have expired by now.
func (u *User) endSession(e events.SessionEnded, r events.Record) {
	u.Ended = append(without(u.Ended, func(s EndedSession) bool {
		return s.ID == e.ID || r.Time.Sub(s.At) > LongestSession
	}), EndedSession{e.ID, r.Sequence, r.Time})
}

// endSessions ends all that there are.
func (u *User) endSessions(r events.Record) {
	u.Ended = nil
	u.SessionsSince, u.LogInsSince, u.TokensSince = r.Sequence, r.Sequence, r.Sequence
}

// ProofFor is how long a password counts as the proof that who asks by a session is its user. Whoever has stolen the
// session does not know it, and so can neither stay nor shut the user out.
const ProofFor = 15 * time.Minute

// ReasonProof is the reason of the Forbidden refusal of what takes a newer proof.
const ReasonProof = "reauthentication_required"

// ReasonSessionEnded is the reason of the Forbidden refusal of what is asked for in a session that has ended meanwhile.
const ReasonSessionEnded = "session_ended"

// ReasonKeyEnded is the reason of the Forbidden refusal of what is asked for by an API key that has ended meanwhile.
const ReasonKeyEnded = "key_ended"

// mayStillAsk refuses who asks by a session, a key, or an application's grant, that has ended since the request was let
// in.
func mayStillAsk(s States, a Actor) error {
	if a.byApplication() {
		if err := byGrant(s, a); err != nil {
			return err
		}
	}
	if a.Session != (Session{}) && !a.Session.Holds(s.User(a.User), a.At) {
		return refuse(Forbidden, ReasonSessionEnded, "", "The session has ended; log in again.")
	}
	if u := s.User(a.User); u != nil && strings.HasPrefix(a.Credential, "api-key:") {
		k, ok := u.keyInUse(a)
		if !ok || a.Secret != "" && !k.Opens(a.Secret.Reveal(), a.At) {
			return refuse(Forbidden, ReasonKeyEnded, "",
				"The key has ended, or has another secret, since the request came.")
		}
	}
	return nil
}

// mayWithProof refuses who asks by a session without a proof of late what decides who gets in or may do what, one's own
// account or another. An application that acts for a user is held to its own bounds instead, and knows no proof.
func mayWithProof(a Actor, drafts []events.Draft) error {
	if proven(a) || !slices.ContainsFunc(drafts, needsProof) {
		return nil
	}
	return lacksProof()
}

// proven reports whether the Actor asks by no session of the kind that takes a proof, or gave one of late.
func proven(a Actor) bool {
	return a.Session == (Session{}) || a.Session.Danube || a.byApplication() || a.At.Sub(a.Session.ProvenAt) < ProofFor
}

func lacksProof() *Refusal {
	return refuse(Forbidden, ReasonProof, "",
		"This takes the password again, which was given more than %.0f minutes ago.", ProofFor.Minutes())
}

// needsProof names what does not: the rest does, whatever is added to it.
func needsProof(d events.Draft) bool {
	switch e := d.Event.(type) {
	case events.UserCreated:
		return privileged(e)
	case events.ProfileUpdated:
		return e.Username != nil || e.Email != nil || e.ExternalID != nil
	case events.SigningKeyUpdated:
		return e.Permissions != nil
	case events.APIKeyUpdated:
		return e.Permissions != nil || e.AllowedIPs != nil || e.ExpiresAt != nil
	// who ends them may be in a hurry
	case events.SSHKeyRemoved, events.SigningKeyRemoved, events.StorageKeyRemoved, events.APIKeyRevoked,
		events.ConsentWithdrawn, events.SessionEnded, events.SessionsEnded,
		events.SSHKeyRenamed, events.ResourceLinked, events.ResourceUnlinked, events.ProvisioningCompleted,
		events.ProvisioningFailed, events.MailRequested:
		return false
	}
	return true
}

// MaySeeSessions returns a [*Refusal] when the Actor may not see where the user is logged in: one sees one's own
// sessions, by whichever credential, and those of the accounts that one may manage.
func MaySeeSessions(s States, a Actor, target *User) error {
	switch {
	case target == nil:
		return noSuchUser()
	case a.IsService():
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if u.ID == target.ID {
		return nil
	}
	return mayManage(s, a, target)
}
