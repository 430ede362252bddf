package textindex

import (
	"cmp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/tidwall/btree"
)

// Entry is what a user has in the field: the user's number, which is an uint32, and the folded text. No text means the
// same as no user.
type Entry struct {
	Number int64
	Text   string
}

// Index finds the users in whose text a pattern is. What changed last stands in the delta, everything else in segments;
// what a newer one says of a user hides what older ones say. Only its owner changes it, readers have copies.
type Index struct {
	segments []*segment           // the oldest first
	delta    *btree.BTreeG[Entry] // by number
	many     int                  // texts are too many to be compared with a pattern
}

// deltaDegree keeps the nodes small that a write copies.
const deltaDegree = 16

func newDelta() *btree.BTreeG[Entry] {
	return btree.NewBTreeGOptions(func(a, b Entry) bool { return a.Number < b.Number },
		btree.Options{NoLocks: true, Degree: deltaDegree})
}

// New returns the index of entries that have texts, by number. So many texts, or a hundredth of all, are too many to be
// compared with a pattern.
func New(entries []Entry, many int) *Index {
	return &Index{segments: []*segment{newSegment(entries, many)}, delta: newDelta(), many: many}
}

// Copy returns a picture for readers. It shares everything until the index is changed.
func (x *Index) Copy() *Index {
	out := *x
	out.delta = x.delta.Copy()
	return &out
}

// Move puts now in the place of old; the zero Entry is nobody's.
func (x *Index) Move(old, now Entry) {
	if old == now {
		return
	}
	if old.Text != "" {
		x.delta.Set(Entry{Number: old.Number})
	}
	if now.Text != "" {
		x.delta.Set(now)
	}
}

// Find returns the numbers of the users in whose text the pattern is. The caller may change the answer.
func (x *Index) Find(p Pattern) *roaring.Bitmap {
	var found, newer []uint32
	x.delta.Scan(func(e Entry) bool {
		newer = append(newer, uint32(e.Number))
		if p.In(e.Text) {
			found = append(found, uint32(e.Number))
		}
		return true
	})
	out, hidden := roaring.BitmapOf(found...), roaring.BitmapOf(newer...)
	for i, s := range slices.Backward(x.segments) {
		older := roaring.AndNot(s.find(p), hidden)
		older.Or(out) // the smaller set into the larger
		out = older
		if i > 0 {
			hidden.Or(s.numbers)
		}
	}
	return out
}

// Frozen returns an index of the same content that has nothing in its delta. What was there makes a segment, together
// with those segments before it that are not more than twice as large: so every user's text is moved about seldom, and
// there are few segments.
func (x *Index) Frozen() *Index {
	size, keep := x.delta.Len(), len(x.segments)
	for keep > 0 && x.segments[keep-1].texts.len <= 2*size {
		keep--
		size += x.segments[keep].texts.len
	}
	var entries []Entry
	seen := roaring.New()
	newest := func(e Entry) bool {
		if seen.CheckedAdd(uint32(e.Number)) && (e.Text != "" || keep > 0) {
			entries = append(entries, e)
		}
		return true
	}
	x.delta.Scan(newest)
	for _, s := range slices.Backward(x.segments[keep:]) {
		s.entries(newest)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Number, b.Number) })
	segments := append(slices.Clip(x.segments[:keep]), newSegment(entries, x.many))
	return &Index{segments: segments, delta: newDelta(), many: x.many}
}

// Waiting returns how many changes wait in the delta to be frozen.
func (x *Index) Waiting() int { return x.delta.Len() }

// Segments returns of how many segments the index is.
func (x *Index) Segments() int { return len(x.segments) }

// Holds reports whether the part is in any text that the index keeps in memory, whether [Index.Find] finds it or it is
// hidden: what must be gone is not there.
func (x *Index) Holds(part string) (holds bool) {
	look := func(e Entry) bool {
		holds = holds || strings.Contains(e.Text, part)
		return !holds
	}
	x.delta.Scan(look)
	for _, s := range x.segments {
		s.entries(look)
	}
	return holds
}
