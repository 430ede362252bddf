package projections_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/events"
	"accountd/projections"
)

// TestSavedAndTheRestIsAll saves a View amid a history, and has another one go on from there.
func TestSavedAndTheRestIsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := steps(t)
		cut := rapid.IntRange(0, len(h.records)).Draw(t, "cut")
		open := rapid.IntRange(cut, len(h.records)).Draw(t, "opened")
		v := projections.NewView()
		require.NoError(t, v.Restore(rebuilt(h.records[:cut]).Snapshot().Saved()))
		require.EqualValues(t, cut, v.Position())
		require.NoError(t, v.Apply(h.records[cut:open]))
		v.Open()
		require.NoError(t, v.Apply(h.records[open:]))
		requireSame(t, rebuilt(h.records), v)
		requireSameLists(t, rebuilt(h.records), v)
	})
}

// requireSameLists compares two Views by a list in every order, and by what is found of a text in every field.
func requireSameLists(t *rapid.T, want, got *projections.View) {
	part := looked(t)
	for _, f := range projections.Fields() {
		for _, q := range []projections.Query{
			{Scope: everyone, Sort: []projections.Sort{{Field: f, Descending: true}}, Limit: 1000},
			{Scope: everyone, Filters: []projections.Filter{part}, Sort: []projections.Sort{{Field: f}}, Limit: 1000},
		} {
			w, wErr := want.List(q)
			g, gErr := got.List(q)
			require.Equal(t, wErr, gErr)
			w.Directory, g.Directory = nil, nil // of which neither has anything
			require.Equal(t, w, g, f)
		}
	}
}

// TestRestoreRefuses gives a View orders that no View has saved.
func TestRestoreRefuses(t *testing.T) {
	h := &history{}
	for i := range 3 {
		h.add(uuid.New(), events.UserCreated{Number: int64(i + 1), Username: fmt.Sprint("user", i),
			Email: fmt.Sprint("user", i, "@example.org")})
	}
	for name, places := range map[string][]uint32{"nobody": {0, 1, 3}, "twice": {0, 1, 1}, "too few": {0, 1},
		"too many": {0, 1, 2, 0}, "none": nil} {
		for _, f := range []projections.Field{projections.ID, projections.Username, projections.Email} {
			s := rebuilt(h.records).Snapshot().Saved()
			s.Orders[f] = places
			v := projections.NewView()
			require.ErrorIs(t, v.Restore(s), projections.ErrSaved, "%s by %s", name, f)
			require.Zero(t, v.Head())
			require.NoError(t, v.Apply(h.records), "it is as before")
			v.Open()
			requireSame(t, rebuilt(h.records), v)
		}
	}
}

// TestSavedHasWhatAViewHas knows what of a View is saved: who gives it another field has to say whether that one is.
func TestSavedHasWhatAViewHas(t *testing.T) {
	saved := []string{"head", "numbers", "directory", "loading", "deleted", "erased"}
	built := []string{"mu", "open", "indexes", "builds", "position", "snapshot", "moved", "building", "backlog",
		"watching", "limits"}
	var fields []string
	for i := range reflect.TypeFor[projections.View]().NumField() {
		fields = append(fields, reflect.TypeFor[projections.View]().Field(i).Name)
	}
	require.ElementsMatch(t, append(saved, built...), fields)
}
