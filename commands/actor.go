package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Actor is who asks: a user by a credential, somebody who has not said yet who it is, or the service itself. The zero
// Actor is none of them, and may do nothing.
type Actor struct {
	User        uuid.UUID // zero unless a user asks
	Credential  string    // public id with its kind before it, such as "signing-key:AK…"
	Permissions Permissions
	Application uuid.UUID // by which the user asks as a member of its client; zero: the user asks by itself
	Grant       Grant     // of the Application's token: while it holds, the user may be asked for
	Dialect     string
	RequestID   string
	TraceParent string
	Address     string  // network address of the client
	Session     Session // by which the user asks; zero: by a credential that is in the user's state
	// when the secret that was presented ends, if before its credential does; zero: it does not
	Secret events.Secret // hash of the secret that was presented, for an API key; empty: it is not told
	At     time.Time     // when; keys that have expired by then do not count. Zero: none has

	mark     mark
	operator bool // the service's power, told as the operator's
}

// mark is what an Actor is apart from being a user. It is set by [Service] and [Anonymous] alone.
type mark uint8

const (
	unmarked mark = iota
	anonymous
	service
)

// Service returns the Actor that stands for the service itself, which may do everything.
func Service() Actor { return Actor{mark: service, Permissions: Whole()} }

// Anonymous returns the Actor that stands for somebody who has not said yet who it is. It may do what a log-in needs:
// have a failed one counted and locked, and set a password by a token that was mailed.
func Anonymous() Actor { return Actor{mark: anonymous} }

// Operator returns the Actor of who has the data folder of a service that does not run, who may do what the service
// may.
func Operator() Actor {
	a := Service()
	a.operator = true
	return a
}

// IsService reports whether the Actor is the service itself.
func (a Actor) IsService() bool { return a.mark == service }

// IsAnonymous reports whether the Actor has not said yet who it is.
func (a Actor) IsAnonymous() bool { return a.mark == anonymous }

// Within returns the Actor as the one who acts in the other's request.
func (a Actor) Within(request Actor) Actor {
	a.Dialect, a.RequestID, a.TraceParent, a.Address, a.At = request.Dialect, request.RequestID, request.TraceParent,
		request.Address, request.At
	return a
}

// Cause returns what a Record tells of who asked.
func (a Actor) Cause(s States) events.Cause {
	c := events.Cause{Actor: events.System, Credential: a.Credential, Dialect: a.Dialect, RequestID: a.RequestID,
		TraceParent: a.TraceParent}
	if a.operator {
		c.Actor = events.Operator
	}
	if a.User == uuid.Nil {
		return c
	}
	c.Actor = a.User.String()
	if u := s.User(a.User); u != nil {
		c.Address, c.AddressKey = a.Address, u.Key
	}
	return c
}
