package projections_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// TestScopeWithoutWorth asks for what nobody can be in.
func TestScopeWithoutWorth(t *testing.T) {
	h := &history{}
	h.add(uuid.New(), events.UserCreated{Number: 1, Username: "one", Email: "one@example.org"})
	v := rebuilt(h.records)
	for _, s := range []commands.Scope{{}, {Datacenters: []uuid.UUID{{}}},
		{Datacenters: []uuid.UUID{uuid.New()}, Client: 9, Self: uuid.New()}} {
		page, err := v.List(projections.Query{Scope: s, Limit: 10})
		require.NoError(t, err)
		require.Empty(t, page.Users)
		require.Zero(t, page.Total)
	}
}

// BenchmarkScope lists 50 of 200,000 users in two datacenters, at both ends, beside a hundred in a third, of 300,000
// users.
func BenchmarkScope(b *testing.B) {
	const users = 300_000
	ids := []uuid.UUID{{1}, {2}, {3}}
	h := &history{}
	for i := range users {
		e := events.UserCreated{Number: int64(i + 1), Username: fmt.Sprint("user", i*7919%users),
			Email: fmt.Sprint(i, "@example.org"), Client: 1}
		switch {
		case i < 200_000:
			e.Datacenter = ids[i%2]
		case i < 200_100:
			e.Datacenter = ids[2]
		}
		h.add(uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i)), e)
	}
	v := rebuilt(h.records)
	list := func(name string, s commands.Scope, offset int, sort projections.Field) {
		b.Run(fmt.Sprintf("%s/sort=%s/offset=%d", name, sort, offset), func(b *testing.B) {
			for b.Loop() {
				page, err := v.List(projections.Query{Scope: s, Limit: 50, Offset: offset,
					Sort: []projections.Sort{{Field: sort}}})
				require.NoError(b, err)
				require.Len(b, page.Users, 50)
			}
		})
	}
	for _, sort := range []projections.Field{projections.Number, projections.Username} {
		for _, offset := range []int{0, 190_000} {
			list("everybody", everyone, offset, sort)
			list("two datacenters", commands.Scope{Datacenters: ids[:2],
				Self: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, 250_000))}, offset, sort)
		}
		list("a small datacenter", commands.Scope{Datacenters: ids[2:]}, 0, sort)
	}
}
