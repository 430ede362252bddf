package textindex_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/projections/textindex"
)

// TestEveryPartOfTextsIsFound looks for parts of texts that are much alike, of which some are in many, and for others.
func TestEveryPartOfTextsIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[ab\x00\x01é]{1,6}|a{20,30}|@example\.(org|com)`), 1, 5).Draw(t,
			"words")
		text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 0, 4),
			func(w []string) string { return strings.Join(w, "") })
		texts := rapid.SliceOfN(text, 0, 60).Draw(t, "texts")
		x := textindex.New(entries(texts), rapid.IntRange(1, 30).Draw(t, "many"))
		for range 20 {
			whole := rapid.SampledFrom(append(slices.Clone(texts), words...)).Draw(t, "whole") +
				rapid.SampledFrom([]string{"", "", "a", "c"}).Draw(t, "more")
			from := rapid.IntRange(0, len(whole)).Draw(t, "from")
			part := whole[from:rapid.IntRange(from, len(whole)).Draw(t, "to")]
			if part != "" {
				require.Equal(t, with(texts, part, strings.Contains), found(x, part, false), "%q", part)
				require.Equal(t, with(texts, part, strings.HasPrefix), found(x, part, true), "%q", part)
			}
		}
	})
}

// entries gives every text the number of its place.
func entries(texts []string) (out []textindex.Entry) {
	for i, text := range texts {
		out = append(out, textindex.Entry{Number: int64(i), Text: text})
	}
	return out
}

func found(x *textindex.Index, part string, prefix bool) []uint32 {
	return x.Find(textindex.Pattern{Text: part, Prefix: prefix}).ToArray()
}

// with are the places of the texts that the part is in.
func with(texts []string, part string, in func(text, part string) bool) []uint32 {
	out := []uint32{}
	for i, text := range texts {
		if in(text, part) {
			out = append(out, uint32(i))
		}
	}
	return out
}
