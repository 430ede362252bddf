package commands

import (
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// Scope says whose accounts an Actor may see: those to whom any of it applies. The zero Scope sees nobody.
type Scope struct {
	All         bool
	Parent      uuid.UUID   // the accounts that this user has made, while they are such as it may make …
	Self        uuid.UUID   // … and this one …
	Datacenters []uuid.UUID // … and those that are bound to one of these …
	Client      int64       // … and those of the client of this number
}

// Sees reports whether the user lies within the Scope.
func (s Scope) Sees(u *User) bool {
	return s.All || u.ID == s.Self && s.Self != uuid.Nil || u.ScopeParent() == s.Parent && s.Parent != uuid.Nil ||
		u.Datacenter != uuid.Nil && slices.Contains(s.Datacenters, u.Datacenter) || u.Client == s.Client && s.Client != 0
}

// Own returns the part of the Scope that is one's own account and those that one has made, or everybody.
func (s Scope) Own() Scope {
	s.Datacenters, s.Client = nil, 0
	return s
}

// VisibleUsers returns whose accounts the Actor may see: a super admin everybody's, anybody else their own, those of
// which they are the parent while they may make such accounts, and those that are bound to a datacenter that they administer. A super admin's credential
// that may not read users, and anybody's that may do nothing with them, sees its owner alone. Who asks by an application
// sees the members of the client.
func VisibleUsers(s States, a Actor) Scope {
	switch {
	case a.IsService():
		return Scope{All: true}
	case a.byApplication():
		return membersOf(s, a)
	}
	u := s.User(a.User)
	switch {
	case u == nil || !u.Usable() || a.Permissions == (Permissions{}):
		return Scope{}
	case u.SuperAdmin && readsUsers(a):
		return Scope{All: true}
	case u.SuperAdmin, a.Permissions.Users == LevelNone:
		return Scope{Self: u.ID}
	}
	scope := Scope{Self: u.ID}
	if writesUsers(u, a) || makesAccounts(u, a.At) {
		scope.Parent = u.ID
	}
	if readsUsers(a) {
		scope.Datacenters = administered(s, u)
	}
	return scope
}

// SeesSecrets reports whether the Actor may be shown the secret of the target's credential with those permissions (none
// for a storage key): one that is not stronger than the one in use, of one's own and of accounts that one may manage.
func SeesSecrets(s States, a Actor, target *User, p events.Permissions) bool {
	if a.IsService() {
		return true
	}
	u := s.User(a.User)
	switch {
	case u == nil || !u.Usable() || a.byApplication() || a.Permissions == (Permissions{}):
		return false
	case u.ID == target.ID:
		return coversAll(a.Permissions, u, Granted(p), u)
	}
	if !writesUsers(u, a) {
		return false
	}
	if !coversAll(a.Permissions, u, Granted(p), target) {
		return false
	}
	return u.SuperAdmin && readsUsers(a) || !u.SuperAdmin && u.ID == target.ScopeParent() && covers(s, u, target, a.At)
}

// MayReadLog reports whether the Actor may read everybody's history, the states of the past among it: whose credential has
// the permission audit, or says nothing of it and is that of a super admin who may read users. No application's.
func MayReadLog(s States, a Actor) bool {
	u := s.User(a.User)
	return a.IsService() || u != nil && u.Usable() && readsLog(a.Permissions, u) && !a.byApplication()
}

// IsSuperAdmin reports whether a super admin asks who may use the account, whatever the credential may do. An application
// is nobody's super admin.
func IsSuperAdmin(s States, a Actor) bool {
	u := s.User(a.User)
	return a.IsService() || u != nil && u.Usable() && u.SuperAdmin && !a.byApplication() && a.Permissions != (Permissions{})
}

// MayReadUsers reports whether the Actor may read everybody's account: a super admin whose credential may read users.
func MayReadUsers(s States, a Actor) bool { return IsSuperAdmin(s, a) && readsUsers(a) }

// MayWriteUsers reports whether the Actor may make, change and delete everybody's account: a super admin whose credential
// may write users, which reading them is no part of.
func MayWriteUsers(s States, a Actor) bool {
	return a.IsService() || IsSuperAdmin(s, a) && writesUsers(s.User(a.User), a)
}

// MayReadServers reports whether the Actor may read everybody's servers: a super admin whose credential may.
func MayReadServers(s States, a Actor) bool {
	return IsSuperAdmin(s, a) && reads(a.Permissions.Servers)
}

// MayCreateUsers returns a Forbidden [*Refusal] when the Actor may create no account at all, so that callers can ask
// before they do costly work such as hashing a password.
func MayCreateUsers(s States, a Actor) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if !writesUsers(u, a) && (!administersUsers(a.Permissions) || len(administered(s, u)) == 0) {
		return refuse(Forbidden, "not_allowed", "", "You may not create accounts.")
	}
	return nil
}

