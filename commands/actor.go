package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Actor is who asks: a user by a credential, or the service itself.
type Actor struct {
	User        uuid.UUID // zero for the service itself
	Credential  string    // public id with its kind before it, such as "signing-key:AK…"
	Permissions events.Permissions
	Application uuid.UUID // by which the user asks as a member of its client; zero: the user asks by itself
	Grant       Grant     // of the Application's token: while it holds, the user may be asked for
	Dialect     string
	RequestID   string
	TraceParent string
	Address     string    // network address of the client
	Session     Session   // by which the user asks; zero: by a credential that is in the user's state
	Until       time.Time // when the secret that was presented ends, if before its credential does; zero: it does not
	At          time.Time // when; keys that have expired by then do not count. Zero: none has
}

// Service returns the Actor that stands for the service itself, which may do everything.
func Service() Actor { return Actor{} }

// IsService reports whether the Actor is the service itself.
func (a Actor) IsService() bool { return a.User == uuid.Nil }

func (a Actor) cause(s States) events.Cause {
	c := events.Cause{Actor: events.System, Credential: a.Credential, Dialect: a.Dialect, RequestID: a.RequestID,
		TraceParent: a.TraceParent}
	if a.IsService() {
		return c
	}
	c.Actor = a.User.String()
	if u := s.User(a.User); u != nil {
		c.Address, c.AddressKey = a.Address, u.Key
	}
	return c
}
