package commands

import (
	"slices"

	"accountd/events"
)

// Of names the user.
func (c UpdateSSHKey) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateSSHKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateSSHKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.SSHKey(c.Number)
	switch {
	case !ok:
		return nil, NoSSHKey()
	case c.Title == nil || k.Title == *c.Title:
		return nil, nil
	}
	if err := checkTitle(*c.Title); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(u.SSHKeys, func(k SSHKey) bool { return k.Title == *c.Title }) {
		return nil, titleTaken()
	}
	return one(events.SSHKeyRenamed{Number: c.Number, Title: *c.Title})
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
	if err := mayChangeKey(s, a, u, events.APIKey{Permissions: k.Permissions}, events.APIKey{Permissions: after}); err != nil {
		return nil, err
	}
	e := events.SigningKeyUpdated{ID: c.KeyID, Name: changed(k.Name, c.Name), Permissions: changed(k.Permissions, &after)}
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

// Of names the user.
func (c UpdateAPIKey) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateAPIKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateAPIKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.APIKey(c.KeyID)
	if !ok {
		return nil, NoAPIKey()
	}
	after := c.of(k.APIKey)
	if err := mayChangeKey(s, a, u, k.APIKey, after); err != nil {
		return nil, err
	}
	switch {
	case k.Kind == KeyDanube:
		return nil, refuse(Conflict, "api_key_kind_invalid", "", "Keys of this kind are made and changed in their own API.")
	case k.Expired(a.At):
		return nil, refuse(Conflict, "api_key_expired", "", "The key has expired.")
	}
	e := keyDifference(k.APIKey, after)
	if e == (events.APIKeyUpdated{ID: k.ID}) {
		return nil, nil
	}
	if err := checkAPIKeyBounds(after); err != nil {
		return nil, err
	}
	return one(e)
}

// of returns the key with the changes made.
func (c UpdateAPIKey) of(k events.APIKey) events.APIKey {
	k.Permissions = c.Permissions.of(k.Permissions)
	if k.Kind == KeyPterodactyl {
		k.Permissions = PanelPermissions(k.Permissions)
	}
	set(&k.AllowedIPs, c.AllowedIPs)
	set(&k.ExpiresAt, c.ExpiresAt)
	k.ExpiresAt = k.ExpiresAt.UTC()
	set(&k.Memo, c.Memo)
	return k
}

// keyDifference is the Event that makes the one key the other.
func keyDifference(before, after events.APIKey) events.APIKeyUpdated {
	e := events.APIKeyUpdated{ID: before.ID, Permissions: changed(before.Permissions, &after.Permissions), Memo: changed(before.Memo, &after.Memo),
		AllowedIPs: changedList(before.AllowedIPs, &after.AllowedIPs)}
	if !after.ExpiresAt.Equal(before.ExpiresAt) {
		e.ExpiresAt = &after.ExpiresAt
	}
	return e
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
