package commands

import (
	"regexp"
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// NoGroup is the Refusal of an id that no group has.
func NoGroup() *Refusal {
	return refuse(NotFound, "group_not_found", "", "There is no such group.")
}

// CreateGroup makes a group and attaches it to datacenters. Its Number is decided, not taken.
//
// Refusals: Invalid, Taken (group_name_taken), Forbidden.
type CreateGroup struct {
	ID          uuid.UUID
	Group       events.GroupCreated
	Datacenters []uuid.UUID
}

// Of names the group.
func (c CreateGroup) Of() events.Aggregate { return events.Group(c.ID) }

func (c CreateGroup) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayAdminister(s, a); err != nil {
		return nil, err
	}
	return decideCreateGroup(s, c)
}

// UpdateGroup changes what its fields name; nil fields stay. Datacenters are all that the group is attached to from
// then on.
//
// Refusals: NotFound, Invalid, Taken, Forbidden.
type UpdateGroup struct {
	ID          uuid.UUID
	Change      events.GroupUpdated
	Datacenters *[]uuid.UUID
}

// Of names the group.
func (c UpdateGroup) Of() events.Aggregate { return events.Group(c.ID) }

func (c UpdateGroup) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	g := s.Directory().Group(c.ID)
	if err := changeable(g, version, mayAdminister(s, a), NoGroup); err != nil {
		return nil, err
	}
	return decideUpdateGroup(s, g, c)
}

// DeleteGroup ends a group and detaches it from its datacenters.
//
// Refusals: NotFound, Forbidden, Conflict (has_members).
type DeleteGroup struct{ ID uuid.UUID }

// Of names the group.
func (c DeleteGroup) Of() events.Aggregate { return events.Group(c.ID) }

func (c DeleteGroup) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	g := s.Directory().Group(c.ID)
	if err := changeable(g, version, mayAdminister(s, a), NoGroup); err != nil {
		return nil, err
	}
	return decideDeleteGroup(s, g)
}

func decideCreateGroup(s States, c CreateGroup) ([]events.Draft, error) {
	e := c.Group
	e.Number = s.LastNumber(events.GroupNumber) + 1
	if err := checkGroup(s, c.ID, events.GroupUpdated{Name: &e.Name, Datacenter: &e.Datacenter,
		Permissions: &e.Permissions}); err != nil {
		return nil, err
	}
	attached, err := attach(s, c.ID, c.Datacenters)
	if err != nil {
		return nil, err
	}
	return append([]events.Draft{{Aggregate: events.Group(c.ID), Event: e}}, attached...), nil
}

func decideUpdateGroup(s States, g *Group, c UpdateGroup) ([]events.Draft, error) {
	e := c.Change
	e.Name = changed(g.Name, e.Name)
	e.Datacenter = changed(g.Datacenter, e.Datacenter)
	e.Permissions = changedList(g.Permissions, e.Permissions)
	if err := checkGroup(s, g.ID, e); err != nil {
		return nil, err
	}
	var out []events.Draft
	if e != (events.GroupUpdated{}) {
		out = append(out, events.Draft{Aggregate: events.Group(g.ID), Key: g.Key, Event: e})
	}
	if c.Datacenters == nil {
		return out, nil
	}
	attached, err := attach(s, g.ID, *c.Datacenters)
	return append(out, attached...), err
}

// attach returns the Drafts by which the group is attached to exactly these datacenters.
func attach(s States, group uuid.UUID, datacenters []uuid.UUID) ([]events.Draft, error) {
	dir := s.Directory()
	if err := checkExisting("datacenters", datacenters,
		func(id uuid.UUID) bool { return dir.Datacenter(id) != nil }); err != nil {
		return nil, err
	}
	var out []events.Draft
	for _, d := range dir.Datacenters() {
		groups := without(d.Groups, func(id uuid.UUID) bool { return id == group })
		if slices.Contains(datacenters, d.ID) {
			groups = append(groups, group)
		}
		if !sameSet(groups, d.Groups) {
			out = append(out, events.Draft{Aggregate: events.Datacenter(d.ID), Key: d.Key,
				Event: events.DatacenterUpdated{Groups: listed(groups)}})
		}
	}
	return out, nil
}

var permissionName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

func checkGroup(s States, id uuid.UUID, e events.GroupUpdated) error {
	dir := s.Directory()
	if e.Name != nil {
		if err := checkPathName(*e.Name); err != nil {
			return err
		}
		if other := dir.GroupByName(*e.Name); other != nil && other.ID != id {
			return refuse(Taken, "group_name_taken", "name", "There is a group of this name.")
		}
	}
	if e.Datacenter != nil && *e.Datacenter != uuid.Nil && dir.Datacenter(*e.Datacenter) == nil {
		return noSuch("dc_bound")
	}
	if e.Permissions != nil && slices.ContainsFunc(*e.Permissions,
		func(p string) bool { return !permissionName.MatchString(p) }) {
		return refuse(Invalid, "permissions_invalid", "permissions",
			"A permission is a word of lower-case letters, digits and underscores.")
	}
	return nil
}

func decideDeleteGroup(s States, g *Group) ([]events.Draft, error) {
	if hasMembers(s, events.Group(g.ID)) {
		return nil, keepsMembers("group")
	}
	out, err := attach(s, g.ID, nil)
	return append(out, events.Draft{Aggregate: events.Group(g.ID), Key: g.Key, Event: events.GroupDeleted{}}), err
}

// The permissions of a group that the service itself knows; providers have more.
const (
	PermissionAdmin     = "admin"      // its members administer the datacenters that the group is attached to …
	PermissionUserAdmin = "user_admin" // … with this one, the users bound to them, too
)

// Group is the State of a Group aggregate. It is immutable; nil stands for no such group.
type Group struct {
	Entity
	Datacenter  uuid.UUID // that the group is bound to, zero for none
	Permissions []string
}

func (g *Group) key() string { return Folded(g.Name) }

func evolveGroup(g *Group, r events.Record) *Group {
	if e, ok := r.Event.(events.GroupCreated); ok && g == nil {
		return &Group{newEntity(r, e.Number, e.Name), e.Datacenter, e.Permissions}
	}
	if g == nil {
		return nil
	}
	next := *g
	next.touch(r)
	switch e := r.Event.(type) {
	case events.GroupUpdated:
		set(&next.Name, e.Name)
		set(&next.Datacenter, e.Datacenter)
		set(&next.Permissions, e.Permissions)
	case events.GroupDeleted:
		return nil
	default:
		return g
	}
	return &next
}
