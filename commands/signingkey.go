package commands

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// NoSigningKey is the Refusal of an id that none of the user's signing keys has.
func NoSigningKey() *Refusal {
	return refuse(NotFound, "signing_key_not_found", "", "The account has no such signing key.")
}

// AddSigningKey gives the user one more signing key. Only a super admin may set Permissions.
//
// Refusals: NotFound, Forbidden, Taken, Conflict (too_many).
type AddSigningKey struct {
	ID  uuid.UUID
	Key events.SigningKey
}

// Of names the user.
func (c AddSigningKey) Of() events.Aggregate { return events.User(c.ID) }

func (c AddSigningKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c AddSigningKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if err := mayAddKey(s, a, u, events.APIKey{Permissions: c.Key.Permissions}); err != nil {
		return nil, err
	}
	if err := checkSigningKey(s, c.Key); err != nil {
		return nil, err
	}
	if err := tooMany(len(u.SigningKeys), maxCredentials, "signing keys"); err != nil {
		return nil, err
	}
	return one(events.SigningKeyAdded{SigningKey: c.Key})
}

func checkSigningKey(s States, k events.SigningKey) error {
	if k.ID == "" || k.Secret == "" || strings.Contains(k.ID, ":") {
		return refuse(Invalid, "signing_key_invalid", "", "A signing key needs an id without colons, and a secret.")
	}
	if s.UserBySigningKey(k.ID) != nil {
		return refuse(Taken, "signing_key_taken", "", "There is a signing key with this id.")
	}
	return checkSigningKeyTexts(k)
}

// checkSigningKeyTexts checks what may change about a signing key.
func checkSigningKeyTexts(k events.SigningKey) error {
	if err := checkText("name", k.Name, maxName, false); err != nil {
		return err
	}
	return checkPermissions(k.Permissions)
}

// RotateSigningKey gives a signing key a new secret; the old one is void at once.
//
// Refusals: NotFound, Forbidden.
type RotateSigningKey struct {
	ID     uuid.UUID
	KeyID  string
	Secret events.Secret
}

// Of names the user.
func (c RotateSigningKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RotateSigningKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RotateSigningKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.SigningKey(c.KeyID)
	if !ok {
		return nil, NoSigningKey()
	}
	if err := mayIssue(s, a, u, events.APIKey{Permissions: k.Permissions}); err != nil {
		return nil, err
	}
	return one(events.SigningKeyRotated{ID: c.KeyID, Secret: c.Secret})
}

// RemoveSigningKey ends a signing key. With KeepLast the user's only one is refused.
//
// Refusals: NotFound, Forbidden, Conflict (last_signing_key).
type RemoveSigningKey struct {
	ID       uuid.UUID
	KeyID    string
	KeepLast bool
}

// Of names the user.
func (c RemoveSigningKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RemoveSigningKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RemoveSigningKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.SigningKey(c.KeyID); !ok {
		return nil, NoSigningKey()
	}
	if c.KeepLast && len(u.SigningKeys) == 1 {
		return nil, refuse(Conflict, "last_signing_key", "", "This is the account's last signing key.")
	}
	return one(events.SigningKeyRemoved{ID: c.KeyID})
}

// UpdateSigningKey changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (key_unattested).
type UpdateSigningKey struct {
	ID          uuid.UUID
	KeyID       string
	Name        *string
	Permissions PermissionsChange
}

// Of names the user.
func (c UpdateSigningKey) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateSigningKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateSigningKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.SigningKey(c.KeyID)
	if !ok {
		return nil, NoSigningKey()
	}
	after := c.Permissions.of(k.Permissions)
	if err := mayChangeKey(s, a, u, k.knownTo(u.seenBy(s, a.At)), events.APIKey{Permissions: k.Permissions},
		events.APIKey{Permissions: after}); err != nil {
		return nil, err
	}
	e := events.SigningKeyUpdated{ID: c.KeyID, Name: changed(k.Name, c.Name),
		Permissions: changed(k.Permissions, &after)}
	if e == (events.SigningKeyUpdated{ID: c.KeyID}) {
		return nil, nil
	}
	set(&k.Name, c.Name)
	k.Permissions = after
	if err := checkSigningKeyTexts(k.SigningKey); err != nil {
		return nil, err
	}
	return one(e)
}

// SigningKey signs requests as the user.
type SigningKey struct {
	events.SigningKey
	AddedAt time.Time
	By      Author   // who was shown its secret when it was made
	Seen    []Author // who could read it since
}

// SigningKey returns the user's signing key of that id.
func (u *User) SigningKey(id string) (SigningKey, bool) {
	for _, k := range u.SigningKeys {
		if k.ID == id {
			return k, true
		}
	}
	return SigningKey{}, false
}

// knownTo returns everybody who was shown the key's secret, the parent who is shown it among them.
func (k SigningKey) knownTo(parent Author) []Author { return append([]Author{k.By, parent}, k.Seen...) }
