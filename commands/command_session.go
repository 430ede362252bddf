package commands

import "github.com/google/uuid"

// EndSession ends one of the user's sessions before its time: its tokens are void at once, on every instance. Nothing happens when it
// was ended before.
//
// Refusals: NotFound, Forbidden, Conflict (sessions_ended).
type EndSession struct {
	ID          uuid.UUID
	Session     uuid.UUID // its public id; the Application, for what it gets by its secret alone
	Kind        string    // see the constants
	Application uuid.UUID // that it was granted to, zero for none
	Reason      string    // of the service itself; empty: somebody asks for it
}

// EndSessions ends all sessions of the user, and what applications were granted by it.
//
// Refusals: NotFound, Forbidden.
type EndSessions struct {
	ID       uuid.UUID
	KeepsOwn bool // but for the session by which it is asked for
}
