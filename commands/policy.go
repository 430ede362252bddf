package commands

import (
	"cmp"
	"slices"
	"time"

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
		u.Datacenter != uuid.Nil && slices.Contains(s.Datacenters, u.Datacenter) ||
		u.Client == s.Client && s.Client != 0
}

// Own returns the part of the Scope that is one's own account and those that one has made, or everybody.
func (s Scope) Own() Scope {
	s.Datacenters, s.Client = nil, 0
	return s
}

// VisibleUsers returns whose accounts the Actor may see: a super admin everybody's, anybody else their own, those of
// which they are the parent while they may make such accounts, and those that are bound to a datacenter that they
// administer. A super admin's credential that may not read users, and anybody's that may do nothing with them, sees its
// owner alone. Who asks by an application sees the members of the client.
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
		return coversAll(a.Permissions, u, Granted(p), u) && staysWithin(u, a, events.APIKey{Permissions: p})
	}
	if !writesUsers(u, a) {
		return false
	}
	if !coversAll(a.Permissions, u, Granted(p), target) {
		return false
	}
	if u.SuperAdmin { // whoever is shown a key has it, and its account may rise: so a narrowed credential is shown none
		return coversAll(a.Permissions, u, Whole(), u) && staysWithin(u, a, events.APIKey{})
	}
	return u.ID == target.ScopeParent() && covers(s, u, target, a.At)
}

// MayReadLog reports whether the Actor may read everybody's history, the states of the past among it: whose credential
// has the permission audit, or says nothing of it and is that of a super admin who may read users. No application's.
func MayReadLog(s States, a Actor) bool {
	u := s.User(a.User)
	return a.IsService() || u != nil && u.Usable() && readsLog(a.Permissions, u) && !a.byApplication()
}

// IsSuperAdmin reports whether a super admin asks who may use the account, whatever the credential may do. An
// application is nobody's super admin.
func IsSuperAdmin(s States, a Actor) bool {
	u := s.User(a.User)
	return a.IsService() || u != nil && u.Usable() && u.SuperAdmin && !a.byApplication() &&
		a.Permissions != (Permissions{})
}

// MayReadUsers reports whether the Actor may read everybody's account: a super admin whose credential may read users.
func MayReadUsers(s States, a Actor) bool { return IsSuperAdmin(s, a) && readsUsers(a) }

