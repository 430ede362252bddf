package projections

import (
	"sort"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"accountd/commands"
)

// walk goes over a stretch of a run, and one more user who belongs to the list although standing elsewhere.
type walk struct {
	users     *tree // nil when from and to are 0
	backwards bool
	from, to  int            // the stretch, as places in the run
	extra     *commands.User // nil for none
	extraAt   int            // how many users come before extra
}

// narrow bounds the stretch to the users that all filters keep.
func (w *walk) narrow(filters []Filter) {
	if len(filters) == 0 {
		return
	}
	place := func(i int) int {
		u, _ := w.users.GetAt(i)
		for _, f := range filters {
			if p := f.place(u); p != 0 {
				return p
			}
		}
		return 0
	}
	w.from = sort.Search(w.to, func(i int) bool { return place(i) >= 0 })
	w.to = w.from + sort.Search(w.to-w.from, func(i int) bool { return place(w.from+i) > 0 })
}

// insert puts one more user, if any, where the order has it.
func (w *walk) insert(extra *commands.User, compare func(a, b *commands.User) int) {
	if extra == nil {
		return
	}
	n := w.to - w.from
	before := sort.Search(n, func(i int) bool {
		u, _ := w.users.GetAt(w.from + i)
		return compare(u, extra) >= 0
	})
	w.extra, w.extraAt = extra, before
	if w.backwards {
		w.extraAt = n - before
	}
}

func (w *walk) len() int {
	n := w.to - w.from
	if w.extra != nil {
		n++
	}
	return n
}

// page returns up to limit users from the offset on.
func (w *walk) page(offset, limit int) []*commands.User {
	if offset >= w.len() || limit == 0 {
		return nil
	}
	limit = min(limit, w.len()-offset)
	out := make([]*commands.User, 0, limit)
	w.visit(offset, func(u *commands.User) bool {
		out = append(out, u)
		return len(out) < limit
	})
	return out
}

// filter walks the whole run and returns up to limit of the users to be kept, from the offset on, and how many there are.
func (w *walk) filter(keep func(*commands.User) bool, offset, limit int) (out []*commands.User, total int) {
	w.visit(0, func(u *commands.User) bool {
		if keep(u) {
			if total >= offset && len(out) < limit {
				out = append(out, u)
			}
			total++
		}
		return true
	})
	return out, total
}

// among returns up to limit of the users whose numbers are in the set, from the offset on. It gives up after so many
// steps.
func (w *walk) among(set *roaring64.Bitmap, offset, limit, steps int) (out []*commands.User, ok bool) {
	w.visit(0, func(u *commands.User) bool {
		if steps--; len(out) == limit || steps < 0 {
			return false
		}
		switch {
		case !set.Contains(uint64(u.Number)):
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
func (w *walk) visit(offset int, visit func(*commands.User) bool) {
	i, going := offset, true
	if w.extra != nil && offset > w.extraAt {
		offset-- // the extra user is among those left out, and not in the tree
	}
	step := func(u *commands.User) bool {
		if w.extra != nil && i == w.extraAt {
			i++
			if going = visit(w.extra); !going {
				return false
			}
		}
		i++
		going = visit(u)
		return going
	}
	left := w.to - w.from - offset
	bounded := func(u *commands.User) bool {
		if left--; left < 0 {
			return false
		}
		return step(u)
	}
	if left > 0 && w.backwards {
		first, _ := w.users.GetAt(w.to - 1 - offset)
		w.users.Descend(first, bounded)
	} else if left > 0 {
		first, _ := w.users.GetAt(w.from + offset)
		w.users.Ascend(first, bounded)
	}
	if going && w.extra != nil && i == w.extraAt {
		visit(w.extra)
	}
}
