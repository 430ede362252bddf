package textindex

import "github.com/RoaringBitmap/roaring/v2"

// segment is a part of a text index that never changes.
type segment struct {
	texts    texts
	postings postings
	numbers  *roaring.Bitmap // of all entries, with a text or without
}

// newSegment returns the segment of entries that are in order; many is that of [New].
func newSegment(entries []Entry, many int) *segment {
	numbers := make([]uint32, len(entries))
	for i, e := range entries {
		numbers[i] = uint32(e.Number)
	}
	s := &segment{texts: packTexts(entries), postings: newPostings(entries, max(many, len(entries)/100)),
		numbers: roaring.BitmapOf(numbers...)}
	s.numbers.RunOptimize()
	return s
}

// find returns the numbers of those in whose text the pattern is. Nobody may change the answer.
func (s *segment) find(p Pattern) *roaring.Bitmap {
	candidates, certain := s.postings.candidates(p)
	if certain {
		return candidates
	}
	var found []uint32
	c := reader{texts: &s.texts}
	candidates.Iterate(func(number uint32) bool {
		if p.In(c.text(int64(number))) {
			found = append(found, number)
		}
		return true
	})
	return roaring.BitmapOf(found...)
}

// entries visits all of them, in order.
func (s *segment) entries(visit func(Entry) bool) {
	c := reader{texts: &s.texts}
	for range s.texts.len {
		if !visit(c.read()) {
			return
		}
	}
}
