package commands

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// ScopeParent returns the parent in whose Scope the account is, zero for none: its parent as long as the account is one that a
// parent may make, without the rights of a super admin, and of no client and no datacenter.
func (u *User) ScopeParent() uuid.UUID {
	if u.SuperAdmin || u.Client != 0 || u.Datacenter != uuid.Nil {
		return uuid.Nil
	}
	return u.Parent
}

// makesAccounts reports whether the user, who is no super admin, has a credential at that time by which it makes accounts of its
// own, whose parent it is.
func makesAccounts(u *User, at time.Time) bool {
	makes := func(p events.Permissions) bool { return p.Users == LevelWrite || p.Users == LevelAll }
	return slices.ContainsFunc(u.SigningKeys, func(k SigningKey) bool { return makes(k.Permissions) }) ||
		slices.ContainsFunc(u.APIKeys, func(k APIKey) bool { return !k.Expired(at) && makes(k.Permissions) })
}

// parentOf returns the parent of an account that the Actor makes: who makes it by a credential that may, where nothing else says who
// sees it. A super admin sees everybody, and whose an account of a datacenter or client is, its membership says.
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
