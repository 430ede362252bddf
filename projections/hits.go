package projections

import (
	"math"

	"github.com/RoaringBitmap/roaring/v2"

	"accountd/commands"
)

// fetching is how many steps along an order cost as much as fetching one user by number and sorting it in.
const fetching = 8

// hits are the users whom text indexes found for a Query. The page is made in the way that looks at the fewest users.
type hits struct {
	*Snapshot
	numbers *roaring.Bitmap
	left    []Filter // those that the indexes did not answer
	alone   bool     // nothing else holds users back, so that these are all
}

// hits returns the users whom the filters keep that text indexes answer, no numbers where there is no such index.
func (s *Snapshot) hits(filters []Filter) hits {
	numbers, left := s.search(filters)
	return hits{Snapshot: s, numbers: numbers, left: left}
}

// few reports whether there are no more than so many.
func (h hits) few(most int) bool {
	return h.numbers != nil && h.numbers.GetCardinality() <= uint64(most)
}

// fetch returns those whom the Query keeps.
func (h hits) fetch(q Query) []*commands.User {
	var out []*commands.User
	probe := &commands.User{}
	for i := h.numbers.Iterator(); i.HasNext(); {
		probe.Number = int64(i.Next())
		if u, _ := h.byNumber.Get(probe); q.Scope.Sees(u) && all(q.Filters, u) {
			out = append(out, u)
		}
	}
	return out
}

// paged answers the Query, whose order m goes.
func (h hits) paged(m merge, q Query) (Page, error) {
	if page, ok := h.scanned(m, q); ok {
		return page, nil
	}
	return h.pick(q, h.fetch(q))
}

// scanned answers the Query going along the order, or gives up when fetching all hits is cheaper.
func (h hits) scanned(m merge, q Query) (page Page, ok bool) {
	n := int(h.numbers.GetCardinality())
	page = h.Snapshot.page()
	page.Total = n
	switch {
	case h.alone && m.stretches[0].users == h.byNumber:
		page.Users, ok = h.byPlace(m.backwards, h.place(m.backwards, q), q.Limit), true
	case h.alone:
		page.Users, ok = m.among(h.numbers, q.Offset, min(q.Limit, max(0, n-q.Offset)), fetching*n)
	case m.len() <= fetching*n:
		page.Users, page.Total = m.filter(func(u *commands.User) bool {
			return h.numbers.Contains(uint32(u.Number)) && all(h.left, u)
		}, q.Offset, q.Limit)
		ok = true
	}
	return page, ok
}

// place returns how many hits in the order of numbers stand before the page.
func (h hits) place(backwards bool, q Query) int {
	if q.After == nil {
		return q.Offset
	}
	last := min(q.After.number, math.MaxUint32) // of those before the page, or the first one of them backwards
	if backwards {
		return int(h.numbers.GetCardinality() - h.numbers.Rank(uint32(max(last-1, 0))))
	}
	return int(h.numbers.Rank(uint32(last)))
}

// byPlace returns up to limit users by number, from the offset on.
func (h hits) byPlace(backwards bool, offset, limit int) []*commands.User {
	var out []*commands.User
	n := int(h.numbers.GetCardinality())
	for i := offset; i < n && len(out) < limit; i++ {
		place := i
		if backwards {
			place = n - 1 - i
		}
		number, _ := h.numbers.Select(uint32(place))
		out = append(out, h.UserByNumber(int64(number)))
	}
	return out
}
