package projections

import (
	"slices"

	"accountd/commands"
)

// maxOrders bounds how many orders are kept beside the fixed ones; past it one of them makes room.
const maxOrders = 32

// build is an order that is being built from a Snapshot while the writer goes on.
type build struct {
	missed []change
}

type change struct{ before, after *commands.User }

// ordered returns a Snapshot and, in the order, its users with those values in the order's fixed fields. It builds the
// order's index when it is not there yet.
func (v *View) ordered(o order, key string) (*Snapshot, *tree) {
	name := o.String()
	s := v.Snapshot()
	if users, ok := s.inOrder(name, key); ok {
		return s, users
	}
	v.building.Lock()
	defer v.building.Unlock()
	if _, ok := v.Snapshot().inOrder(name, key); !ok {
		v.build(name, o)
	}
	s = v.Snapshot()
	users, _ := s.inOrder(name, key)
	return s, users
}

// build builds beside the writer, who notes what it changes meanwhile, and hands the index over.
func (v *View) build(name string, o order) {
	b := &build{}
	v.mu.Lock()
	v.builds = append(v.builds, b)
	s := v.Snapshot()
	v.mu.Unlock()

	users := make([]*commands.User, 0, s.Len())
	s.byNumber.Scan(func(u *commands.User) bool {
		users = append(users, u)
		return true
	})
	p := newPartition(o, users)

	v.mu.Lock()
	defer v.mu.Unlock()
	v.builds = slices.DeleteFunc(v.builds, func(other *build) bool { return other == b })
	for _, c := range b.missed {
		p.move(c.before, c.after)
	}
	for old := range v.indexes.orders {
		if len(v.indexes.orders) < maxOrders {
			break
		}
		delete(v.indexes.orders, old)
	}
	v.indexes.orders[name] = p
	v.publish()
}

// inOrder returns the run of that key in the order of that name, nil when it is empty, and whether there is such an
// index.
func (s *Snapshot) inOrder(name, key string) (users *tree, ok bool) {
	switch name {
	case "|", "|number,":
		return s.byNumber, true
	case "|username,":
		return s.byUsername, true
	case "|email,":
		return s.byEmail, true
	case "|id,":
		return s.byID, true
	}
	if p := s.orders[name]; p != nil {
		return p.run(key), true
	}
	return nil, false
}
