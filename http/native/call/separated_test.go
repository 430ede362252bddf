package call

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSeparated(t *testing.T) {
	for query, want := range map[string][]string{
		"f=":                        {""},
		"f":                         {""},
		"f=a":                       {"a"},
		"f=a,b":                     {"a", "b"},
		"f=a,,b,":                   {"a", "", "b", ""},
		"f=a%2Cb":                   {"a,b"},
		"f=a%2cb,c":                 {"a,b", "c"},
		`f=a\,b,c`:                  {"a,b", "c"},
		"f=a%5C,b":                  {"a,b"},
		"f=a%5C%2Cb":                {"a,b"},
		`f=a\`:                      {`a\`},
		`f=a\b,c`:                   {`a\b`, "c"},
		`f=a\,`:                     {"a,"},
		"f=a+b%20c&g=x&f=d,e":       {"a b c", "d", "e"},
		"%66=a&&f=%2C":              {"a", ","},
		"g=a":                       nil,
		"filter%5Bf%5D=a&f=%C3%BC,": {"ü", ""},
	} {
		require.Equal(t, want, Separated(query, "f"), query)
	}
}

// TestLinksAskForTheSame has what a link repeats of a query read in the same way.
func TestLinksAskForTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"a", ",", "%2C", `\`, "%5C", "+", "%26", "%3D", "ü", `"`, ">", "?", "%00"})
		query := "f=" + strings.Join(rapid.SliceOf(piece).Draw(t, "values"), "") + "&limit=3&g=1&f=" +
			strings.Join(rapid.SliceOf(piece).Draw(t, "more"), "")
		links := Without(query, "limit")
		require.Equal(t, Separated(query, "f"), Separated(links, "f"))
		require.Equal(t, []string{"1"}, Separated(links, "g"))
		require.Nil(t, Separated(links, "limit"))
		require.NotContains(t, links, ">")
		require.NotContains(t, links, `"`)
	})
}
