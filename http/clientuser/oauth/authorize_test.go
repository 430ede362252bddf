package oauth

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAnswered wants the code behind the first equals sign, whatever the redirect URI and the state are.
func TestAnswered(t *testing.T) {
	for redirect, want := range map[string]string{
		"https://example.org/back":       "https://example.org/back?code=a_b-c&state=x+%26y",
		"https://example.org":            "https://example.org?code=a_b-c&state=x+%26y",
		"https://example.org/back?a=1&b": "https://example.org/back?code=a_b-c&a=1&b&state=x+%26y",
		"org.example.app:/back":          "org.example.app:/back?code=a_b-c&state=x+%26y",
	} {
		a := authorization{redirect: redirect, asked: parameters{"state": {"x &y"}}}
		require.Equal(t, want, a.answered("code", "a_b-c"))
	}
	require.Equal(t, "https://e.org?code=c", authorization{redirect: "https://e.org"}.answered("code", "c"))
}
