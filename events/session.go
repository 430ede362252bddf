package events

import "github.com/google/uuid"

// SessionEnded records that somebody, or the service, ended one of the user's sessions before its time: a log-in, or
// what an application was granted. Its tokens are void.
type SessionEnded struct {
	// of the session; of the application, for what it gets by its secret alone
	ID          uuid.UUID `json:"id"`
	Kind        string    `json:"kind"`                 // native, browser, application or danube
	Application uuid.UUID `json:"application,omitzero"` // that it was granted to
	// refresh_token_reused or code_reused; empty: somebody asked for it
	Reason string `json:"reason,omitempty"`
}

// SessionsEnded records that somebody ended all sessions of the user, those of applications and of every API among
// them.
type SessionsEnded struct{}

func (SessionEnded) Type() string  { return "SessionEnded.v1" }
func (SessionsEnded) Type() string { return "SessionsEnded.v1" }
