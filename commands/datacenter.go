package commands

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// NoDatacenter is the Refusal of an id that no datacenter has.
func NoDatacenter() *Refusal {
	return refuse(NotFound, "datacenter_not_found", "", "There is no such datacenter.")
}

// CreateDatacenter makes a datacenter. Its Number is decided, not taken.
//
// Refusals: Invalid, Taken (datacenter_name_taken), Forbidden.
type CreateDatacenter struct {
	ID         uuid.UUID
	Datacenter events.DatacenterCreated
}

// Of names the datacenter.
func (c CreateDatacenter) Of() events.Aggregate { return events.Datacenter(c.ID) }

func (c CreateDatacenter) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayAdminister(s, a); err != nil {
		return nil, err
	}
	return decideCreateDatacenter(s, c)
}

// UpdateDatacenter changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Taken, Forbidden.
type UpdateDatacenter struct {
	ID     uuid.UUID
	Change events.DatacenterUpdated
}

// Of names the datacenter.
func (c UpdateDatacenter) Of() events.Aggregate { return events.Datacenter(c.ID) }

func (c UpdateDatacenter) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	d := s.Directory().Datacenter(c.ID)
	if err := changeable(d, version, mayAdminister(s, a), NoDatacenter); err != nil {
		return nil, err
	}
	return decideUpdateDatacenter(s, d, c.Change)
}

// DeleteDatacenter ends a datacenter.
//
// Refusals: NotFound, Forbidden, Conflict (protected, has_members, has_groups).
type DeleteDatacenter struct{ ID uuid.UUID }

// Of names the datacenter.
func (c DeleteDatacenter) Of() events.Aggregate { return events.Datacenter(c.ID) }

func (c DeleteDatacenter) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	d := s.Directory().Datacenter(c.ID)
	if err := changeable(d, version, mayAdminister(s, a), NoDatacenter); err != nil {
		return nil, err
	}
	return decideDeleteDatacenter(s, d)
}

func decideCreateDatacenter(s States, c CreateDatacenter) ([]events.Draft, error) {
	e := c.Datacenter
	e.Number = s.LastNumber(events.DatacenterNumber) + 1
	if err := checkDatacenter(s, c.ID, events.DatacenterUpdated{Name: &e.Name, Owner: &e.Owner,
		Groups: &e.Groups}); err != nil {
		return nil, err
	}
	return drafted(events.Datacenter(c.ID), events.KeyID{}, e)
}

func decideUpdateDatacenter(s States, d *Datacenter, e events.DatacenterUpdated) ([]events.Draft, error) {
	e.Name = changed(d.Name, e.Name)
	e.Owner = changed(d.Owner, e.Owner)
	e.Public = changed(d.Public, e.Public)
	if e.Groups != nil {
		if e.Groups = listed(*e.Groups); sameSet(d.Groups, *e.Groups) {
			e.Groups = nil
		}
	}
	if e == (events.DatacenterUpdated{}) {
		return nil, nil
	}
	if err := checkDatacenter(s, d.ID, e); err != nil {
		return nil, err
	}
	return drafted(events.Datacenter(d.ID), d.Key, e)
}

func checkDatacenter(s States, id uuid.UUID, e events.DatacenterUpdated) error {
	dir := s.Directory()
	if e.Name != nil {
		if err := checkPathName(*e.Name); err != nil {
			return err
		}
		if other := dir.DatacenterByName(*e.Name); other != nil && other.ID != id {
			return refuse(Taken, "datacenter_name_taken", "name", "There is a datacenter of this name.")
		}
	}
	if e.Owner != nil && *e.Owner != uuid.Nil && s.User(*e.Owner) == nil {
		return noSuch("owner")
	}
	if e.Groups != nil {
		return checkExisting("groups", *e.Groups, func(id uuid.UUID) bool { return dir.Group(id) != nil })
	}
	return nil
}

func decideDeleteDatacenter(s States, d *Datacenter) ([]events.Draft, error) {
	switch {
	case d.Number == MainDatacenterNumber:
		return nil, protected("The main datacenter cannot be deleted.")
	case hasMembers(s, events.Datacenter(d.ID)):
		return nil, keepsMembers("datacenter")
	case slices.ContainsFunc(s.Directory().Groups(), func(g *Group) bool { return g.Datacenter == d.ID }):
		return nil, refuse(Conflict, "has_groups", "", "Groups are still bound to this datacenter.")
	}
	return drafted(events.Datacenter(d.ID), d.Key, events.DatacenterDeleted{})
}

