package commands

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/events"
)

// Evolve returns the State of a user after the Record, and leaves u as it is. A nil result means that there is no such
// user (any more). A Record whose content is erased, or that does not fit the State, changes nothing, unless its type alone says
// that the account has ended: a data key may be destroyed while the Records that it seals are being read.
func Evolve(u *User, r events.Record) *User {
	if created, ok := r.Event.(events.UserCreated); ok && u == nil {
		return newUser(created, r)
	}
	if u == nil || ends(r) {
		return nil
	}
	next := *u
	next.Version, next.UpdatedAt = r.Sequence, r.Time
	switch e := r.Event.(type) {
	case events.ProfileUpdated:
		next.update(e)
	case events.MembershipChanged:
		next.join(e.Client, r)
		set(&next.Access, e.Access)
		set(&next.Datacenter, e.Datacenter)
		set(&next.Groups, e.Groups)
		set(&next.Parent, e.Parent)
	case events.RightsChanged:
		set(&next.SuperAdmin, e.SuperAdmin)
		set(&next.APIAccess, e.APIAccess)
	case events.UserEnabled:
		next.Active = true
	case events.UserDisabled:
		next.Active, next.DisabledSince = false, r.Sequence
	case events.ProvisioningCompleted:
		next.State = StateCreated
	case events.ProvisioningFailed:
		next.State = StateFailed
	case events.PasswordChanged:
		next.PasswordHash = e.Hash
		if !e.Rehash {
			next.PasswordBy = u.besides(r)
			next.PasswordReset = nil
			next.endLogIns(r)
		}
	case events.PasswordResetRequested:
		next.PasswordReset, next.UpdatedAt = &e, u.UpdatedAt // nothing about the user has changed
	case events.LogInLocked:
		next.Locked, next.UpdatedAt = &e, u.UpdatedAt // nothing about the user has changed
	case events.LogInUnlocked:
		next.Locked, next.UpdatedAt = nil, u.UpdatedAt
	case events.SessionEnded:
		next.endSession(e, r)
		next.UpdatedAt = u.UpdatedAt
	case events.SessionsEnded:
		next.endSessions(r)
		next.UpdatedAt = u.UpdatedAt
	case events.TOTPEnrolled:
		next.SecondFactor = &SecondFactor{Secret: e.Secret}
	case events.TOTPConfirmed:
		next.SecondFactor = u.SecondFactor.with(e.RecoveryCodes)
		next.endLogIns(r)
	case events.RecoveryCodesRenewed:
		next.SecondFactor = u.SecondFactor.with(e.RecoveryCodes)
	case events.RecoveryCodeUsed:
		next.SecondFactor, next.UpdatedAt = u.SecondFactor.without(e.Hash), u.UpdatedAt
	case events.TOTPRemoved:
		next.SecondFactor = nil
		if u.NeedsCode() {
			next.endLogIns(r)
		}
	case events.MailRequested:
		next.UpdatedAt = u.UpdatedAt
	case events.SSHKeyAdded:
		next.SSHKeys = append(slices.Clip(u.SSHKeys), SSHKey{e, r.Time})
	case events.SSHKeyRenamed:
		next.SSHKeys = each(u.SSHKeys, func(k *SSHKey) {
			if k.Number == e.Number {
				k.Title = e.Title
			}
		})
	case events.SSHKeyRemoved:
		next.SSHKeys = without(u.SSHKeys, func(k SSHKey) bool { return k.Number == e.Number })
	case events.SigningKeyAdded:
		next.SigningKeys = append(slices.Clip(u.SigningKeys), SigningKey{e.SigningKey, r.Time, u.madeBy(r)})
	case events.SigningKeyRotated:
		next.SigningKeys = each(u.SigningKeys, func(k *SigningKey) {
			if k.ID == e.ID {
				k.Secret, k.By = e.Secret, u.madeBy(r)
			}
		})
	case events.SigningKeyUpdated:
		next.SigningKeys = each(u.SigningKeys, func(k *SigningKey) {
			if k.ID == e.ID {
				set(&k.Permissions, e.Permissions)
				set(&k.Name, e.Name)
			}
		})
	case events.SigningKeyRemoved:
		next.SigningKeys = without(u.SigningKeys, func(k SigningKey) bool { return k.ID == e.ID })
	case events.StorageKeySet:
		next.StorageKeys = append(without(u.StorageKeys, func(k events.StorageKey) bool { return k.Kind == e.Kind }), e.StorageKey)
	case events.StorageKeyRemoved:
		next.StorageKeys = without(u.StorageKeys, func(k events.StorageKey) bool { return k.Kind == e.Kind })
	case events.APIKeyAdded:
		next.APIKeys = append(slices.Clip(u.APIKeys), APIKey{APIKey: e.APIKey, AddedAt: r.Time, By: u.madeBy(r)})
	case events.APIKeyRotated:
		next.APIKeys = each(u.APIKeys, func(k *APIKey) {
			if k.ID == e.ID {
				k.rotate(e)
				k.By = u.madeBy(r)
			}
		})
	case events.APIKeyUpdated:
		next.APIKeys = each(u.APIKeys, func(k *APIKey) {
			if k.ID == e.ID {
				k.update(e)
			}
		})
	case events.APIKeyRevoked:
		next.APIKeys = without(u.APIKeys, func(k APIKey) bool { return k.ID == e.ID })
	case events.CallbackKeySet:
		next.CallbackKey = e.Secret
	case events.ResourceLinked:
		next.Resources = append(without(u.Resources, sameResource(e.Kind, e.ID)), e)
	case events.ResourceUnlinked:
		next.Resources = without(u.Resources, sameResource(e.Kind, e.ID))
	case events.ConsentGiven:
		next.Consents = append(without(u.Consents, consentTo(e.Application)), Consent{e.Application, r.Sequence, r.Time})
	case events.ConsentWithdrawn:
		next.Consents = without(u.Consents, consentTo(e.Application))
	default:
		return u
	}
	return &next
}

