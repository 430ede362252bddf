package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// The kinds of sessions, by what they open.
const (
	SessionNative      = "native"
	SessionBrowser     = "browser"     // the pages of the log-in for applications
	SessionApplication = "application" // the API of clients' members
	SessionDanube      = "danube"
)

// LongestSession is longer than any session lasts without a log-in or a refresh: a token of one that was ended so long ago has expired.
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

// EndedSince returns the sequence of the newest Record that ended the session of that id, alone or with all others, 0 when none did.
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
