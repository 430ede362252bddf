package projections

import (
	"slices"
	"sort"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/tidwall/btree"

	"accountd/commands"
)

// merge is an iterator over stretches of several runs, which have no user in common, as if they were one.
type merge struct {
	stretches []stretch
	compare   func(a, b *commands.User) int // the order of every run
	backwards bool
	start     int // how many users come before pages, whatever their offset
}

// stretch is a part of a run, between two places.
type stretch struct {
	users    *tree
	from, to int
}

// add adds a whole run, nil for an empty one.
func (m *merge) add(users *tree) {
	if users != nil {
		m.stretches = append(m.stretches, stretch{users, 0, users.Len()})
	}
}

// narrow bounds the stretches to the users that all filters keep.
func (m *merge) narrow(filters []Filter) {
	if len(filters) == 0 {
		return
	}
	for i := range m.stretches {
		m.stretches[i].narrow(filters)
	}
}

func (s *stretch) narrow(filters []Filter) {
	place := func(i int) int {
		u, _ := s.users.GetAt(i)
		for _, f := range filters {
			if p := f.place(u); p != 0 {
				return p
			}
		}
		return 0
	}
	s.from = sort.Search(s.to, func(i int) bool { return place(i) >= 0 })
	s.to = s.from + sort.Search(s.to-s.from, func(i int) bool { return place(s.from+i) > 0 })
}

func (s stretch) len() int { return s.to - s.from }

func (m *merge) len() (n int) {
	for _, s := range m.stretches {
		n += s.len()
	}
	return n
}

// startAt begins pages behind the cursor.
func (m *merge) startAt(behind *Cursor) {
	for _, s := range m.stretches {
		m.start += behind.place(s.len(), func(i int) *commands.User { return m.at(s, i) })
	}
}

// page returns up to limit users from the offset on.
func (m *merge) page(offset, limit int) []*commands.User {
	if offset += m.start; offset >= m.len() || limit == 0 {
		return nil
	}
	limit = min(limit, m.len()-offset)
	out := make([]*commands.User, 0, limit)
	m.visit(offset, func(u *commands.User) bool {
		out = append(out, u)
		return len(out) < limit
	})
	return out
}

// filter walks the whole run and returns up to limit of the users to be kept, from the offset on, and how many there
// are.
func (m *merge) filter(keep func(*commands.User) bool, offset, limit int) (out []*commands.User, total int) {
	seen, before := 0, 0 // before the page
	m.visit(0, func(u *commands.User) bool {
		seen++
		switch {
		case !keep(u):
			return true
		case seen <= m.start:
			before++
		case total-before >= offset && len(out) < limit:
			out = append(out, u)
		}
		total++
		return true
	})
	return out, total
}

// among returns up to limit of the users whose numbers are in the set, from the offset on. It gives up after so many
// steps.
func (m *merge) among(set *roaring.Bitmap, offset, limit, steps int) (out []*commands.User, ok bool) {
	m.visit(m.start, func(u *commands.User) bool {
		if steps--; len(out) == limit || steps < 0 {
			return false
		}
		switch {
		case !set.Contains(uint32(u.Number)):
		case offset > 0:
			offset--
		default:
			out = append(out, u)
		}
		return true
	})
	return out, len(out) == limit
}

// visit visits the users from the offset on until visit returns false.
func (m *merge) visit(offset int, visit func(*commands.User) bool) {
	var cursors []*ahead
	for i, skipped := range m.skip(offset) {
		if c := m.ahead(m.stretches[i], skipped); c != nil {
			cursors = append(cursors, c)
			defer c.Release()
		}
	}
	for len(cursors) > 0 {
		first := 0
		for i, c := range cursors[1:] {
			if m.before(c.Item(), cursors[first].Item()) {
				first = i + 1
			}
		}
		if !visit(cursors[first].Item()) {
			return
		}
		if !cursors[first].next() {
			cursors = slices.Delete(cursors, first, first+1)
		}
	}
}

// before reports whether a comes before b in the direction of the merge.
func (m *merge) before(a, b *commands.User) bool {
	if m.backwards {
		a, b = b, a
	}
	return m.compare(a, b) < 0
}

// at returns the user at a place in a stretch, counted in the direction of the merge.
func (m *merge) at(s stretch, i int) *commands.User {
	place := s.from + i
	if m.backwards {
		place = s.to - 1 - i
	}
	u, _ := s.users.GetAt(place)
	return u
}

// skip returns how many users of each stretch are among the first n of the merge. It halves what is in question by
// asking how many users come before the middle of the widest stretch.
func (m *merge) skip(n int) (least []int) {
	least, most := make([]int, len(m.stretches)), make([]int, len(m.stretches))
	for i, s := range m.stretches {
		most[i] = s.len()
	}
	if len(m.stretches) == 1 {
		return []int{min(n, most[0])}
	}
	for {
		widest := 0
		for i := range least {
			if most[i]-least[i] > most[widest]-least[widest] {
				widest = i
			}
		}
		if len(least) == 0 || most[widest] == least[widest] {
			return least
		}
		middle := (least[widest] + most[widest]) / 2
		places, total := m.places(m.at(m.stretches[widest], middle), least, most)
		if total >= n {
			most = places
		} else {
			least = places
			least[widest]++ // the one in the middle too
		}
	}
}

// places returns how many users of each stretch come before u, knowing the least and the most, and their sum.
func (m *merge) places(u *commands.User, least, most []int) (places []int, total int) {
	places = make([]int, len(least))
	for i, s := range m.stretches {
		places[i] = least[i] + sort.Search(most[i]-least[i],
			func(j int) bool { return !m.before(m.at(s, least[i]+j), u) })
		total += places[i]
	}
	return places, total
}

// ahead is a place in a stretch from which it is walked on.
type ahead struct {
	btree.IterG[*commands.User]
	left      int
	backwards bool
}

// ahead returns the place behind the first users of a stretch, nil when there is nobody left.
func (m *merge) ahead(s stretch, skipped int) *ahead {
	if skipped >= s.len() {
		return nil
	}
	a := &ahead{s.users.Iter(), s.len() - skipped, m.backwards}
	a.Seek(m.at(s, skipped))
	return a
}

// next goes one user on, if there is one.
func (a *ahead) next() bool {
	if a.left--; a.left == 0 {
		return false
	}
	if a.backwards {
		return a.Prev()
	}
	return a.Next()
}