// MayWriteUsers reports whether the Actor may make, change and delete everybody's account: a super admin whose
// credential may write users, which reading them is no part of.
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
		made := User{SuperAdmin: e.SuperAdmin, Client: e.Client, Access: e.Access, Datacenter: e.Datacenter,
			Groups: e.Groups}
		return mayOpen(s, a, &made)
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
	if writesUsers(u, a) && (u.SuperAdmin || u.ID == target.ScopeParent() && covers(s, u, target, a.At)) ||
		MayAdminister(s, a, target) {
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

// mayManageOrOwn is mayManage, or one's own account, which a super admin's credential may change only if it may write
// users.
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

// writesAsSuperAdmin returns a Forbidden Refusal with the given text unless a super admin asks whose credential may
// write users.
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
		return refuse(Forbidden, "not_allowed", fields[0],
			"Only a super admin, or who administers the user's datacenter, may change this.")
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
	if c.changesManaged() {
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

// usable returns the user who asks, as it stands now, if it may use its account and asks by a credential that may do
// anything.
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

func checkPermissions(p events.Permissions) error {
	levels := []string{"", LevelNone, LevelRead, LevelWrite, LevelAll}
	if !slices.Contains(levels, p.Users) || !slices.Contains(levels, p.Servers) {
		return refuse(Invalid, "permissions_invalid", "permissions", "A permission is none, read, write or all.")
	}
	if !slices.Contains(levels[:3], p.Audit) {
		return refuse(Invalid, "permissions_invalid", "permissions",
			"The permission audit is none or read: nobody writes history.")
	}
	return nil
}

// LevelOwner is the level of a permission that a credential does not narrow: what its user may do. In the log it is
// empty.
const LevelOwner = "owner"

// Permissions is what a credential lets its user do, one level a resource. The zero Permissions let nothing be done.
type Permissions struct {
	Users, Servers, Audit string
}

// Granted returns the Permissions of a credential of which the log says p.
func Granted(p events.Permissions) Permissions {
	return Permissions{Users: cmp.Or(p.Users, LevelOwner), Servers: cmp.Or(p.Servers, LevelOwner),
		Audit: cmp.Or(p.Audit, LevelOwner)}
}

// Whole returns the Permissions of a credential that is not narrowed, such as a session.
func Whole() Permissions { return Granted(events.Permissions{}) }

// PanelPermissions returns the permissions of a panel's key. One that says something of one resource says none of the
// other, unless it says so; one that says nothing may do what its user may.
func PanelPermissions(p events.Permissions) events.Permissions {
	if p == (events.Permissions{}) {
		return p
	}
	return events.Permissions{Users: cmp.Or(p.Users, LevelNone), Servers: cmp.Or(p.Servers, LevelNone),
		Audit: cmp.Or(p.Audit, LevelNone)}
}

// narrows reports whether a key gains nothing when its permissions are the second ones instead of the first.
func narrows(before, after events.Permissions) bool {
	level := func(before, after string) bool {
		return after == before || after == LevelNone || before == LevelAll && (after == LevelRead ||
			after == LevelWrite)
	}
	return level(before.Users, after.Users) && level(before.Servers, after.Servers) && level(before.Audit, after.Audit)
}

func reads(level string) bool { return level == LevelOwner || level == LevelRead || level == LevelAll }

func readsUsers(a Actor) bool { return reads(a.Permissions.Users) }

// writesUsers reports whether the Actor, who is u, may make accounts by itself: by a level that says so, or as a super
// admin.
func writesUsers(u *User, a Actor) bool {
	l := a.Permissions.Users
	return l == LevelWrite || l == LevelAll || l == LevelOwner && u.SuperAdmin
}

// administersUsers reports whether a credential with those permissions may do what its owner may in the datacenters.
func administersUsers(p Permissions) bool {
	l := p.Users
	return l == LevelOwner || l == LevelWrite || l == LevelAll
}

// readsLog reports whether a credential of u with those permissions may read everybody's history.
func readsLog(p Permissions, u *User) bool {
	return p.Audit == LevelRead || p.Audit == LevelOwner && u.SuperAdmin && reads(p.Users)
}

// coversAll reports whether the permissions of a credential of u include those of a credential of target.
func coversAll(has Permissions, u *User, wants Permissions, target *User) bool {
	return levelBits(wants.Users, target)&^levelBits(has.Users, u) == 0 &&
		levelBits(wants.Servers, target)&^levelBits(has.Servers, u) == 0 &&
		(readsLog(has, u) || !readsLog(wants, target))
}

// levelBits takes a level apart. The owner's is everything for a super admin, and nothing for anybody else.
func levelBits(level string, u *User) int {
	const read, write = 1, 2
	switch {
	case level == LevelRead:
		return read
	case level == LevelWrite:
		return write
	case level == LevelAll, level == LevelOwner && u.SuperAdmin:
		return read | write
	}
	return 0
}

// mayOpen tells whether the Actor may do what leads to a log-in as the target, who is as it is going to be: give it a
// password, an e-mail address, another second factor or rights. A log-in has no bounds. So where it may do something
// beyond the user's own account, it takes a credential that may do all of it, without bounds of address and time; on
// one's own account, one without bounds. Keys of the panel's API make and change super admins with the permission users
// alone: its contract has it so.
func mayOpen(s States, a Actor, target *User) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if inUse(u, a).Kind == KeyPterodactyl && u.SuperAdmin {
		return nil
	}
	if (u.ID == target.ID || reaches(s, target)) && !staysWithin(u, a, events.APIKey{}) ||
		!coversLogIn(s, u, a, target) {
		return stronger()
	}
	return nil
}

// mayLeave tells whether the Actor may leave with the target what lets somebody in elsewhere for as long as it stands,
// an SSH or storage key: with oneself, and with others who reach beyond their own account, by what could open a log-in
// as them.
func mayLeave(s States, a Actor, target *User) error {
	if err := mayManageOrOwn(s, a, target); err != nil || a.User != target.ID && !reaches(s, target) {
		return err
	}
	return mayOpen(s, a, target)
}

// reaches reports whether a log-in as the user may do something with other accounts: those of everybody, of its
// datacenters, of the client of which it is a full member, or those that it has made.
func reaches(s States, u *User) bool {
	return u.SuperAdmin || u.managesClient() || len(administered(s, u)) > 0 || hasChildren(s, u.ID)
}

// managesClient reports whether the user may change the members of a client.
func (u *User) managesClient() bool { return u.Client != 0 && u.Access == AccessFull }

// coversLogIn reports whether the permissions by which u asks include what a log-in as the target may do.
func coversLogIn(s States, u *User, a Actor, target *User) bool {
	switch {
	case target.SuperAdmin:
		return coversAll(a.Permissions, u, Whole(), target)
	case reaches(s, target):
		return readsUsers(a) && administersUsers(a.Permissions)
	}
	return true
}

// stronger is the Refusal of what would leave the bounds of the credential in use.
func stronger() *Refusal {
	return refuse(Forbidden, "not_allowed", "", "A credential may not make a stronger one.")
}

// narrowed are the Events by which a super admin's keys lose what they were given permissions for, when the user is one
// no more: who gives such a permission means what the user then was.
func narrowed(u *User) (out []events.Event) {
	none := events.Permissions{Users: LevelNone, Servers: LevelNone, Audit: LevelNone}
	for _, k := range u.SigningKeys {
		if k.Permissions != (events.Permissions{}) && k.Permissions != none {
			out = append(out, events.SigningKeyUpdated{ID: k.ID, Permissions: &none})
		}
	}
	for _, k := range u.APIKeys {
		if k.Permissions != (events.Permissions{}) && k.Permissions != none {
			out = append(out, events.APIKeyUpdated{ID: k.ID, Permissions: &none})
		}
	}
	return out
}

// mayOutlast refuses who asks by a credential with bounds what lets somebody, or something outside, in for as long as
// it stands.
func mayOutlast(s States, a Actor, drafts []events.Draft) error {
	if a.IsService() || a.byApplication() || !slices.ContainsFunc(drafts, outlasts) {
		return nil
	}
	if u := s.User(a.User); u != nil && readsUsers(a) && staysWithin(u, a, events.APIKey{}) {
		return nil
	}
	return stronger()
}

// mayEndOwn refuses who asks by a key that writes no users what ends another credential of its own account: it could
// shut its user out. Every key may end itself.
func mayEndOwn(a Actor, drafts []events.Draft) error {
	if a.IsService() || administersUsers(a.Permissions) {
		return nil
	}
	for _, d := range drafts {
		if ends, credential := endsCredential(d.Event); ends && d.Aggregate == events.User(a.User) &&
			(credential == "" || credential != a.Credential) {
			return refuse(Forbidden, "not_allowed", "", "This credential may end no other one of its account.")
		}
	}
	return nil
}

// endsCredential reports whether the Event ends what lets somebody in, and which key it is, "" for anything else.
func endsCredential(e events.Event) (ends bool, credential string) {
	switch e := e.(type) {
	case events.APIKeyRevoked:
		return true, "api-key:" + e.ID.String()
	case events.SigningKeyRemoved:
		return true, "signing-key:" + e.ID
	case events.StorageKeyRemoved, events.SSHKeyRemoved, events.ConsentWithdrawn, events.SessionEnded,
		events.SessionsEnded:
		return true, ""
	}
	return false, ""
}

// outlasts names the Events about no user that do.
func outlasts(d events.Draft) bool {
	switch e := d.Event.(type) {
	case events.ApplicationCreated, events.ApplicationSecretRotated, events.WebhookCreated, events.WebhookSecretRotated,
		events.SubscriptionCreated, events.SubscriptionSecretRotated:
		return true
	case events.WebhookUpdated:
		return e.URL != nil
	case events.ApplicationUpdated:
		return e.Access != nil || e.RedirectURIs != nil
	case events.GroupUpdated:
		return e.Permissions != nil
	case events.DatacenterCreated:
		return e.Owner != uuid.Nil || len(e.Groups) > 0
	case events.DatacenterUpdated:
		return e.Owner != nil || e.Groups != nil
	}
	return false
}

// mayAttest tells whether the Actor may say that the target's e-mail address or phone is verified: a super admin, and
// nobody of oneself.
func mayAttest(s States, a Actor, target *User) error {
	if a.User == target.ID && !a.IsService() {
		return refuse(Forbidden, "not_allowed", "profile", "Nobody attests the own e-mail address or phone.")
	}
	if err := mayGrant(s, a); err != nil {
		return err
	}
	if !proven(a) { // it decides to whom a link may go
		return lacksProof()
	}
	return mayOpen(s, a, target)
}

// attests reports whether an update of the profile says that something is verified which was not.
func attests(before, after *events.Profile) bool {
	if after == nil {
		return false
	}
	return attestsEmail(before, after) || isTrue(after.PhoneVerified) && (before == nil ||
		!isTrue(before.PhoneVerified))
}

// attestsEmail reports it of the e-mail address alone.
func attestsEmail(before, after *events.Profile) bool {
	return after != nil && isTrue(after.EmailVerified) && (before == nil || !isTrue(before.EmailVerified))
}

func isTrue(b *bool) bool { return b != nil && *b }

// ScopeParent returns the parent in whose Scope the account is, zero for none: its parent as long as the account is one
// that a parent may make, without the rights of a super admin, and of no client and no datacenter.
func (u *User) ScopeParent() uuid.UUID {
	if u.SuperAdmin || u.Client != 0 || u.Datacenter != uuid.Nil {
		return uuid.Nil
	}
	return u.Parent
}

// makesAccounts reports whether the user, who is no super admin, has a credential at that time by which it makes
// accounts of its own, whose parent it is.
func makesAccounts(u *User, at time.Time) bool {
	makes := func(p events.Permissions) bool { return p.Users == LevelWrite || p.Users == LevelAll }
	return slices.ContainsFunc(u.SigningKeys, func(k SigningKey) bool { return makes(k.Permissions) }) ||
		slices.ContainsFunc(u.APIKeys, func(k APIKey) bool { return !k.Expired(at) && makes(k.Permissions) })
}

// parentOf returns the parent of an account that the Actor makes: who makes it by a credential that may, where nothing
// else says who sees it. A super admin sees everybody, and whose an account of a datacenter or client is, its
// membership says.
func parentOf(s States, a Actor, e events.UserCreated) uuid.UUID {
	u := s.User(a.User)
	if u == nil || u.SuperAdmin || a.byApplication() || !writesUsers(u, a) || privileged(e) {
		return uuid.Nil
	}
	return u.ID
}

// hasChildren reports whether there are accounts of which the user is the parent and in whose Scope they are.
func hasChildren(s States, id uuid.UUID) bool { return hasMembers(s, events.User(id)) }

// checkParent refuses a parent whom the account cannot have: nobody, itself, and one of those that come of it.
func checkParent(s States, id uuid.UUID, parent *uuid.UUID) error {
	if parent == nil || *parent == uuid.Nil {
		return nil
	}
	next := s.User(*parent)
	if next == nil {
		return noSuch("parent")
	}
	for seen := map[uuid.UUID]bool{}; next != nil && !seen[next.ID]; next = s.User(next.Parent) {
		if next.ID == id {
			return refuse(Invalid, "parent_invalid", "parent", "An account cannot come of itself.")
		}
		seen[next.ID] = true
	}
	return nil
}
