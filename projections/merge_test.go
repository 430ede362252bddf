package projections

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
)

// TestMerge draws runs of users, takes a stretch of each, and compares every page with the sorted whole.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := merge{compare: byNumber, backwards: rapid.Bool().Draw(t, "backwards")}
		runs := make([][]*commands.User, rapid.IntRange(0, 5).Draw(t, "runs"))
		for number := range int64(rapid.IntRange(0, 200).Draw(t, "users")) {
			if len(runs) > 0 {
				run := rapid.IntRange(0, len(runs)-1).Draw(t, "run")
				runs[run] = append(runs[run], &commands.User{Number: number})
			}
		}
		var want []*commands.User
		for _, users := range runs {
			m.add(loadTree(users, byNumber))
			s := &m.stretches[len(m.stretches)-1]
			s.from = rapid.IntRange(0, len(users)).Draw(t, "from")
			s.to = rapid.IntRange(s.from, len(users)).Draw(t, "to")
			want = append(want, users[s.from:s.to]...)
		}
		slices.SortFunc(want, byNumber)
		if m.backwards {
			slices.Reverse(want)
		}
		require.Equal(t, len(want), m.len())
		for offset := range len(want) + 2 {
			page := m.page(offset, 7)
			require.True(t, slices.Equal(want[min(offset, len(want)):min(offset+7, len(want))], page), "%d", offset)
		}
		all, total := m.filter(func(*commands.User) bool { return true }, 0, 1000)
		require.Equal(t, len(want), total)
		require.True(t, slices.Equal(want, all))
	})
}
