package projections

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// postings tell at which places of texts a trigram stands. So that patterns of one or two bytes are found as well, every
// text counts as if two zeros followed it: such a pattern stands where a trigram stands that begins with it.
type postings struct {
	trigrams []trigram // ascending
	ends     []int     // where the places of each end in packed
	packed   []byte    // bitmaps of places, serialized one behind the other
}

// trigram is three bytes of a text.
type trigram uint32

func trigramAt(text string, i int) trigram {
	return trigram(text[i])<<16 | trigram(text[i+1])<<8 | trigram(text[i+2])
}

func newPostings(entries []entry) postings {
	places := map[trigram]*roaring.Bitmap{}
	for place, e := range entries {
		text := e.text + "\x00\x00"
		for i := range len(e.text) {
			g := trigramAt(text, i)
			set := places[g]
			if set == nil {
				set = roaring.New()
				places[g] = set
			}
			set.Add(uint32(place))
		}
	}
	p := postings{trigrams: slices.Sorted(maps.Keys(places))}
	var packed bytes.Buffer
	for _, g := range p.trigrams {
		places[g].RunOptimize()
		_, _ = places[g].WriteTo(&packed) // a Buffer refuses nothing
		p.ends = append(p.ends, packed.Len())
	}
	p.packed = bytes.Clone(packed.Bytes()) // as large as needed and no larger
	return p
}

// candidates returns the places outside of which the pattern, which is not empty, does not stand, and whether it stands
// at all of them.
func (p *postings) candidates(pattern string) (places *roaring.Bitmap, certain bool) {
	var sets []*roaring.Bitmap
	certain = len(pattern) <= 3 && strings.IndexByte(pattern, 0) < 0
	if len(pattern) < 3 {
		i, _ := slices.BinarySearch(p.trigrams, trigramAt(pattern+"\x00\x00", 0))
		for last := trigramAt(pattern+"\xff\xff", 0); i < len(p.trigrams) && p.trigrams[i] <= last; i++ {
			sets = append(sets, p.places(i))
		}
		return roaring.FastOr(sets...), certain
	}
	for i := range len(pattern) - 2 {
		at, ok := slices.BinarySearch(p.trigrams, trigramAt(pattern, i))
		if !ok {
			return roaring.New(), true
		}
		sets = append(sets, p.places(at))
	}
	return roaring.FastAnd(sets...), certain
}

// places returns those of the i-th trigram. They share memory with packed and must not be changed.
func (p *postings) places(i int) *roaring.Bitmap {
	from := 0
	if i > 0 {
		from = p.ends[i-1]
	}
	out := roaring.New()
	_, _ = out.FromBuffer(p.packed[from:p.ends[i]]) // it was written here
	return out
}
