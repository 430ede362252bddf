package projections

import (
	"cmp"
	"slices"
)

// plan is the way to answer a Query: the runs of an order, and what is left to look at in them.
type plan struct {
	order     order
	backwards bool
	keys      []string // of the runs
	bounds    []Filter // those that keep one stretch of every run
	rest      []Filter // those that must be looked at one user after another
}

// plan takes the runs of those whom part keeps, everybody's when it is nil. With few, the runs are also those of the
// filters on fields of few values.
func (q Query) plan(part *Filter, few bool) (p plan, err error) {
	var fixed, rest []Filter
	if part != nil {
		fixed = append(fixed, *part)
	}
	for _, f := range q.Filters {
		switch {
		case part != nil && f.Field == part.Field && f.op == Eq: // part keeps no others
		case few && f.fixes() && !slices.ContainsFunc(fixed, func(g Filter) bool { return g.Field == f.Field }):
			fixed = append(fixed, f)
		default:
			rest = append(rest, f)
		}
	}
	slices.SortFunc(fixed, func(a, b Filter) int { return cmp.Compare(a.Field, b.Field) })
	p.bounds, p.rest = bounding(rest, q.Sort)
	p.keys = keysOf(fixed)
	p.order, p.backwards, err = orderOf(fieldsOf(fixed), q.Sort)
	return p, err
}

// fixes reports whether the filter keeps one value of a field of few.
func (f Filter) fixes() bool { return f.def.few && f.op == Eq && len(f.values) == 1 }

// everybody reports whether nothing holds users back that a text index could not answer.
func (p plan) everybody() bool { return len(p.order.fixed)+len(p.bounds) == 0 }

// runs returns a merge of the plan's runs, if the Snapshot has them.
func (p plan) runs(s *Snapshot) (m merge, ok bool) {
	m = merge{compare: p.order.compare(), backwards: p.backwards}
	for _, key := range p.keys {
		users, ok := s.inOrder(p.order.String(), key)
		if !ok {
			return m, false
		}
		m.add(users)
	}
	return m, true
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
