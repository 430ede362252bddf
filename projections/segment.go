package projections

import (
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// pattern is a folded text, not empty, that is looked for in folded texts.
type pattern struct {
	text   string
	prefix bool // it must stand at the beginning
}

func (p pattern) in(text string) bool {
	if p.prefix {
		return strings.HasPrefix(text, p.text)
	}
	return strings.Contains(text, p.text)
}

// segment is a part of a text index that never changes.
type segment struct {
	texts    texts
	postings postings
	numbers  *roaring.Bitmap // of all entries, with a text or without
}

// newSegment returns the segment of entries that are in order. So many texts, or a hundredth of all, are too many to be compared
// with a pattern.
func newSegment(entries []entry, many int) *segment {
	numbers := make([]uint32, len(entries))
	for i, e := range entries {
		numbers[i] = uint32(e.number)
	}
	s := &segment{texts: packTexts(entries), postings: newPostings(entries, max(many, len(entries)/100)), numbers: roaring.BitmapOf(numbers...)}
	s.numbers.RunOptimize()
	return s
}

// find returns the numbers of those in whose text the pattern is. Nobody may change the answer.
func (s *segment) find(p pattern) *roaring.Bitmap {
	candidates, certain := s.postings.candidates(p)
	if certain {
		return candidates
	}
	var found []uint32
	c := cursor{texts: &s.texts}
	candidates.Iterate(func(number uint32) bool {
		if p.in(c.text(int64(number))) {
			found = append(found, number)
		}
		return true
	})
	return roaring.BitmapOf(found...)
}

// entries visits all of them, in order.
func (s *segment) entries(visit func(entry) bool) {
	c := cursor{texts: &s.texts}
	for range s.texts.len {
		if !visit(c.read()) {
			return
		}
	}
}
