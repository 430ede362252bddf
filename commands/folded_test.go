package commands_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
)

func TestFolded(t *testing.T) {
	for in, want := range map[string]string{
		"": "", " Jan ": "jan", "JOSÉ": "jose", "José": "jose", "Żółw": "zołw", "ﬁsh": "fish", "Straße": "strasse",
		"ＡＢＣ": "abc",
		"ꮷ":   "Ꮷ", "Ꮷ": "Ꮷ", "ᏸ": "Ᏸ", "Ᏸ": "Ᏸ", // as Unicode folds Cherokee
		"a b": "a b", "\tX\n": "x",
	} {
		require.Equal(t, want, commands.Folded(in), "%q", in)
	}
}

func TestCompareFoldedIsTheOrderOfFolded(t *testing.T) {
	text := rapid.OneOf(addressLike(), rapid.String(), rapid.StringMatching(`[a-cA-C ]{0,4}`))
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		want := strings.Compare(commands.Folded(a), commands.Folded(b))
		got := commands.CompareFolded(a, b)
		require.Equal(t, want, min(1, max(-1, got)))
	})
}
