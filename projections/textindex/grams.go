package textindex

import (
	"bytes"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// longestGram bounds what long texts that are alike cost.
const longestGram = 24

// indexer makes postings.
type indexer struct {
	postings
	entries []Entry
	texts   []string          // as padded returns them
	many    int               // so many texts with a gram are too many to be looked at
	out     bytes.Buffer      // what will be packed
	known   map[uint64]uint32 // sets by the hashes of their bytes
	seed    maphash.Seed
}

// newPostings returns the postings of entries that are in order.
func newPostings(entries []Entry, many int) postings {
	x := &indexer{entries: entries, many: many, known: map[uint64]uint32{}, seed: maphash.MakeSeed()}
	places := x.places()
	for _, gram := range slices.Sorted(maps.Keys(places)) {
		here := places[gram]
		delete(places, gram)
		gram = strings.Clone(gram) // not to keep the text
		set := x.add(gram, here)
		if len(gram) == shortest && len(here) >= many {
			x.lengthen(gram, set, x.spots(gram, here))
		}
	}
	x.packed = bytes.Clone(x.out.Bytes()) // as large as needed and no larger
	return x.postings
}

// places returns the places of the texts, by the single bytes and the shortest grams that stand in them.
func (x *indexer) places() map[string][]uint32 {
	places := map[string][]uint32{}
	for place, e := range x.entries {
		text := padded(e.Text)
		x.texts = append(x.texts, text)
		for i := range len(text) - shortest + 1 {
			for _, gram := range []string{text[i : i+1], text[i : i+shortest]} {
				places[gram] = appendOnce(places[gram], uint32(place))
			}
		}
	}
	return places
}

func appendOnce(places []uint32, place uint32) []uint32 {
	if n := len(places); n > 0 && places[n-1] == place {
		return places
	}
	return append(places, place)
}

// spot is right behind a gram in the text at a place.
type spot struct{ place, at uint32 }

func (x *indexer) spots(gram string, places []uint32) (out []spot) {
	for _, place := range places {
		text := x.texts[place]
		for from := 0; ; from++ {
			i := strings.Index(text[from:], gram)
			if i < 0 {
				break
			}
			from += i
			out = append(out, spot{place, uint32(from + len(gram))})
		}
	}
	return out
}

// lengthen adds the longer grams that begin with this one, which ends at these spots, as far as many have them.
func (x *indexer) lengthen(gram string, set uint32, spots []spot) {
	for _, next := range []byte(x.common(spots, longestGram-len(gram))) {
		gram += string([]byte{next})
		x.name(gram, set)
	}
	if len(gram) == longestGram {
		return
	}
	for next, spots := range x.split(spots) {
		if len(spots) < x.many {
			continue
		}
		var places []uint32
		for _, s := range spots {
			places = appendOnce(places, s.place)
		}
		if len(places) >= x.many {
			longer := gram + string([]byte{byte(next)})
			x.lengthen(longer, x.add(longer, places), spots)
		}
	}
}

// common returns what stands at all of the spots, at most so long, and moves them behind it.
func (x *indexer) common(spots []spot, most int) string {
	ahead := func(s spot) string { return x.texts[s.place][s.at:] }
	same := ahead(spots[0])
	same = same[:min(most, len(same))]
	for _, s := range spots {
		text, n := ahead(s), 0
		for n < len(same) && n < len(text) && text[n] == same[n] {
			n++
		}
		same = same[:n]
	}
	for i := range spots {
		spots[i].at += uint32(len(same))
	}
	return same
}

// split returns the spots one byte farther on, by that byte.
func (x *indexer) split(spots []spot) (out [256][]spot) {
	for _, s := range spots {
		if text := x.texts[s.place]; int(s.at) < len(text) {
			next := text[s.at]
			out[next] = append(out[next], spot{s.place, s.at + 1})
		}
	}
	return out
}

// add adds the gram, which stands in the texts at these places, and returns its set.
func (x *indexer) add(gram string, places []uint32) uint32 {
	set := x.pack(places)
	x.name(gram, set)
	return set
}

func (x *indexer) name(gram string, set uint32) {
	x.grams = append(x.grams, gram)
	x.sets = append(x.sets, set)
}

// pack returns the set of the numbers at these places.
func (x *indexer) pack(places []uint32) uint32 {
	numbers := make([]uint32, len(places))
	for i, place := range places {
		numbers[i] = uint32(x.entries[place].Number)
	}
	set, from := roaring.BitmapOf(numbers...), x.out.Len()
	set.RunOptimize()
	_, _ = set.WriteTo(&x.out) // a Buffer refuses nothing
	content := x.out.Bytes()[from:]
	hash := maphash.Bytes(x.seed, content)
	if same, ok := x.known[hash]; ok && bytes.Equal(content, x.set(same, x.out.Bytes())) {
		x.out.Truncate(from)
		return same
	}
	x.ends = append(x.ends, x.out.Len())
	x.known[hash] = uint32(len(x.ends) - 1)
	return uint32(len(x.ends) - 1)
}
