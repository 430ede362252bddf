package textindex_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/projections/textindex"
)

// world is an index with the texts that it should hold, by number.
type world struct {
	*textindex.Index
	texts map[int64]string
}

// put gives the number that text, or takes its text away.
func (w *world) put(number int64, text string) {
	entry := func(text string) textindex.Entry {
		if text == "" {
			return textindex.Entry{}
		}
		return textindex.Entry{Number: number, Text: text}
	}
	w.Move(entry(w.texts[number]), entry(text))
	w.texts[number] = text
}

// requireFound compares what the index finds with what one finds looking at every text.
func requireFound(t require.TestingT, x *textindex.Index, texts map[int64]string, part string) {
	for prefix, in := range map[bool]func(text, part string) bool{false: strings.Contains, true: strings.HasPrefix} {
		want := []uint32{}
		for _, number := range slices.Sorted(maps.Keys(texts)) {
			if in(texts[number], part) {
				want = append(want, uint32(number))
			}
		}
		require.Equal(t, want, found(x, part, prefix), "%q", part)
	}
}

// TestIndexFollowsChanges changes texts at random, freezes the delta at times, and looks for parts all along.
func TestIndexFollowsChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"a", "b", "ab", "aba", "bab", "abab", "\x00", "c", "ba@x", "@x"})
		text := rapid.Map(rapid.SliceOfN(part, 0, 4), func(parts []string) string { return strings.Join(parts, "") })
		w := world{textindex.New(nil, rapid.IntRange(1, 5).Draw(t, "many")), map[int64]string{}}
		for range rapid.IntRange(1, 60).Draw(t, "changes") {
			w.put(rapid.Int64Range(1, 12).Draw(t, "number"), text.Draw(t, "text"))
			if rapid.IntRange(0, 5).Draw(t, "frozen") == 0 {
				w.Index = w.Frozen()
				require.Zero(t, w.Waiting())
			}
			requireFound(t, w.Index, w.texts, part.Draw(t, "part"))
		}
	})
}

// TestCopiesStay changes an index, of which a reader has a copy.
func TestCopiesStay(t *testing.T) {
	w := world{textindex.New(nil, 3), map[int64]string{}}
	w.put(1, "anna")
	w.put(2, "hannah")
	before, copied := maps.Clone(w.texts), w.Copy()
	w.put(1, "bob")
	w.put(2, "")
	w.put(3, "anna")
	w.Index = w.Frozen()
	requireFound(t, copied, before, "ann")
	requireFound(t, w.Index, w.texts, "ann")
}

// TestSegmentsStayFew gives every number a new text again and again, freezing eight changes at a time.
func TestSegmentsStayFew(t *testing.T) {
	w := world{textindex.New(nil, 3), map[int64]string{}}
	for i := range int64(4000) {
		w.put(i*i%500, fmt.Sprint("text ", i))
		if w.Waiting() >= 8 {
			w.Index = w.Frozen()
			require.LessOrEqual(t, w.Segments(), 10)
		}
	}
	requireFound(t, w.Index, w.texts, "39")
}

// TestHiddenTextsAreThere: who must not keep a text makes the index anew.
func TestHiddenTextsAreThere(t *testing.T) {
	all := []textindex.Entry{{Number: 1, Text: "anna"}, {Number: 2, Text: "bob"}, {Number: 3, Text: "carol"},
		{Number: 4, Text: "dora"}}
	x := textindex.New(all, 3)
	x.Move(all[0], textindex.Entry{})
	require.Empty(t, found(x, "anna", false))
	require.True(t, x.Frozen().Holds("anna"), "nobody finds it, but it is there")
	require.False(t, textindex.New(all[1:], 3).Holds("anna"))
	require.True(t, x.Holds("aro"))
	require.False(t, x.Holds("arno"))
}
