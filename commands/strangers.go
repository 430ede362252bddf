package commands

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Author is who made a credential, besides the user whose it is, and by which credential. The zero Author is the user
// or the service.
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

// causer returns who asked for the Record, and by which credential; zero: the service.
func causer(r events.Record) Author {
	if r.Cause.User() == uuid.Nil {
		return Author{}
	}
	return Author{r.Cause.User(), r.Cause.Credential}
}

// covers reports whether the Author is no stranger to the account as it stands in the States: could open a log-in as
// the account now, by the credential in question (see mayOpen).
func (by Author) covers(s States, target *User) bool {
	if by == (Author{}) || by.User == target.ID {
		return true
	}
	u, a, ok := by.actor(s)
	if !ok || !u.SuperAdmin && (target.SuperAdmin || !coversMember(u, target) || isDealer(s, target) ||
		len(beyond(s, u, s, target)) > 0) {
		return false
	}
	return mayOpen(s, a, target) == nil
}

// manages reports whether the Author has a say over the account as it stands in the States, by whatever credential: the
// user itself, a super admin, its parent, an administrator of its datacenter, a member of its client.
func (by Author) manages(s States, target *User) bool {
	if by == (Author{}) || by.User == target.ID {
		return true
	}
	u := s.User(by.User)
	return u != nil && (u.SuperAdmin || u.ID == target.ScopeParent() ||
		target.Client != 0 && u.Client == target.Client || slices.Contains(administered(s, u), target.Datacenter))
}

// actor returns the Author as the user who is there, and as who would ask now by the credential in question, if that is
// there, too.
func (by Author) actor(s States) (*User, Actor, bool) {
	u := s.User(by.User)
	if u == nil {
		return nil, Actor{}, false
	}
	permissions, _, ok := u.credential(by.Credential, time.Time{})
	return u, Actor{User: u.ID, Credential: by.Credential, Permissions: permissions}, ok
}

// author returns who knows the secret that the Record gives the account: who asked for it, and when its user did, who
// had made the credential that it was asked by.
func (u *User) author(r events.Record) Author {
	switch by := r.Cause.User(); by {
	case u.ID:
	case uuid.Nil:
		if _, ok := r.Event.(events.PasswordChanged); ok && u.PasswordReset != nil {
			return u.linkBy()
		}
		return Author{}
	default:
		return causer(r)
	}
	if _, by, ok := u.credential(r.Cause.Credential, r.Time); ok {
		return by
	}
	return u.PasswordBy
}

// credential returns what a key of the user, by its public id with its kind before it, is permitted and who made it; of
// any other credential, such as a session, everything and who set the password. It is false for a key that the user
// does not have.
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
		return Granted(k.Permissions), together(k.knownTo(Author{User: u.ScopeParent()})), ok
	case "application": // who has its secret or a token of it, nobody knows
		return Whole(), several, true
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

// leave notes, when the account is in the Scope of its parent no more, that this one was shown the secrets that can be
// read again.
func (u *User) leave(before *User) {
	if parent := before.ScopeParent(); parent != uuid.Nil && parent != u.ScopeParent() {
		u.show(Author{User: parent})
	}
}

// linkBy returns who reads the link to set a password that was mailed last.
func (u *User) linkBy() Author { return cmp.Or(u.WelcomeBy, u.EmailBy) }

// together returns the Author of what any of them made.
func together(all []Author) (by Author) {
	for _, other := range all {
		by = by.and(other)
	}
	return by
}

// and returns the Author of what both made or know: one of them where the other is nobody, else an Author who does not
// exist.
func (by Author) and(other Author) Author {
	switch {
	case by == Author{} || by == other:
		return other
	case other == Author{}:
		return by
	}
	return several
}

// several is the Author of what one of some may have made, who cannot be told apart. It is a stranger to every account.
var several = Author{User: uuid.Max}

// logIns are those who made what one may ask by as the user: they can read what the user can.
func (u *User) logIns() (out []Author) {
	if u.PasswordHash != "" {
		out = append(out, u.PasswordBy)
	}
	for _, k := range u.APIKeys {
		out = append(out, k.By, k.OldBy)
	}
	for _, k := range u.SigningKeys {
		out = append(out, k.By)
	}
	return out
}

// show notes that those could read the secrets of signing keys, storage keys and keys of Danube's API, whose contracts
// show them again.
func (u *User) show(to ...Author) {
	u.SigningKeys = seen(u.SigningKeys, to, func(k *SigningKey) (*[]Author, Author) { return &k.Seen, k.By })
	u.StorageKeys = seen(u.StorageKeys, to, func(k *StorageKey) (*[]Author, Author) { return &k.Seen, k.By })
	if u.CallbackKey != nil {
		u.CallbackKey = &seen([]CallbackKey{*u.CallbackKey}, to,
			func(k *CallbackKey) (*[]Author, Author) { return &k.Seen, k.By })[0]
	}
	u.APIKeys = seen(u.APIKeys, to, func(k *APIKey) (*[]Author, Author) {
		if k.Kind != KeyDanube {
			return nil, Author{}
		}
		return &k.Seen, k.By
	})
}

// seen returns the keys as they are when those could read their secrets: another slice only if that is new.
func seen[K any](keys []K, to []Author, of func(*K) (seen *[]Author, by Author)) []K {
	out, cloned := keys, false
	for i := range keys {
		k := keys[i]
		list, by := of(&k)
		if list == nil {
			continue
		}
		before := len(*list)
		for _, v := range to {
			if v != (Author{}) && v != by && !slices.Contains(*list, v) {
				*list = append(slices.Clip(*list), v)
			}
		}
		if len(*list) == before {
			continue
		}
		if !cloned {
			out, cloned = slices.Clone(keys), true
		}
		out[i] = k
	}
	return out
}

