package projections_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/projections"
)

// TestSavedAndTheRestIsAll saves a View amid a history, and has another one go on from there.
func TestSavedAndTheRestIsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := steps(t)
		cut := rapid.IntRange(0, len(h.records)).Draw(t, "cut")
		open := rapid.IntRange(cut, len(h.records)).Draw(t, "opened")
		v := projections.NewView()
		v.Restore(rebuilt(h.records[:cut]).Snapshot().Saved())
		require.EqualValues(t, cut, v.Position())
		require.NoError(t, v.Apply(h.records[cut:open]))
		v.Open()
		require.NoError(t, v.Apply(h.records[open:]))
		requireSame(t, rebuilt(h.records), v)
	})
}

// TestSavedHasWhatAViewHas knows what of a View is saved: who gives it another field has to say whether that one is.
func TestSavedHasWhatAViewHas(t *testing.T) {
	saved := []string{"head", "numbers", "directory", "loading", "deleted", "erased"}
	built := []string{"mu", "indexes", "builds", "position", "snapshot", "moved", "building", "chores", "watching", "limits"}
	var fields []string
	for i := range reflect.TypeFor[projections.View]().NumField() {
		fields = append(fields, reflect.TypeFor[projections.View]().Field(i).Name)
	}
	require.ElementsMatch(t, append(saved, built...), fields)
}
