package projections

import (
	"strings"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
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
	numbers  *roaring64.Bitmap // of all entries, with a text or without
	recent   recent
}

// newSegment returns the segment of entries that are in order.
func newSegment(entries []entry) *segment {
	numbers := make([]uint64, len(entries))
	for i, e := range entries {
		numbers[i] = uint64(e.number)
	}
	return &segment{texts: packTexts(entries), postings: newPostings(entries), numbers: roaring64.BitmapOf(numbers...)}
}

// costly is how many texts a pattern may be compared with before it is worth remembering what came of it.
const costly = 2048

// find returns the numbers of those in whose text the pattern is. Nobody may change the answer.
func (s *segment) find(p pattern) *roaring64.Bitmap {
	if found, ok := s.recent.get(p); ok {
		return found
	}
	found := roaring64.New()
	c := cursor{texts: &s.texts}
	candidates, certain := s.postings.candidates(p.text)
	candidates.Iterate(func(place uint32) bool {
		if e := c.entry(int(place)); certain && !p.prefix || p.in(e.text) {
			found.Add(uint64(e.number))
		}
		return true
	})
	if candidates.GetCardinality() >= costly {
		s.recent.put(p, found)
	}
	return found
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
