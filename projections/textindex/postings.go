package textindex

import (
	"cmp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// postings tell in whose texts a gram stands, which is some bytes in a row. There are all grams of one and of three
// bytes, and of the longer ones, up to a limit, those that many have. So few have a pattern that is none of them, and
// they are among the few who have all grams that are parts of it.
type postings struct {
	grams  []string // ascending
	sets   []uint32 // which of the sets each has; some have the same one
	ends   []int    // where each set ends in packed
	packed []byte   // bitmaps of users' numbers, serialized one behind the other
}

// shortest is how long the grams are of which there are all.
const shortest = 3

// padded is the text that grams are taken of: a zero tells its beginning, and two its end, so that every byte begins a
// gram. There are no other zeros in it.
func padded(text string) string { return "\x00" + withoutZeros(text) + "\x00\x00" }

func withoutZeros(text string) string { return strings.ReplaceAll(text, "\x00", "\x01") }

// candidates returns the numbers of users beside whom the pattern is in nobody's text, and whether it is in all of
// theirs. Nobody may change the answer.
func (p *postings) candidates(of Pattern) (numbers *roaring.Bitmap, certain bool) {
	text := withoutZeros(of.Text)
	certain = !strings.Contains(text, "\x01")
	if of.Prefix {
		text = "\x00" + text
	}
	if len(text) < shortest {
		return p.beginning(text), certain
	}
	var sets []*roaring.Bitmap
	for from, to := 0, 0; to < len(text); from++ {
		at, ok := p.longest(text[from:])
		if !ok {
			return roaring.New(), true
		}
		to = from + len(p.grams[at])
		certain = certain && to == len(text)
		sets = append(sets, p.numbers(at))
	}
	return roaring.FastAnd(sets...), certain
}

// beginning returns the numbers of those in whose texts one or two bytes stand.
func (p *postings) beginning(text string) *roaring.Bitmap {
	at, ok := slices.BinarySearch(p.grams, text)
	if ok {
		return p.numbers(at)
	}
	var sets []*roaring.Bitmap
	for ; at < len(p.grams) && strings.HasPrefix(p.grams[at], text); at++ {
		if len(p.grams[at]) == shortest {
			sets = append(sets, p.numbers(at))
		}
	}
	slices.SortFunc(sets, func(a, b *roaring.Bitmap) int { return cmp.Compare(b.GetSizeInBytes(), a.GetSizeInBytes()) })
	return roaring.FastOr(sets...)
}

// longest returns the place of the longest gram that the text begins with, if there is one. The text has the length of
// one.
func (p *postings) longest(text string) (at int, ok bool) {
	at, ok = slices.BinarySearch(p.grams, text[:shortest])
	for n := shortest + 1; ok && n <= len(text); n++ {
		next, longer := slices.BinarySearch(p.grams, text[:n])
		if !longer {
			break
		}
		at = next
	}
	return at, ok
}

// numbers returns those of the gram at that place. They share memory with packed and must not be changed.
func (p *postings) numbers(at int) *roaring.Bitmap {
	out := roaring.New()
	_, _ = out.FromBuffer(p.set(p.sets[at], p.packed)) // it was written here
	return out
}

// set returns the bytes of a set among the packed ones.
func (p *postings) set(i uint32, packed []byte) []byte {
	if i == 0 {
		return packed[:p.ends[0]]
	}
	return packed[p.ends[i-1]:p.ends[i]]
}
