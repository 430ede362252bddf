package projections_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/projections"
)

// mailboxView has users of these addresses, numbered from 1.
func mailboxView(t *testing.T, addresses ...string) *projections.View {
	v := projections.NewSmallView(1, 1, 1)
	v.Open()
	for i, a := range addresses {
		require.NoError(t, v.Apply([]events.Record{{Sequence: uint64(i + 1), Aggregate: events.User(uuid.New()),
			Event: events.UserCreated{Number: int64(i + 1), Username: "user" + string(rune('a'+i)), Email: a}}}))
	}
	return v
}

// TestMailboxesInLists: filters compare addresses as mailboxes, and look for parts in what is read.
func TestMailboxesInLists(t *testing.T) {
	v := mailboxView(t, "a@münchen.example", "a@munchen.example", "a@xn--mnchen-3ya.example", "a@x.example",
		"a@м.example")
	for _, c := range []struct {
		op    projections.Op
		value string
		want  []int64
	}{
		{projections.Eq, "a@münchen.example", []int64{1, 3}}, // from before they were one
		{projections.Eq, "A@xn--mnchen-3ya。example", []int64{1, 3}},
		{projections.Eq, "a@munchen.example", []int64{2}},
		{projections.Contains, "münch", []int64{1, 2, 3}},
		{projections.Contains, "xn--mnch", []int64{1, 3}},
		{projections.Contains, "@xn--mnchen-3ya.example", []int64{1, 2, 3}},
		{projections.Prefix, "a@mü", []int64{1, 2, 3}},
		{projections.Prefix, "a@x", []int64{4}},
		{projections.Prefix, "a", []int64{1, 2, 3, 4, 5}},
	} {
		f := filter(t, projections.Email, c.op, c.value)
		for _, by := range [][]projections.Sort{nil, {{Field: projections.Email}}, {{Field: projections.Username}}} {
			for range 3 { // the first times build indexes
				page, err := v.List(projections.Query{Scope: everyone, Filters: []projections.Filter{f}, Sort: by,
					Limit: 10})
				require.NoError(t, err)
				require.ElementsMatch(t, c.want, numbers(page.Users), "%s %q by %v", c.op, c.value, by)
				require.Equal(t, len(c.want), page.Total)
				v.Settle()
			}
		}
		require.Equal(t, c.want, kept(v.Snapshot().Everybody(), f))
	}
}

// TestUsersOfOneMailboxAreAllThere, in every order, until they go one by one.
func TestUsersOfOneMailboxAreAllThere(t *testing.T) {
	v := mailboxView(t, "a@münchen.example", "a@xn--mnchen-3ya.example")
	saved := v.Snapshot().Saved()
	again := projections.NewView()
	require.NoError(t, again.Restore(saved))
	again.Open()
	for _, v := range []*projections.View{v, again} {
		page, err := v.List(projections.Query{Scope: everyone, Sort: []projections.Sort{{Field: projections.Email}},
			Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []int64{1, 2}, numbers(page.Users))
		first := v.Snapshot().UserByNumber(1)
		require.NoError(t, v.Apply([]events.Record{{Sequence: 3, Aggregate: events.User(first.ID),
			Type: events.UserDeleted{}.Type(), Event: events.UserDeleted{}}}))
		require.Equal(t, int64(2), v.Snapshot().UserByName("a@münchen.example").Number)
		require.Equal(t, 1, v.Snapshot().Len())
	}
}
