package projections

import (
	"iter"
	"slices"

	"accountd/commands"
)

// List answers the Query from the newest Snapshot. It returns [ErrField] when it cannot be sorted so. The View must be
// open.
func (v *View) List(q Query) (Page, error) {
	q.Offset = max(q.Offset, 0)
	q.Limit = max(q.Limit, 0)
	s := v.Snapshot()
	if users, ok := s.found(q); ok {
		return s.pick(q, users)
	}
	if !q.Scope.All {
		return v.seen(q)
	}
	p, err := q.plan(nil, true)
	if err != nil {
		return Page{}, err
	}
	var h hits
	if runs, ok := p.runs(s); !ok || runs.len() >= v.limits.freeze {
		v.want(s, p.rest)
		if h = s.hits(p.rest); h.few(v.limits.fetch) {
			return s.pick(q, h.fetch(q))
		}
	}
	if s.lacksOrder(p.order) {
		s = v.holding(p.order)
	}
	return v.execute(q, p, s, h, nil)
}

// execute answers the Query from the Snapshot, going the way that the plan says. The hits count if they are of that
// Snapshot; others are users beside those in the plan's runs.
func (v *View) execute(q Query, p plan, s *Snapshot, h hits, others []*commands.User) (Page, error) {
	m, _ := p.runs(s)
	m.narrow(p.bounds)
	if len(others) > 0 {
		m.add(loadTree(p.order.sorted(others), m.compare))
	}
	if q.After != nil {
		m.startAt(q.After.in(s))
		q.Offset = 0
	}
	page := s.page()
	if len(p.rest) == 0 {
		page.Total = m.len()
		page.Users = m.page(q.Offset, q.Limit)
		return page, nil
	}
	if m.len() >= v.limits.freeze {
		if h.Snapshot != s {
			h = s.hits(p.rest)
		}
		if h.numbers != nil {
			h.alone = p.everybody() && len(h.left) == 0
			return h.paged(m, q)
		}
	}
	page.Users, page.Total = m.filter(func(u *commands.User) bool { return all(p.rest, u) }, q.Offset, q.Limit)
	return page, nil
}

func all(filters []Filter, u *commands.User) bool {
	for _, f := range filters {
		if !f.Matches(u) {
			return false
		}
	}
	return true
}

// found answers from a look-up when a filter names users by a unique field.
func (s *Snapshot) found(q Query) (users []*commands.User, ok bool) {
	for _, f := range q.Filters {
		if !f.lookedUp() {
			continue
		}
		for _, val := range f.values {
			for u := range s.lookUp(f.Field, val) {
				if q.Scope.Sees(u) && all(q.Filters, u) && !slices.Contains(users, u) {
					users = append(users, u)
				}
			}
		}
		return users, true
	}
	return nil, false
}

// lookedUp reports whether the users that the filter keeps are found by look-ups. Those without an external id are not.
func (f Filter) lookedUp() bool {
	if f.op != Eq || !f.def.unique && f.Field != Number {
		return false
	}
	return f.Field != ExternalID || !slices.ContainsFunc(f.values, func(v value) bool { return v.text == "" })
}

// lookUp visits the users who have the value in a field in which it is usually one's alone.
func (s *Snapshot) lookUp(f Field, v value) iter.Seq[*commands.User] {
	return func(yield func(*commands.User) bool) {
		var u *commands.User
		switch f {
		case ID:
			u = s.User(v.id)
		case Number:
			u = s.UserByNumber(v.number)
		default:
			s.equal(f, v.text, yield)
		}
		if u != nil {
			yield(u)
		}
	}
}

// pick sorts the few users that were found and returns the page of them.
func (s *Snapshot) pick(q Query, users []*commands.User) (Page, error) {
	o, backwards, err := orderOf(nil, q.Sort)
	if err != nil {
		return Page{}, err
	}
	users = o.sorted(users)
	if backwards {
		slices.Reverse(users)
	}
	from := min(q.Offset, len(users))
	if q.After != nil {
		from = q.After.in(s).place(len(users), func(i int) *commands.User { return users[i] })
	}
	to := from + min(q.Limit, len(users)-from)
	page := s.page()
	page.Users, page.Total = users[from:to], len(users)
	return page, nil
}