func mayCreate(s States, a Actor, e events.UserCreated) error {
	if a.byApplication() {
		return mayCreateMember(s, a, e)
	}
	if err := MayCreateUsers(s, a); err != nil || a.IsService() {
		return err
	}
	u := s.User(a.User)
	if e.Parent != uuid.Nil && (!u.SuperAdmin || !writesUsers(u, a)) {
		return refuse(Forbidden, "not_allowed", "parent", "Only a super admin may say whose account this is.")
	}
	if u.SuperAdmin || writesUsers(u, a) && !privileged(e) {
		return mayOpen(s, a, &User{SuperAdmin: e.SuperAdmin, Datacenter: e.Datacenter, Groups: e.Groups})
	}
	return mayCreateIn(s, a, e)
}

// privileged reports whether the new user would have rights, memberships, or credentials with permissions.
func privileged(e events.UserCreated) bool {
	return e.SuperAdmin || e.APIAccess || e.Client != 0 || e.Datacenter != uuid.Nil || len(e.Groups) > 0 || grants(e)
}

// mayManage tells whether the Actor may do anything with the account: a super admin who may write users; the account's
// parent who may, or who administers the datacenter that the account is bound to, as long as the account has no rights
// that they lack.
func mayManage(s States, a Actor, target *User) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if writesUsers(u, a) && (u.SuperAdmin || u.ID == target.ScopeParent() && covers(s, u, target, a.At)) || MayAdminister(s, a, target) {
		return nil
	}
	if !VisibleUsers(s, a).Sees(target) {
		return noSuchUser()
	}
	return refuse(Forbidden, "not_allowed", "", "You may not change this account.")
}

// mayErase tells whether the Actor may erase what is left of a deleted account: whoever could have deleted it.
func mayErase(s States, a Actor, d *Deleted) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	switch {
	case writesUsers(u, a) && (u.SuperAdmin || u.ID == d.Parent && !hasChildren(s, d.ID)):
		return nil
	case u.SuperAdmin:
		return refuse(Forbidden, "not_allowed", "", "You may not change this account.")
	}
	return noSuchUser()
}

// mayManageOrOwn is mayManage, or one's own account, which a super admin's credential may change only if it may write users.
func mayManageOrOwn(s States, a Actor, target *User) error {
	if a.IsService() || a.User != target.ID {
		return mayManage(s, a, target)
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if u.SuperAdmin && !writesUsers(u, a) {
		return refuse(Forbidden, "not_allowed", "", "This credential may not change its own account.")
	}
	return nil
}

// mayGrant tells whether the Actor may give rights, permissions and memberships.
func mayGrant(s States, a Actor) error {
	return writesAsSuperAdmin(s, a, "Only a super admin may give or take rights.")
}

// mayAdminister tells whether the Actor may change the Directory: who belongs where decides what users may do.
func mayAdminister(s States, a Actor) error {
	return writesAsSuperAdmin(s, a, "Only a super admin may change datacenters, groups, clients and applications.")
}

// MayReadDirectory reports whether the Actor may read every datacenter, group, client and application.
func MayReadDirectory(s States, a Actor) bool { return MayReadUsers(s, a) }

// writesAsSuperAdmin returns a Forbidden Refusal with the given text unless a super admin asks whose credential may write
// users.
func writesAsSuperAdmin(s States, a Actor, otherwise string) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if !u.SuperAdmin || !writesUsers(u, a) {
		return refuse(Forbidden, "not_allowed", "", "%s", otherwise)
	}
	return nil
}

func mayUpdate(s States, a Actor, target *User, c UpdateUser) error {
	if a.byApplication() {
		return mayUpdateMember(s, a, target, c)
	}
	if err := mayManageOrOwn(s, a, target); err != nil {
		return err
	}
	if fields := locked(s, a, target, c); len(fields) > 0 {
		return refuse(Forbidden, "not_allowed", fields[0], "Only a super admin, or who administers the user's datacenter, may change this.")
	}
	if c.Membership.Groups != nil {
		if err := MayGiveGroups(s, a, target.Datacenter, *c.Membership.Groups); err != nil {
			return err
		}
	}
	if c.APIKey != nil {
		if err := mayAddKey(s, a, target, *c.APIKey); err != nil {
			return err
		}
	}
	if c.PasswordImported { // the hash was made elsewhere
		if err := mayManage(s, a, target); err != nil {
			return err
		}
	}
	if c.opens() {
		if err := mayOpen(s, a, c.after(target)); err != nil {
			return err
		}
	}
	if attests(target.Profile, c.Profile.Profile) {
		return mayAttest(s, a, target)
	}
	if p := c.Profile; p.ExternalID != nil || p.Comment != nil || p.ExtraParams != nil {
		return mayManage(s, a, target)
	}
	return nil
}

// asker returns the user who asks by itself, as it stands now.
func asker(s States, a Actor) (*User, error) {
	if a.byApplication() {
		return nil, refuse(Forbidden, "not_allowed", "", "An application may not do this.")
	}
	return usable(s, a)
}

// usable returns the user who asks, as it stands now, if it may use its account and asks by a credential that may do anything.
func usable(s States, a Actor) (*User, error) {
	u := s.User(a.User)
	switch {
	case u == nil || !u.Usable():
		return nil, refuse(Forbidden, ReasonInactive, "", "Your account is not active.")
	case a.Permissions == (Permissions{}):
		return nil, refuse(Forbidden, "not_allowed", "", "This credential may do nothing.")
	}
	return u, nil
}
