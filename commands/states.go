package commands

import (
	"context"

	"github.com/google/uuid"

	"accountd/events"
)

// States is what Decide may ask of the fold: an immutable picture of every aggregate at one Position.
type States interface {
	// Head is the place in the Log up to which the States are folded.
	Head() events.Head
	// User returns the user of that id, nil when there is none.
	User(id uuid.UUID) *User
	// Deleted returns what is remembered of the deleted user of that id, nil when none was deleted.
	Deleted(id uuid.UUID) *Deleted
	// UserByName returns the user whose username or e-mail address folds to the same text as name, nil when there is none.
	UserByName(name string) *User
	// LookAlikes visits the users whose username or e-mail address looks like name (see [LookAlikes]) without folding to the
	// same text, until visit returns false. It may visit a user twice.
	LookAlikes(name string, visit func(*User) bool)
	// UserByExternalID returns the user whose external id folds to the same text, nil when there is none.
	UserByExternalID(id string) *User
	// UserBySigningKey returns the owner of that signing key, nil when there is none.
	UserBySigningKey(id string) *User
	// UserByAPIKey returns the owner of the API key with that SHA-256 hash (lower-case hex), nil when there is none.
	UserByAPIKey(hash string) *User
	// Directory returns everything but users.
	Directory() *Directory
	// Members visits the users who are bound to the datacenter, in the group, of the client, or in the Scope of the user as their
	// parent, until visit returns false.
	Members(of events.Aggregate, visit func(*User) bool)
	// LastNumber returns the highest number of that kind that was ever assigned, 0 for none.
	LastNumber(kind events.NumberKind) int64
}

// Fold is the running fold that the Handler decides on and feeds. projections.View implements it.
type Fold interface {
	// States returns the newest picture.
	States() States
	// Apply folds Records that follow directly on what was applied, and ignores those already seen.
	Apply(records []events.Record) error
	// Wait returns when the Record of that sequence is applied, or with the context's error.
	Wait(ctx context.Context, sequence uint64) error
}
