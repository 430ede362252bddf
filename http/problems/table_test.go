package problems

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryCodeOfTheSourceIsExplained compares codes and statuses.
func TestEveryCodeOfTheSourceIsExplained(t *testing.T) {
	made := parse(t).answers(t)
	for _, code := range []string{"bad_credentials", "second_factor_required"} {
		require.True(t, made[code][http.StatusForbidden], "%s is a refusal to know somebody", code)
		// the native API, which does not know the caller then, answers with 401
		delete(made[code], http.StatusForbidden)
	}
	explained := map[string]bool{}
	for _, p := range All() {
		require.False(t, explained[p.Code], "%s is there twice", p.Code)
		explained[p.Code] = true
		require.NotEmpty(t, made[p.Code], "nothing answers with %s", p.Code)
		require.Equal(t, slices.Sorted(maps.Keys(made[p.Code])), p.Statuses, "the source answers %s with these", p.Code)
		require.True(t, sentences(p.Meaning) && sentences(p.Advice), "%s: what it means and what to do are sentences",
			p.Code)
	}
	for code := range made {
		require.True(t, explained[code], "%s has no page: say what it means and what to do", code)
	}
}

func sentences(text string) bool {
	return len(text) > 10 && strings.HasSuffix(text, ".") && strings.ToUpper(text[:1]) == text[:1]
}
