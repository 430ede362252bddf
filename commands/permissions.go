package commands

import (
	"cmp"

	"accountd/events"
)

// LevelOwner is the level of a permission that a credential does not narrow: what its user may do. In the log it is empty.
const LevelOwner = "owner"

// Permissions is what a credential lets its user do, one level a resource. The zero Permissions let nothing be done.
type Permissions struct {
	Users, Servers, Audit string
}

// Granted returns the Permissions of a credential of which the log says p.
func Granted(p events.Permissions) Permissions {
	return Permissions{Users: cmp.Or(p.Users, LevelOwner), Servers: cmp.Or(p.Servers, LevelOwner), Audit: cmp.Or(p.Audit, LevelOwner)}
}

// Whole returns the Permissions of a credential that is not narrowed, such as a session.
func Whole() Permissions { return Granted(events.Permissions{}) }

// PanelPermissions returns the permissions of a panel's key. One that says something of one resource says none of the other,
// unless it says so; one that says nothing may do what its user may.
func PanelPermissions(p events.Permissions) events.Permissions {
	if p == (events.Permissions{}) {
		return p
	}
	return events.Permissions{Users: cmp.Or(p.Users, LevelNone), Servers: cmp.Or(p.Servers, LevelNone), Audit: cmp.Or(p.Audit, LevelNone)}
}

func reads(level string) bool { return level == LevelOwner || level == LevelRead || level == LevelAll }

func readsUsers(a Actor) bool { return reads(a.Permissions.Users) }

// writesUsers reports whether the Actor, who is u, may make accounts by itself: by a level that says so, or as a super admin.
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
