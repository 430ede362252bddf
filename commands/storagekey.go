package commands

import (
	"github.com/google/uuid"

	"accountd/events"
)

// NoStorageKey is the Refusal of a kind of which the user has no storage key.
func NoStorageKey() *Refusal {
	return refuse(NotFound, "storage_key_not_found", "", "The account has no such storage key.")
}

// RotateStorageKeys gives the user's storage key of each named kind a new secret. A key that exists keeps its id; one
// that does not is made with the given id.
//
// Refusals: NotFound, Forbidden, Invalid (kind_invalid).
type RotateStorageKeys struct {
	ID   uuid.UUID
	Keys []events.StorageKey
}

// Of names the user.
func (c RotateStorageKeys) Of() events.Aggregate { return events.User(c.ID) }

func (c RotateStorageKeys) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RotateStorageKeys) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayLeave(s, a, u); err != nil {
		return nil, err
	}
	var out []events.Event
	for _, k := range c.Keys {
		if k.Kind != StorageS3 && k.Kind != StorageSwift {
			return nil, refuse(Invalid, "kind_invalid", "kind", "There is no such kind of storage key.")
		}
		if old, ok := u.StorageKey(k.Kind); ok {
			k.ID = old.ID
		}
		out = append(out, events.StorageKeySet{StorageKey: k})
	}
	return out, nil
}

// RemoveStorageKey ends the storage key of that kind.
//
// Refusals: NotFound, Forbidden.
type RemoveStorageKey struct {
	ID   uuid.UUID
	Kind string
}

// Of names the user.
func (c RemoveStorageKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RemoveStorageKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RemoveStorageKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.StorageKey(c.Kind); !ok {
		return nil, NoStorageKey()
	}
	return one(events.StorageKeyRemoved{Kind: c.Kind})
}

// StorageKey opens storage as the user.
type StorageKey struct {
	events.StorageKey
	By   Author   // who was shown its secret when it was made
	Seen []Author // who could read it since
}

// knownTo returns everybody who was shown the key's secret, the parent who is shown it among them.
func (k StorageKey) knownTo(parent Author) []Author { return append([]Author{k.By, parent}, k.Seen...) }

// The kinds of storage key.
const (
	StorageS3    = "s3"
	StorageSwift = "swift"
)

// StorageKey returns the user's storage key of that kind.
func (u *User) StorageKey(kind string) (events.StorageKey, bool) {
	for _, k := range u.StorageKeys {
		if k.Kind == kind {
			return k.StorageKey, true
		}
	}
	return events.StorageKey{}, false
}