// join makes the user a member of the client of that number, 0 for none, unless it is nil or that of before. With a membership ends
// what was granted in it.
func (u *User) join(client *int64, r events.Record) {
	if client == nil || *client == u.Client {
		return
	}
	u.Client, u.Consents, u.MemberSince = *client, nil, 0
	if u.Client != 0 {
		u.MemberSince = r.Sequence
	}
}

// endLogIns ends what log-ins gave that were made before the Record.
func (u *User) endLogIns(r events.Record) {
	u.LogInsSince = r.Sequence
	if e, _ := r.Event.(events.PasswordChanged); !e.KeepsTokens {
		u.TokensSince = r.Sequence
	}
}

func newUser(e events.UserCreated, r events.Record) *User {
	u := &User{
		ID: r.Aggregate.ID, Number: e.Number, Version: r.Sequence, CreatedAt: r.Time, UpdatedAt: r.Time, Key: r.Key,
		Username: e.Username, Email: e.Email, FirstName: e.FirstName, LastName: e.LastName, DisplayName: e.DisplayName,
		Phone: e.Phone, ExternalID: e.ExternalID, Language: e.Language, Timezone: e.Timezone, State: e.State,
		Active: e.Active, SuperAdmin: e.SuperAdmin, APIAccess: e.APIAccess, Parent: e.Parent, Client: e.Client,
		Access: e.Access, Comment: e.Comment, ExtraParams: e.ExtraParams, Datacenter: e.Datacenter, Groups: e.Groups,
		Profile: e.Profile, PasswordHash: e.PasswordHash, StorageKeys: slices.Clone(e.StorageKeys),
		CallbackKey: e.CallbackKey,
	}
	if e.Client != 0 {
		u.MemberSince = r.Sequence
	}
	by := u.besides(r)
	if u.PasswordHash != "" {
		u.PasswordBy = by
	}
	for _, k := range e.SigningKeys {
		u.SigningKeys = append(u.SigningKeys, SigningKey{k, r.Time, by})
	}
	for _, k := range e.APIKeys {
		u.APIKeys = append(u.APIKeys, APIKey{APIKey: k, AddedAt: r.Time, By: by})
	}
	u.pack()
	return u
}

// pack moves the user's texts into one piece of memory. There are many users and they stay for long: the fewer pieces
// they consist of, the less memory they take and the less the garbage collector has to look at.
func (u *User) pack() {
	texts := []*string{&u.Username, &u.Email, &u.FirstName, &u.LastName, &u.DisplayName, &u.Phone, &u.ExternalID, &u.Language,
		&u.Timezone, &u.State, &u.Access, &u.Comment, &u.ExtraParams, (*string)(&u.PasswordHash), (*string)(&u.CallbackKey)}
	for i := range u.SigningKeys {
		texts = append(texts, &u.SigningKeys[i].ID, &u.SigningKeys[i].Name, (*string)(&u.SigningKeys[i].Secret))
	}
	for i := range u.StorageKeys {
		texts = append(texts, &u.StorageKeys[i].Kind, &u.StorageKeys[i].ID, (*string)(&u.StorageKeys[i].Secret))
	}
	var all strings.Builder
	for _, t := range texts {
		all.WriteString(*t)
	}
	rest := all.String()
	for _, t := range texts {
		*t, rest = rest[:len(*t)], rest[len(*t):]
	}
}

func (u *User) update(e events.ProfileUpdated) {
	set(&u.Username, e.Username)
	if e.Email != nil {
		u.PasswordReset = nil // its token went to the address before
	}
	set(&u.Email, e.Email)
	set(&u.FirstName, e.FirstName)
	set(&u.LastName, e.LastName)
	set(&u.DisplayName, e.DisplayName)
	set(&u.Phone, e.Phone)
	set(&u.ExternalID, e.ExternalID)
	set(&u.Language, e.Language)
	set(&u.Timezone, e.Timezone)
	set(&u.Comment, e.Comment)
	set(&u.ExtraParams, e.ExtraParams)
	if e.Profile != nil {
		u.Profile = e.Profile
	}
	if u.Profile != nil && *u.Profile == (events.Profile{}) {
		u.Profile = nil
	}
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func (k *APIKey) rotate(e events.APIKeyRotated) {
	k.Hash, k.Old, k.OldUntil = e.Hash, k.Hash, e.OldUntil
	if e.OldUntil.IsZero() {
		k.Old = ""
	}
}

func (k *APIKey) update(e events.APIKeyUpdated) {
	set(&k.Permissions, e.Permissions)
	set(&k.AllowedIPs, e.AllowedIPs)
	set(&k.ExpiresAt, e.ExpiresAt)
	set(&k.Memo, e.Memo)
}

// each returns a new slice, whose elements were given to change.
func each[T any](list []T, change func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}

// without returns a new slice, nil when nothing is left, so that a fold does not depend on how it came about.
func without[T any](list []T, drop func(T) bool) []T {
	var kept []T
	for _, v := range list {
		if !drop(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

func sameResource(kind, id string) func(events.ResourceLinked) bool {
	return func(l events.ResourceLinked) bool { return l.Kind == kind && l.ID == id }
}

func consentTo(application uuid.UUID) func(Consent) bool {
	return func(c Consent) bool { return c.Application == application }
}
