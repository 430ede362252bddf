package projections

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"
	"github.com/tidwall/btree"

	"accountd/commands"
	"accountd/events"
)

// membership says that a user is bound to a datacenter, in a group, or of a client.
type membership struct {
	kind   events.Kind
	id     uuid.UUID // of a datacenter or group
	client int64     // a client's number
	user   int64     // the user's number
}

func compareMemberships(a, b membership) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.client, b.client),
		cmp.Compare(a.user, b.user))
}

func newMemberships() *btree.BTreeG[membership] {
	return btree.NewBTreeGOptions(func(a, b membership) bool { return compareMemberships(a, b) < 0 },
		btree.Options{NoLocks: true, Degree: credentialDegree})
}

func membershipsOf(u *commands.User) []membership {
	if u == nil {
		return nil
	}
	var out []membership
	if u.Datacenter != uuid.Nil {
		out = append(out, membership{kind: events.KindDatacenter, id: u.Datacenter, user: u.Number})
	}
	for _, g := range u.Groups {
		out = append(out, membership{kind: events.KindGroup, id: g, user: u.Number})
	}
	if parent := u.ScopeParent(); parent != uuid.Nil {
		out = append(out, membership{kind: events.KindUser, id: parent, user: u.Number})
	}
	if u.Client != 0 {
		out = append(out, membership{kind: events.KindClient, client: u.Client, user: u.Number})
	}
	return out
}

func loadMemberships(users []*commands.User) *btree.BTreeG[membership] {
	var all []membership
	for _, u := range users {
		all = append(all, membershipsOf(u)...)
	}
	slices.SortFunc(all, compareMemberships)
	t := newMemberships()
	for _, m := range all {
		t.Load(m)
	}
	return t
}

func (ix *indexes) replaceMemberships(before, after *commands.User) {
	exchange(ix.memberships, membershipsOf(before), membershipsOf(after))
}

// Members visits the users who are bound to the datacenter, in the group, of the client, or in the Scope of the user as
// their parent, by number, until visit returns false.
func (s *Snapshot) Members(of events.Aggregate, visit func(*commands.User) bool) {
	first := membership{kind: of.Kind, id: of.ID}
	if of.Kind == events.KindClient {
		c := s.directory.Client(of.ID)
		if c == nil {
			return
		}
		first.id, first.client = uuid.Nil, c.Number
	}
	s.memberships.Ascend(first, func(m membership) bool {
		if m.kind != first.kind || m.id != first.id || m.client != first.client {
			return false
		}
		return visit(s.UserByNumber(m.user))
	})
}
