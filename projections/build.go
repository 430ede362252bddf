package projections

import (
	"slices"

	"accountd/commands"
)

// maxOrders bounds how many orders are kept beside the fixed ones; past it one of them makes room.
const maxOrders = 32

// build is an index that is being built from a Snapshot while the writer goes on.
type build struct {
	missed []change
}

type change struct{ before, after *commands.User }

// beside builds an index from a Snapshot while the writer, who notes what it changes meanwhile, goes on. It hands over
// an index that has those changes as well, under the writer's lock.
func beside[T interface {
	move(before, after *commands.User)
}](v *View, construct func(*Snapshot) T, handOver func(T)) {
	b := &build{}
	v.mu.Lock()
	v.builds = append(v.builds, b)
	s := v.Snapshot()
	v.mu.Unlock()

	index := construct(s)

	v.mu.Lock()
	defer v.mu.Unlock()
	for len(b.missed) > v.limits.missed {
		missed := b.missed
		b.missed = nil
		v.mu.Unlock()
		catchUp(index, missed)
		v.mu.Lock()
	}
	catchUp(index, b.missed)
	v.builds = slices.DeleteFunc(v.builds, func(other *build) bool { return other == b })
	handOver(index)
	v.publish()
}

func catchUp(index interface {
	move(before, after *commands.User)
}, missed []change) {
	for _, c := range missed {
		index.move(c.before, c.after)
	}
}

// holding returns a Snapshot that has all the orders' indexes. It builds those that are not there yet.
func (v *View) holding(orders ...order) *Snapshot {
	for {
		s := v.Snapshot()
		lacking := slices.IndexFunc(orders, s.lacksOrder)
		if lacking < 0 {
			return s
		}
		v.building.Lock()
		if v.Snapshot().lacksOrder(orders[lacking]) {
			v.build(orders[lacking].String(), orders[lacking])
		}
		v.building.Unlock()
	}
}

func (s *Snapshot) lacksOrder(o order) bool {
	_, ok := s.inOrder(o.String(), "")
	return !ok
}

func (v *View) build(name string, o order) {
	beside(v, func(s *Snapshot) *partition {
		users := make([]*commands.User, 0, s.Len())
		s.byNumber.Scan(func(u *commands.User) bool {
			users = append(users, u)
			return true
		})
		return newPartition(o, users)
	}, func(p *partition) {
		for old := range v.indexes.orders {
			if len(v.indexes.orders) < maxOrders {
				break
			}
			delete(v.indexes.orders, old)
		}
		v.indexes.orders[name] = p
	})
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
