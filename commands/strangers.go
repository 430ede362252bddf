package commands

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Author is who made a credential, besides the user whose it is, and by which credential. The zero Author is the user or the service.
type Author struct {
	User       uuid.UUID
	Credential string // public id with its kind before it; empty: another that is not in the user's state
}

// couldMake reports whether the Author could give the target such a key, by the credential in question.
func (by Author) couldMake(s States, target *User, k events.APIKey) bool {
	if by == (Author{}) {
		return true
	}
	_, a, ok := by.actor(s)
	return ok && mayManage(s, a, target) == nil && mayAddKey(s, a, target, k) == nil
}

// covers reports whether the Author is no stranger to the account as it stands in the States: could open a log-in as the account now,
// by the credential in question (see mayOpen).
func (by Author) covers(s States, target *User) bool {
	if by == (Author{}) || by.User == target.ID {
		return true
	}
	u, a, ok := by.actor(s)
	if !ok || !u.SuperAdmin && (target.SuperAdmin || !coversMember(u, target) || len(beyond(s, u, s, target)) > 0) {
		return false
	}
	return mayOpen(s, a, target) == nil
}

// actor returns the Author as the user who is there, and as who would ask now by the credential in question, if that is there, too.
func (by Author) actor(s States) (*User, Actor, bool) {
	u := s.User(by.User)
	if u == nil {
		return nil, Actor{}, false
	}
	permissions, _, ok := u.credential(by.Credential, time.Time{})
	return u, Actor{User: u.ID, Credential: by.Credential, Permissions: permissions}, ok
}

// author returns who knows the secret that the Record gives the account: who asked for it, and when its user did, who had made the
// credential that it was asked by.
func (u *User) author(r events.Record) Author {
	switch by := r.Cause.User(); by {
	case u.ID:
	case uuid.Nil:
		if _, ok := r.Event.(events.PasswordChanged); ok && u.PasswordReset != nil {
			return u.EmailBy // by a link that was mailed
		}
		return Author{}
	default:
		return Author{by, r.Cause.Credential}
	}
	if _, by, ok := u.credential(r.Cause.Credential, r.Time); ok {
		return by
	}
	return u.PasswordBy
}

// credential returns what a key of the user, by its public id with its kind before it, is permitted and who made it; of any other
// credential, such as a session, everything and who set the password. It is false for a key that the user does not have.
func (u *User) credential(id string, at time.Time) (Permissions, Author, bool) {
	kind, key, _ := strings.Cut(id, ":")
	switch kind {
	case "api-key":
		i := slices.IndexFunc(u.APIKeys, func(k APIKey) bool { return k.ID.String() == key })
		if i < 0 {
			return Permissions{}, Author{}, false
		}
		return Granted(u.APIKeys[i].Permissions), u.APIKeys[i].author(at), true
	case "signing-key":
		k, ok := u.SigningKey(key)
		return Granted(k.Permissions), k.By, ok
	}
	return Whole(), u.PasswordBy, true
}

// seenBy returns the parent who is shown the secrets of the user's signing and storage keys, at that time.
func (u *User) seenBy(s States, at time.Time) Author {
	if parent := s.User(u.ScopeParent()); parent != nil && makesAccounts(parent, at) {
		return Author{User: parent.ID}
	}
	return Author{}
}

// leave notes, when the account is in the Scope of that parent no more, that it was shown the secrets of signing and storage keys.
func (u *User) leave(parent uuid.UUID) {
	if parent == uuid.Nil || parent == u.ScopeParent() {
		return
	}
	shown := Author{User: parent}
	u.SigningKeys = each(u.SigningKeys, func(k *SigningKey) { k.By = cmp.Or(k.By, shown) })
	u.StorageKeys = each(u.StorageKeys, func(k *StorageKey) { k.By = cmp.Or(k.By, shown) })
}

// mostRisen bounds the Events about those who may do more because of one command.
const mostRisen = 500

// leftByStrangers returns what ends the credentials of everybody who may do more once the drafts are in the Log, as far as somebody
// made them who may not do as much: a former parent, say, of a user who becomes a super admin. Who made them is asked for now, so a
// super admin who is one no more counts.
func leftByStrangers(s States, a Actor, of []events.Draft) (out []events.Draft, err error) {
	users := concerned(s, of)
	if len(users) == 0 {
		return nil, nil
	}
	next := NewOverlay(s)
	next.Add(a, of)
	for _, id := range users {
		if before, after := s.User(id), next.User(id); before != nil && after != nil && gainsReach(s, next, before, after) {
			out = append(out, drafts(after, strangers(next, after, a.At))...)
		}
	}
	if len(out) > mostRisen {
		return nil, refuse(Conflict, "too_many", "", "Too many accounts would gain rights by this, whose credentials others have made.")
	}
	return out, nil
}

// concerned returns the users who may be able to do more because of the drafts.
func concerned(s States, of []events.Draft) (out []uuid.UUID) {
	members := func(groups ...uuid.UUID) {
		for _, g := range groups {
			s.Members(events.Group(g), func(u *User) bool {
				out = append(out, u.ID)
				return true
			})
		}
	}
	for _, d := range of {
		switch e := d.Event.(type) {
		case events.RightsChanged, events.MembershipChanged:
			out = append(out, d.Aggregate.ID)
		case events.GroupUpdated:
			members(d.Aggregate.ID)
		case events.DatacenterCreated:
			members(e.Groups...)
		case events.DatacenterUpdated:
			if e.Owner != nil {
				out = append(out, *e.Owner)
			}
			if e.Groups != nil {
				members(*e.Groups...)
			}
		}
	}
	slices.SortFunc(out, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

// strangers are the Events that end the credentials which strangers made, or were shown.
func strangers(s States, u *User, at time.Time) (out []events.Event) {
	covers := func(by Author) bool { return by.covers(s, u) }
	shown := func(by Author) bool { return covers(by) && covers(u.seenBy(s, at)) }
	if u.PasswordHash != "" && !covers(u.PasswordBy) {
		out = append(out, events.PasswordChanged{})
	}
	for _, k := range u.APIKeys {
		if !k.heldBy(at, covers) {
			out = append(out, events.APIKeyRevoked{ID: k.ID})
		}
	}
	for _, k := range u.SigningKeys {
		if !shown(k.By) {
			out = append(out, events.SigningKeyRemoved{ID: k.ID})
		}
	}
	for _, k := range u.SSHKeys {
		if !covers(k.By) {
			out = append(out, events.SSHKeyRemoved{Number: k.Number})
		}
	}
	for _, k := range u.StorageKeys {
		if !shown(k.By) {
			out = append(out, events.StorageKeyRemoved{Kind: k.Kind})
		}
	}
	return out
}

// gainsReach reports whether the user may do more with other accounts in the second States than in the first.
func gainsReach(s, next States, before, after *User) bool {
	if after.SuperAdmin || before.SuperAdmin {
		return !before.SuperAdmin
	}
	manages := after.managesClient() && (before.Client != after.Client || !before.managesClient())
	return manages || len(beyond(s, before, next, after)) > 0
}

// beyond returns the datacenters that the second user administers, in its States, and the first does not.
func beyond(s States, u *User, next States, other *User) []uuid.UUID {
	had := administered(s, u)
	return without(administered(next, other), func(id uuid.UUID) bool { return slices.Contains(had, id) })
}
