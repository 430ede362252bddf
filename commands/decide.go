package commands

import (
	"fmt"

	"accountd/events"
)

// Decide returns the Events by which the Command takes effect, none when everything is so already, or a [Refusal].
func Decide(s States, a Actor, c Command) ([]events.Draft, error) {
	if err := mayStillAsk(s, a); err != nil {
		return nil, err
	}
	out, err := decide(s, a, c)
	if err == nil {
		err = mayWithProof(a, out)
	}
	if err == nil {
		err = mayOutlast(s, a, out)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func decide(s States, a Actor, c Command) ([]events.Draft, error) {
	on, ok := c.(OnVersion)
	if !ok {
		on.Command = c
	}
	switch c := on.Command.(type) {
	case SetUp:
		return decideSetUp(s, a, c)
	case CreateUser:
		return decideCreate(s, a, c)
	case EraseUser:
		return decideErase(s, a, on)
	case CreateDatacenter, UpdateDatacenter, DeleteDatacenter:
		return decideDatacenters(s, a, on)
	case CreateGroup, UpdateGroup, DeleteGroup:
		return decideGroups(s, a, on)
	case CreateClient, UpdateClient, DeleteClient:
		return decideClients(s, a, on)
	case CreateApplication, UpdateApplication, RotateApplicationSecret, DeleteApplication:
		return decideApplications(s, a, on)
	case CreateWebhook, UpdateWebhook, RotateWebhookSecret, DisableWebhook, DeleteWebhook:
		return decideWebhooks(s, a, on)
	case CreateSubscription, RotateSubscriptionSecret, DeleteSubscription:
		return decideSubscriptions(s, a, on)
	}
	return decideUser(s, a, on)
}

func decideUser(s States, a Actor, on OnVersion) ([]events.Draft, error) {
	u := s.User(on.Target())
	if u == nil {
		return nil, noSuchUser()
	}
	facts, err := decideOn(s, a, u, on.Command)
	if err == nil {
		err = checkVersion(u.Version, on.Version)
	}
	if err != nil {
		return nil, err
	}
	return drafts(u, facts), nil
}

// drafts makes Drafts of Events of a user.
func drafts(u *User, facts []events.Event) []events.Draft {
	out := make([]events.Draft, len(facts))
	for i, e := range facts {
		out[i] = events.Draft{Aggregate: events.User(u.ID), Key: u.Key, Event: e}
	}
	return out
}

func decideOn(s States, a Actor, u *User, c Command) ([]events.Event, error) {
	switch c := c.(type) {
	case UpdateUser:
		return decideUpdate(s, a, u, c)
	case DeleteUser:
		return decideDelete(s, a, u, c)
	case RehashPassword:
		return decideRehash(a, u, c)
	case EnrollTOTP:
		return decideEnroll(s, a, u, c)
	case ConfirmTOTP:
		return decideConfirm(s, a, u, c)
	case RenewRecoveryCodes:
		return decideRenewCodes(s, a, u, c)
	case UseRecoveryCode:
		return decideUseCode(s, a, u, c)
	case RemoveTOTP:
		return decideRemoveTOTP(s, a, u)
	case LockLogIn:
		return decideLock(a, c)
	case UnlockLogIn:
		return decideUnlock(s, a, u)
	case EndSession:
		return decideEndSession(s, a, u, c)
	case EndSessions:
		return decideEndSessions(s, a, u)
	case RequestPasswordReset:
		return decideRequestReset(s, a, u, c)
	case ResetPassword:
		return decideReset(a, u, c)
	case RequestMail:
		return decideMail(s, a, u, c)
	case CompleteProvisioning:
		return decideProvisioned(s, a, u, StateCreated, events.ProvisioningCompleted{})
	case FailProvisioning:
		return decideFailed(s, a, u, c)
	case AddSSHKey:
		return decideAddSSHKey(s, a, u, c)
	case UpdateSSHKey:
		return decideUpdateSSHKey(s, a, u, c)
	case RemoveSSHKey:
		return decideRemoveSSHKey(s, a, u, c)
	case AddSigningKey:
		return decideAddSigningKey(s, a, u, c)
	case RotateSigningKey:
		return decideRotateSigningKey(s, a, u, c)
	case UpdateSigningKey:
		return decideUpdateSigningKey(s, a, u, c)
	case RemoveSigningKey:
		return decideRemoveSigningKey(s, a, u, c)
	case RotateStorageKeys:
		return decideRotateStorageKeys(s, a, u, c)
	case RemoveStorageKey:
		return decideRemoveStorageKey(s, a, u, c)
	case AddAPIKey:
		return decideAddAPIKey(s, a, u, c)
	case RotateAPIKey:
		return decideRotateAPIKey(s, a, u, c)
	case UpdateAPIKey:
		return decideUpdateAPIKey(s, a, u, c)
	case RevokeAPIKey:
		return decideRevokeAPIKey(s, a, u, c)
	case LinkResource:
		return decideLink(s, a, u, c)
	case UpdateResource:
		return decideUpdateResource(s, a, u, c)
	case UnlinkResource:
		return decideUnlink(s, a, u, c)
	case GiveConsent:
		return decideGiveConsent(s, a, u, c)
	case WithdrawConsent:
		return decideWithdrawConsent(s, a, u, c)
	}
	return nil, fmt.Errorf("deciding: %T is no command", c)
}

// one is the usual outcome: a single Event.
func one(e events.Event) ([]events.Event, error) { return []events.Event{e}, nil }
