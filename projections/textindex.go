package projections

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/tidwall/btree"

	"accountd/commands"
)

// textIndex finds the users in whose text of one field a pattern is. What changed last stands in the delta, everything
// else in segments; what a newer one says of a user hides what older ones say.
type textIndex struct {
	text     func(*commands.User) string
	segments []*segment           // the oldest first
	delta    *btree.BTreeG[entry] // by number
	many     int                  // texts are too many to be compared with a pattern
	erased   int                  // so many users were erased before the segments were made
}

// deltaDegree keeps the nodes small that a write copies.
const deltaDegree = 16

func newDelta() *btree.BTreeG[entry] {
	return btree.NewBTreeGOptions(func(a, b entry) bool { return a.number < b.number }, btree.Options{NoLocks: true, Degree: deltaDegree})
}

// newTextIndex returns the index of the texts that those in the Snapshot have in the field.
func newTextIndex(f Field, s *Snapshot, many int) *textIndex {
	def, _ := define(f)
	t := &textIndex{text: def.written().text, delta: newDelta(), many: many, erased: len(s.erased)}
	var entries []entry
	s.byNumber.Scan(func(u *commands.User) bool {
		if text := commands.Folded(t.text(u)); text != "" {
			entries = append(entries, entry{u.Number, text})
		}
		return true
	})
	t.segments = []*segment{newSegment(entries, many)}
	return t
}

// copy returns a picture for readers.
func (t *textIndex) copy() *textIndex {
	out := *t
	out.delta = t.delta.Copy()
	return &out
}

// move puts after in the place of before; either may be nil.
func (t *textIndex) move(before, after *commands.User) {
	old, now := t.entry(before), t.entry(after)
	if old == now {
		return
	}
	if old.text != "" {
		t.delta.Set(entry{number: old.number})
	}
	if now.text != "" {
		t.delta.Set(now)
	}
}

func (t *textIndex) entry(u *commands.User) entry {
	if u == nil {
		return entry{}
	}
	return entry{u.Number, commands.Folded(t.text(u))}
}

// find returns the numbers of the users in whose text the pattern is. The caller may change the answer.
func (t *textIndex) find(p pattern) *roaring.Bitmap {
	var found, newer []uint32
	t.delta.Scan(func(e entry) bool {
		newer = append(newer, uint32(e.number))
		if p.in(e.text) {
			found = append(found, uint32(e.number))
		}
		return true
	})
	out, hidden := roaring.BitmapOf(found...), roaring.BitmapOf(newer...)
	for i, s := range slices.Backward(t.segments) {
		older := roaring.AndNot(s.find(p), hidden)
		older.Or(out) // the smaller set into the larger
		out = older
		if i > 0 {
			hidden.Or(s.numbers)
		}
	}
	return out
}

// frozen returns an index of the same content that has nothing in its delta. What was there makes a segment, together
// with those segments before it that are not more than twice as large: so every user's text is moved about seldom, and
// there are few segments.
func (t *textIndex) frozen() *textIndex {
	size, keep := t.delta.Len(), len(t.segments)
	for keep > 0 && t.segments[keep-1].texts.len <= 2*size {
		keep--
		size += t.segments[keep].texts.len
	}
	var entries []entry
	seen := roaring.New()
	newest := func(e entry) bool {
		if seen.CheckedAdd(uint32(e.number)) && (e.text != "" || keep > 0) {
			entries = append(entries, e)
		}
		return true
	}
	t.delta.Scan(newest)
	for _, s := range slices.Backward(t.segments[keep:]) {
		s.entries(newest)
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.number, b.number) })
	segments := append(slices.Clip(t.segments[:keep]), newSegment(entries, t.many))
	return &textIndex{text: t.text, segments: segments, delta: newDelta(), many: t.many, erased: t.erased}
}