// mostRisen bounds the Events about those who may do more because of one command.
const mostRisen = 500

// leftByStrangers returns what ends the credentials of everybody who may do more, or has moved, once the drafts are in
// the Log, as far as strangers made them: who may not do as much, such as a former parent of a user who becomes a super
// admin; and, where it has moved, who has no say over it any more. Who made them is asked for now, so a super admin who
// is one no more counts, and who is gone.
func leftByStrangers(s States, a Actor, of []events.Draft) (out []events.Draft, err error) {
	users := concerned(s, of)
	if len(users) == 0 {
		return nil, nil
	}
	next := NewOverlay(s)
	next.Add(a, of)
	for _, id := range users {
		before, after := s.User(id), next.User(id)
		if before == nil || after == nil {
			continue
		}
		rises := gainsReach(s, next, before, after)
		moves := after.Parent != before.Parent || after.Client != before.Client || after.Datacenter != before.Datacenter
		if !rises && !moves {
			continue
		}
		known := func(to ...Author) bool { // to strangers
			return slices.ContainsFunc(to, func(by Author) bool {
				return rises && !by.covers(next, after) || moves && !by.manages(next, after)
			})
		}
		out = append(out, drafts(after, strangers(before, after, known, before.seenBy(s, a.At), a.At))...)
		out = append(out, applications(next, after, known)...)
	}
	if len(out) > mostRisen {
		return nil, refuse(Conflict, "too_many", "",
			"Too many accounts would gain rights by this, whose credentials others have made.")
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
	parent := func(id uuid.UUID) {
		if u := s.User(id); u != nil && !isDealer(s, u) {
			out = append(out, id)
		}
	}
	for _, d := range of {
		switch e := d.Event.(type) {
		case events.RightsChanged, events.MembershipChanged:
			out = append(out, d.Aggregate.ID)
			if u := s.User(d.Aggregate.ID); u != nil {
				parent(u.Parent) // who may see it again
			}
			if m, _ := e.(events.MembershipChanged); m.Parent != nil {
				parent(*m.Parent)
			}
		case events.UserCreated:
			parent(e.Parent)
		case events.APIKeyAdded, events.APIKeyUpdated, events.SigningKeyAdded, events.SigningKeyUpdated:
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

// strangers are the Events that end the credentials which strangers made, or could read, as the parent could those that
// there were before.
func strangers(before, u *User, known func(...Author) bool, parent Author, at time.Time) (out []events.Event) {
	readers := func(had bool, k interface{ knownTo(Author) []Author }, by Author) []Author {
		if !had { // who could read it would have had to do so in the same moment
			return []Author{by}
		}
		return k.knownTo(parent)
	}
	if !u.EmailUnattested && known(u.linkBy()) {
		out = append(out, events.EmailUnattested{})
	}
	if u.PasswordHash != "" && known(u.PasswordBy) {
		out = append(out, events.PasswordChanged{})
	}
	for _, k := range u.APIKeys {
		if known(k.knownTo(at)...) {
			out = append(out, events.APIKeyRevoked{ID: k.ID})
		}
	}
	for _, k := range u.SigningKeys {
		had, _ := before.SigningKey(k.ID)
		if known(readers(had.Secret == k.Secret, k, k.By)...) {
			out = append(out, events.SigningKeyRemoved{ID: k.ID})
		}
	}
	for _, k := range u.SSHKeys {
		if known(k.By) {
			out = append(out, events.SSHKeyRemoved{Number: k.Number})
		}
	}
	for _, k := range u.StorageKeys {
		had, _ := before.StorageKey(k.Kind)
		if known(readers(had.Secret == k.Secret, k, k.By)...) {
			out = append(out, events.StorageKeyRemoved{Kind: k.Kind})
		}
	}
	if u.SecondFactor != nil && known(u.SecondFactor.By) {
		out = append(out, events.TOTPRemoved{})
	}
	if u.CallbackKey != nil && known(readers(before.CallbackSecret() == u.CallbackKey.Secret, *u.CallbackKey,
		u.CallbackKey.By)...) {
		out = append(out, events.CallbackKeySet{})
	}
	for _, c := range u.Consents {
		if known(c.By) {
			out = append(out, events.ConsentWithdrawn{Application: c.Application})
		}
	}
	return out
}

// applications are the drafts that void the secrets, known to strangers, of the applications that act for the user.
func applications(s States, u *User, known func(...Author) bool) (out []events.Draft) {
	for _, app := range s.Directory().Applications() {
		if app.User == u.ID && app.Kind == ApplicationTrusted && app.SecretHash != "" && known(app.SecretBy) {
			out = append(out, events.Draft{Aggregate: events.Application(app.ID), Key: app.Key,
				Event: events.ApplicationSecretRotated{}})
		}
	}
	return out
}

// isDealer reports whether the user has accounts of its own, or makes such.
func isDealer(s States, u *User) bool { return makesAccounts(u, time.Time{}) || hasChildren(s, u.ID) }

// gainsReach reports whether the user may do more with other accounts in the second States than in the first, or is
// another client's.
func gainsReach(s, next States, before, after *User) bool {
	if after.SuperAdmin || before.SuperAdmin {
		return !before.SuperAdmin
	}
	member := after.Client != 0 && after.Client != before.Client || after.managesClient() && !before.managesClient()
	dealer := isDealer(next, after) && !isDealer(s, before)
	return member || dealer || len(beyond(s, before, next, after)) > 0
}

// beyond returns the datacenters that the second user administers, in its States, and the first does not.
func beyond(s States, u *User, next States, other *User) []uuid.UUID {
	had := administered(s, u)
	return without(administered(next, other), func(id uuid.UUID) bool { return slices.Contains(had, id) })
}
