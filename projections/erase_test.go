package projections_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/projections"
)

// TestTheErasedLeaveTheTextIndexes erases some who are in segments of all ages, whether or not they were deleted
// before, and looks for their texts also where no search would.
func TestTheErasedLeaveTheTextIndexes(t *testing.T) {
	const users = 300
	v := projections.NewSmallView(20, 10, 5)
	v.Open()
	h := &history{}
	id := func(i int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, []byte(fmt.Sprint(i))) }
	email := func(i int) string { return fmt.Sprintf("person%d@example.org", i) }
	apply := func() {
		require.NoError(t, v.Apply(h.records[v.Position():]))
	}
	contains := filter(t, projections.Email, projections.Contains, "person")
	for i := range users {
		h.add(id(i), events.UserCreated{Number: int64(i + 1), Username: fmt.Sprint("user", i), Email: email(i)})
		apply()
		v.Settle() // so that the segments are the same in every run
		if i%50 == 49 {
			ask(t, v, contains)
		}
	}
	for i := 0; i < users; i += 10 {
		h.add(id(i), events.UserDeleted{})
	}
	apply()
	v.Settle()
	require.True(t, v.Snapshot().HoldsText(projections.Email, email(0)), "nobody finds it, but it is there")

	erased := []int{0, 7, 150, 299}
	for _, i := range erased {
		h.add(id(i), events.UserErased{})
		apply() // also while it is being built anew
	}
	v.Settle()
	for _, i := range erased {
		require.False(t, v.Snapshot().HoldsText(projections.Email, email(i)), email(i))
	}
	require.True(t, v.Snapshot().HoldsText(projections.Email, email(8)))
	requireFound(t, v, contains)
	require.Len(t, v.Erased(), len(erased))
}
