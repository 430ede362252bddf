package projections

import (
	"slices"

	"github.com/google/uuid"

	"accountd/commands"
)

// seen answers a Query of somebody who sees a part of the users: the children of one, those of some datacenters, those
// of a client. The part that has the most is walked, in place; the users of the others are fetched and sorted in. When
// no part has many all are, so that orders are built only for those who see much.
func (v *View) seen(q Query) (Page, error) {
	parts := partsOf(q)
	s := v.holding(ordersOf(parts)...)
	main, size := s.largest(parts)
	few := size <= v.limits.fetch
	if main < 0 || few && len(q.Sort) > 0 {
		return s.pick(q, s.gather(q, parts, -1))
	}
	p, err := q.plan(&parts[main], !few)
	if err != nil {
		return Page{}, err
	}
	var h hits
	if size >= v.limits.freeze {
		v.want(s, p.rest)
		if h = s.hits(p.rest); h.few(v.limits.fetch) {
			return s.pick(q, h.fetch(q))
		}
	}
	if s.lacksOrder(p.order) {
		s = v.holding(append(ordersOf(parts), p.order)...)
	}
	return v.execute(q, p, s, h, s.gather(q, parts, main))
}

// partsOf returns what the Scope sees as filters that fix a field, without what the Query's own filters rule out.
func partsOf(q Query) (parts []Filter) {
	add := func(f Field, values ...value) {
		def, _ := define(f)
		part := Filter{Field: f, op: Eq, def: def}
		for _, v := range values {
			if v != (value{}) && !slices.Contains(part.values, v) && !q.rulesOut(f, v) {
				part.values = append(part.values, v)
			}
		}
		if len(part.values) > 0 {
			parts = append(parts, part)
		}
	}
	add(scopeParent, value{id: q.Scope.Parent})
	add(Client, value{number: q.Scope.Client})
	var datacenters []value
	for _, id := range q.Scope.Datacenters {
		datacenters = append(datacenters, value{id: id})
	}
	add(Datacenter, datacenters...)
	return parts
}

func (q Query) rulesOut(f Field, v value) bool {
	return slices.ContainsFunc(q.Filters, func(g Filter) bool {
		return g.Field == f && g.op == Eq && !slices.Contains(g.values, v)
	})
}

// ordersOf returns the orders by number in which the parts are runs.
func ordersOf(parts []Filter) (orders []order) {
	for _, p := range parts {
		orders = append(orders, order{fixed: []Field{p.Field}})
	}
	return orders
}

// of returns the users of a part, by number.
func (s *Snapshot) of(part Filter) (m merge) {
	p := plan{order: order{fixed: []Field{part.Field}}, keys: keysOf([]Filter{part})}
	m, _ = p.runs(s)
	return m
}

// largest returns which part has the most users, -1 when there are no parts, and how many it has.
func (s *Snapshot) largest(parts []Filter) (main, size int) {
	main = -1
	for i, p := range parts {
		if m := s.of(p); main < 0 || m.len() > size {
			main, size = i, m.len()
		}
	}
	return main, size
}

// gather returns the users whom the Query keeps, each once, without those of the main part, -1 for none.
func (s *Snapshot) gather(q Query, parts []Filter, main int) (out []*commands.User) {
	add := func(u *commands.User, not []Filter) {
		if u != nil && !among(not, u) && (main < 0 || !parts[main].Matches(u)) && all(q.Filters, u) {
			out = append(out, u)
		}
	}
	for i, p := range parts {
		if i == main {
			continue
		}
		m := s.of(p)
		m.visit(0, func(u *commands.User) bool {
			add(u, parts[:i])
			return true
		})
	}
	if q.Scope.Self != uuid.Nil {
		add(s.User(q.Scope.Self), parts)
	}
	return out
}

// among reports whether one of the parts has the user.
func among(parts []Filter, u *commands.User) bool {
	return slices.ContainsFunc(parts, func(p Filter) bool { return p.Matches(u) })
}
