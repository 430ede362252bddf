package commands

import (
	"fmt"

	"accountd/events"
)

// Decide returns the Events by which the Command takes effect, none when everything is so already, or a [Refusal].
func Decide(s States, a Actor, c Command) ([]events.Draft, error) {
	if create, ok := c.(CreateUser); ok {
		return decideCreate(s, a, create)
	}
	u := s.User(c.Target())
	if u == nil {
		return nil, noSuchUser()
	}
	on, _ := c.(OnVersion)
	if on.Command != nil {
		c = on.Command
	}
	facts, err := decideOn(s, a, u, c)
	if err == nil {
		err = checkVersion(u, on.Version)
	}
	if err != nil {
		return nil, err
	}
	drafts := make([]events.Draft, len(facts))
	for i, e := range facts {
		drafts[i] = events.Draft{Aggregate: events.User(u.ID), Key: u.Key, Event: e}
	}
	return drafts, nil
}

func decideOn(s States, a Actor, u *User, c Command) ([]events.Event, error) {
	switch c := c.(type) {
	case UpdateUser:
		return decideUpdate(s, a, u, c)
	case DeleteUser:
		return decideDelete(s, a, u, c)
	case RehashPassword:
		return decideRehash(a, u, c)
	case RequestPasswordReset:
		return decideRequestReset(s, a, u, c)
	case ResetPassword:
		return decideReset(u, c)
	case CompleteProvisioning:
		return decideProvisioned(s, a, u, StateCreated, events.ProvisioningCompleted{})
	case FailProvisioning:
		return decideFailed(s, a, u, c)
	case AddSSHKey:
		return decideAddSSHKey(s, a, u, c)
	case RemoveSSHKey:
		return decideRemoveSSHKey(s, a, u, c)
	case AddSigningKey:
		return decideAddSigningKey(s, a, u, c)
	case RotateSigningKey:
		return decideRotateSigningKey(s, a, u, c)
	case RemoveSigningKey:
		return decideRemoveSigningKey(s, a, u, c)
	case RotateStorageKeys:
		return decideRotateStorageKeys(s, a, u, c)
	case AddAPIKey:
		return decideAddAPIKey(s, a, u, c)
	case RevokeAPIKey:
		return decideRevokeAPIKey(s, a, u, c)
	case LinkResource:
		return decideLink(s, a, u, c)
	case UnlinkResource:
		return decideUnlink(s, a, u, c)
	}
	return nil, fmt.Errorf("deciding: %T is no command", c)
}

// one is the usual outcome: a single Event.
func one(e events.Event) ([]events.Event, error) { return []events.Event{e}, nil }