// sameSet reports whether two lists without repetitions hold the same.
func sameSet(a, b []uuid.UUID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id uuid.UUID) bool { return !slices.Contains(b, id) })
}

// Datacenter is the State of a Datacenter aggregate. It is immutable; nil stands for no such datacenter.
type Datacenter struct {
	Entity
	Owner  uuid.UUID // zero for none; the user may be gone
	Public bool
	Groups []uuid.UUID // attached
}

func (d *Datacenter) key() string { return Folded(d.Name) }

// attached returns the groups that are attached to the datacenter, none for no datacenter.
func (d *Datacenter) attached() []uuid.UUID {
	if d == nil {
		return nil
	}
	return d.Groups
}

// Attached reports whether the group is attached to the datacenter.
func (d *Datacenter) Attached(group uuid.UUID) bool { return slices.Contains(d.Groups, group) }

func evolveDatacenter(d *Datacenter, r events.Record) *Datacenter {
	if e, ok := r.Event.(events.DatacenterCreated); ok && d == nil {
		return &Datacenter{newEntity(r, e.Number, e.Name), e.Owner, e.Public, e.Groups}
	}
	if d == nil {
		return nil
	}
	next := *d
	next.touch(r)
	switch e := r.Event.(type) {
	case events.DatacenterUpdated:
		set(&next.Name, e.Name)
		set(&next.Owner, e.Owner)
		set(&next.Public, e.Public)
		set(&next.Groups, e.Groups)
	case events.DatacenterDeleted:
		return nil
	default:
		return d
	}
	return &next
}

// AdministeredDatacenters returns the datacenters, by number, whose users the Actor may see and manage: those that one
// of the asker's groups is attached to with the permission user_admin, and that the asker owns or has a group with the
// permission admin in, which may be another one.
func AdministeredDatacenters(s States, a Actor) []uuid.UUID {
	u := s.User(a.User)
	if u == nil || !u.Usable() || !readsUsers(a) || a.byApplication() {
		return nil
	}
	return administered(s, u)
}

func administered(s States, u *User) (out []uuid.UUID) {
	if len(u.Groups) == 0 {
		return nil
	}
	dir := s.Directory()
	for _, d := range dir.Datacenters() {
		manages, admin := false, d.Owner == u.ID
		for _, id := range u.Groups {
			if g := dir.Group(id); g != nil && d.Attached(id) {
				manages = manages || slices.Contains(g.Permissions, PermissionUserAdmin)
				admin = admin || slices.Contains(g.Permissions, PermissionAdmin)
			}
		}
		if manages && admin {
			out = append(out, d.ID)
		}
	}
	return out
}

// MayAdminister reports whether the Actor may manage the account because it is bound to a datacenter that the asker
// administers.
func MayAdminister(s States, a Actor, target *User) bool {
	u := s.User(a.User)
	return u != nil && u.Usable() && administersUsers(a.Permissions) && !a.byApplication() && administers(s, u, target,
		a.At)
}

// MaySeeGroup reports whether the Actor may see the group and who is in it: a super admin each, others those that are
// bound to the datacenters of which they administer the users.
func MaySeeGroup(s States, a Actor, g *Group) bool {
	return IsSuperAdmin(s, a) || slices.Contains(AdministeredDatacenters(s, a), g.Datacenter)
}

// administers leaves out accounts that may do what u may not, so that nobody gains rights by taking such an account
// over.
func administers(s States, u, target *User, at time.Time) bool {
	return target.Datacenter != uuid.Nil && slices.Contains(administered(s, u), target.Datacenter) && covers(s, u,
		target, at)
}

// covers reports whether the target may do nothing that u, who is no super admin, may not. Nobody else sees the
// children of the target.
func covers(s States, u, target *User, at time.Time) bool {
	if elevated(target, at) || !coversMember(u, target) || hasChildren(s, target.ID) {
		return false
	}
	own := administered(s, u)
	return !slices.ContainsFunc(administered(s, target), func(id uuid.UUID) bool { return !slices.Contains(own, id) })
}

