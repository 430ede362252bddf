package projections

import (
	"math"
	"slices"

	"github.com/google/uuid"

	"accountd/commands"
)

// Query asks for a page of a list.
type Query struct {
	Scope   commands.Scope // who asks sees whom
	Filters []Filter       // all of them must hold
	Sort    []Sort         // none: by number
	Limit   int            // 0 or less: only the total
	Offset  int            // less than 0 is 0
}

// Page is the answer to a Query.
type Page struct {
	Users    []*commands.User
	Total    int    // how many users the query has on all pages
	Position uint64 // of the Snapshot that answered
}

// List answers the Query from the newest Snapshot. It returns [ErrField] when it cannot be sorted so. The View must be
// open.
func (v *View) List(q Query) (Page, error) {
	if q.Scope.Client != 0 {
		q = q.ofClient()
	}
	q.Offset = max(q.Offset, 0)
	q.Limit = max(q.Limit, 0)
	if users, position, ok := v.found(q); ok {
		return v.pick(q, users, position)
	}
	if !q.Scope.All && len(q.Sort) > 0 {
		return v.gathered(q)
	}
	fixed, rest := q.split()
	bounds, rest := bounding(rest, q.Sort)
	o, backwards, err := orderOf(fieldsOf(fixed), q.Sort)
	if err != nil {
		return Page{}, err
	}
	key := keyOf(fixed)
	if users, position, ok := v.findFew(q, rest, o, key); ok {
		return v.pick(q, users, position)
	}
	s, users := v.ordered(o, key)
	if !q.Scope.All && q.Scope.Parent == uuid.Nil {
		users = nil // nobody is the child of nobody
	}
	w := walk{users: users, backwards: backwards}
	if users != nil {
		w.to = users.Len()
	}
	w.narrow(bounds)
	w.insert(q.self(s), o.compare())
	page := Page{Position: s.head.Sequence}
	if len(rest) == 0 {
		page.Total = w.len()
		page.Users = w.page(q.Offset, q.Limit)
		return page, nil
	}
	if w.len() >= v.limits.freeze {
		if set, left := s.search(rest); set != nil {
			h := hits{s, set, left, len(fixed)+len(bounds)+len(left) == 0}
			return v.paged(h, w, q)
		}
	}
	page.Users, page.Total = w.filter(func(u *commands.User) bool { return all(rest, u) }, q.Offset, q.Limit)
	return page, nil
}

// ofClient returns the Query whose Scope is a client as one of everybody who is of that client: the members of one client
// are then a run of their own.
func (q Query) ofClient() Query {
	def, _ := define(Client)
	members := Filter{Field: Client, op: Eq, def: def, values: []value{{number: q.Scope.Client}}}
	q.Filters = append([]Filter{members}, q.Filters...)
	q.Scope = commands.Scope{All: true}
	return q
}

// gathered answers a list of few by sorting them: whoever sees a part of the users only shall not have orders of all of
// them built.
func (v *View) gathered(q Query) (Page, error) {
	unsorted := q
	unsorted.Sort, unsorted.Offset, unsorted.Limit = nil, 0, math.MaxInt
	page, err := v.List(unsorted)
	if err != nil {
		return Page{}, err
	}
	return v.pick(q, page.Users, page.Position)
}

// split returns the filters that fix a field of few values, the Scope's among them, in one order, and the others.
func (q Query) split() (fixed, rest []Filter) {
	if !q.Scope.All {
		def, _ := define(Parent)
		fixed = append(fixed, Filter{Field: Parent, op: Eq, def: def, values: []value{{id: q.Scope.Parent}}})
	}
	for _, f := range q.Filters {
		if f.def.few && f.op == Eq && len(f.values) == 1 && q.Scope.All && !slices.ContainsFunc(fixed, sameField(f.Field)) {
			fixed = append(fixed, f)
		} else {
			rest = append(rest, f)
		}
	}
	slices.SortStableFunc(fixed, func(a, b Filter) int { return compareFields(a.Field, b.Field) })
	return fixed, rest
}

func sameField(f Field) func(Filter) bool { return func(g Filter) bool { return g.Field == f } }

func compareFields(a, b Field) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func fieldsOf(filters []Filter) []Field {
	var out []Field
	for _, f := range filters {
		out = append(out, f.Field)
	}
	return out
}

// bounding returns the filters on the first sort key that bound one stretch of the run, and those that are left to be
// looked at one user after another.
func bounding(filters []Filter, sorts []Sort) (bounds, left []Filter) {
	first := Number
	if len(sorts) > 0 {
		first = sorts[0].Field
	}
	for _, f := range filters {
		if f.Field == first && f.bounds() {
			bounds = append(bounds, f)
		} else {
			left = append(left, f)
		}
	}
	return bounds, left
}

// self returns the asker when the Scope names one who is not in the run of the Scope's children and passes the filters.
func (q Query) self(s *Snapshot) *commands.User {
	if q.Scope.All || q.Scope.Self == uuid.Nil {
		return nil
	}
	u := s.User(q.Scope.Self)
	if u == nil || u.Parent == q.Scope.Parent && u.Parent != uuid.Nil || !all(q.Filters, u) {
		return nil
	}
	return u
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
func (v *View) found(q Query) (users []*commands.User, position uint64, ok bool) {
	s := v.Snapshot()
	for _, f := range q.Filters {
		if !f.lookedUp() {
			continue
		}
		for _, val := range f.values {
			if u := s.lookUp(f.Field, val); u != nil && q.Scope.Sees(u) && all(q.Filters, u) && !slices.Contains(users, u) {
				users = append(users, u)
			}
		}
		return users, s.head.Sequence, true
	}
	return nil, 0, false
}

// lookedUp reports whether the users that the filter keeps are found by look-ups. Those without an external id are not.
func (f Filter) lookedUp() bool {
	if f.op != Eq || !f.def.unique && f.Field != Number {
		return false
	}
	return f.Field != ExternalID || !slices.ContainsFunc(f.values, func(v value) bool { return v.text == "" })
}

func (s *Snapshot) lookUp(f Field, v value) *commands.User {
	switch f {
	case ID:
		return s.User(v.id)
	case Number:
		return s.UserByNumber(v.number)
	case Username:
		u, _ := s.byUsername.Get(&commands.User{Username: v.text})
		return u
	case Email:
		u, _ := s.byEmail.Get(&commands.User{Email: v.text})
		return u
	}
	return s.UserByExternalID(v.text)
}

// pick sorts the few users that were found and returns the page of them.
func (v *View) pick(q Query, users []*commands.User, position uint64) (Page, error) {
	o, backwards, err := orderOf(nil, q.Sort)
	if err != nil {
		return Page{}, err
	}
	users = o.sorted(users)
	if backwards {
		slices.Reverse(users)
	}
	from := min(q.Offset, len(users))
	to := min(from+q.Limit, len(users))
	return Page{Users: users[from:to], Total: len(users), Position: position}, nil
}
