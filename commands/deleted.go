package commands

import (
	"github.com/google/uuid"

	"accountd/events"
)

// Deleted is what is remembered of a user who was deleted: as much as erasing needs. It is immutable.
type Deleted struct {
	ID      uuid.UUID
	Parent  uuid.UUID    // who, as its parent, could have deleted it; zero for none, and once erased
	Key     events.KeyID // of the data key that seals the user's history
	Version uint64       // sequence of the newest Record
	Erased  bool         // nothing more can be read of the user, or the data key is about to be destroyed
}

// EvolveDeleted returns what is remembered after the Record of a user who was u before it, nil for nothing. It depends on
// the Record's type alone, because the content of an erased user's Records cannot be read.
func EvolveDeleted(d *Deleted, u *User, r events.Record) *Deleted {
	if !ends(r) {
		return d
	}
	next := &Deleted{ID: r.Aggregate.ID, Key: r.Key, Version: r.Sequence, Erased: r.Type == events.UserErased{}.Type()}
	if u != nil && !next.Erased && len(u.Groups) == 0 && !elevated(u, r.Time) {
		next.Parent = u.ScopeParent()
	}
	return next
}

// ends reports whether the Record ends the account that it belongs to.
func ends(r events.Record) bool {
	return r.Type == events.UserDeleted{}.Type() || r.Type == events.UserErased{}.Type()
}