// coversMember reports whether u may do all that the target may as a member of a client.
func coversMember(u, target *User) bool {
	return target.Client == 0 || target.Client == u.Client && (u.Access == AccessFull || target.Access == u.Access)
}

// mayCreateIn tells whether the Actor may make the account because it is to be bound to a datacenter that the asker
// administers. Its groups must be that datacenter's own.
func mayCreateIn(s States, a Actor, e events.UserCreated) error {
	u := s.User(a.User)
	if !administersUsers(a.Permissions) || !slices.Contains(administered(s, u), e.Datacenter) || e.SuperAdmin ||
		e.Client != 0 || grants(e) {
		return refuse(Forbidden, "not_allowed", "",
			"Only a super admin may create accounts with rights or memberships.")
	}
	if err := MayGiveGroups(s, a, e.Datacenter, e.Groups); err != nil {
		return err
	}
	return mayOpen(s, a, &User{Datacenter: e.Datacenter, Groups: e.Groups})
}

// MayGiveGroups tells whether the Actor may put a user of that datacenter into the groups: who is no super admin gives
// only those that are bound to the datacenter. The [*Refusal] is Forbidden (group_unbound).
func MayGiveGroups(s States, a Actor, datacenter uuid.UUID, groups []uuid.UUID) error {
	if mayGrant(s, a) == nil {
		return nil
	}
	for _, id := range groups {
		if g := s.Directory().Group(id); g == nil || g.Datacenter == uuid.Nil || g.Datacenter != datacenter {
			return refuse(Forbidden, "group_unbound", "groups",
				"Only groups that are bound to the user's datacenter may be given.")
		}
	}
	return nil
}

// Locked returns the domain's names of what the command would change of the target although the Actor may not, besides
// what nobody may.
func Locked(s States, a Actor, target *User, c UpdateUser) []string {
	return locked(s, a, target, c.changes(target))
}

func locked(s States, a Actor, target *User, c UpdateUser) (out []string) {
	super := mayGrant(s, a) == nil
	admin := super || MayAdminister(s, a, target)
	for _, f := range []struct {
		name          string
		changes, open bool
	}{
		{"super_admin", c.Rights.SuperAdmin != nil, super},
		{"api_access", c.Rights.APIAccess != nil, admin},
		{"groups", c.Membership.Groups != nil, admin},
		{"datacenter", c.Membership.Datacenter != nil, super},
		{"client_id", c.Membership.Client != nil, super},
		{"access", c.Membership.Access != nil, super},
		{"parent", c.Membership.Parent != nil, super},
		{"active", c.Active != nil, mayManage(s, a, target) == nil},
	} {
		if f.changes && !f.open {
			out = append(out, f.name)
		}
	}
	return out
}

// CheckBound refuses what a user who is bound to a datacenter cannot have: the rights of a super admin, and groups that
// are attached to other datacenters.
func CheckBound(s States, datacenter uuid.UUID, groups []uuid.UUID, superAdmin bool) error {
	if datacenter == uuid.Nil {
		return nil
	}
	for _, d := range s.Directory().Datacenters() {
		if d.ID != datacenter && slices.ContainsFunc(groups, d.Attached) {
			return refuse(Invalid, "group_elsewhere", "datacenter",
				"A group of the user is attached to another datacenter.")
		}
	}
	if superAdmin {
		return refuse(Invalid, "super_admin_bound", "datacenter", "A super admin cannot be bound to a datacenter.")
	}
	return nil
}

// checkBoundAfter applies CheckBound to what the command makes of the user, if it changes any of it.
func checkBoundAfter(s States, u *User, c UpdateUser) error {
	if c.Membership.Datacenter == nil && c.Membership.Groups == nil && c.Rights.SuperAdmin == nil {
		return nil
	}
	next := *u
	set(&next.Datacenter, c.Membership.Datacenter)
	set(&next.Groups, c.Membership.Groups)
	set(&next.SuperAdmin, c.Rights.SuperAdmin)
	return CheckBound(s, next.Datacenter, next.Groups, next.SuperAdmin)
}

// ownsDatacenters reports whether any datacenter has the user as its owner.
func ownsDatacenters(s States, u *User) bool {
	return slices.ContainsFunc(s.Directory().Datacenters(), func(d *Datacenter) bool { return d.Owner == u.ID })
}
