package projections

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
)

// TestWalkMerges draws runs of users, takes a stretch of each, and compares every page with the sorted whole.
func TestWalkMerges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := walk{compare: byNumber, backwards: rapid.Bool().Draw(t, "backwards")}
		runs := make([][]*commands.User, rapid.IntRange(0, 5).Draw(t, "runs"))
		for number := range int64(rapid.IntRange(0, 200).Draw(t, "users")) {
			if len(runs) > 0 {
				run := rapid.IntRange(0, len(runs)-1).Draw(t, "run")
				runs[run] = append(runs[run], &commands.User{Number: number})
			}
		}
		var want []*commands.User
		for _, users := range runs {
			w.add(loadTree(users, byNumber))
			s := &w.stretches[len(w.stretches)-1]
			s.from = rapid.IntRange(0, len(users)).Draw(t, "from")
			s.to = rapid.IntRange(s.from, len(users)).Draw(t, "to")
			want = append(want, users[s.from:s.to]...)
		}
		slices.SortFunc(want, byNumber)
		if w.backwards {
			slices.Reverse(want)
		}
		require.Equal(t, len(want), w.len())
		for offset := range len(want) + 2 {
			page := w.page(offset, 7)
			require.True(t, slices.Equal(want[min(offset, len(want)):min(offset+7, len(want))], page), "%d", offset)
		}
		all, total := w.filter(func(*commands.User) bool { return true }, 0, 1000)
		require.Equal(t, len(want), total)
		require.True(t, slices.Equal(want, all))
	})
}
