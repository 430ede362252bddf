package projections_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

var everyone = commands.Scope{All: true}

// filters draws up to three.
func filters(t *rapid.T) []projections.Filter {
	make := func(f projections.Field, op projections.Op, values ...string) projections.Filter {
		return filter(t, f, op, values...)
	}
	return rapid.SliceOfN(rapid.SampledFrom([]projections.Filter{
		make(projections.Active, projections.Eq, "true"), make(projections.Active, projections.Eq, "true", "false"),
		make(projections.SuperAdmin, projections.Eq, "false"), make(projections.FirstName, projections.Eq, "ann"),
		make(projections.FirstName, projections.Prefix, "A"), make(projections.LastName, projections.Contains, "o"),
		make(projections.Number, projections.Gte, "3"), make(projections.Number, projections.Lte, "9"),
		make(projections.CreatedAt, projections.Gte, start.Add(5*time.Second).Format(time.RFC3339)),
		make(projections.CreatedAt, projections.Lte, start.Add(30*time.Second).Format(time.RFC3339)),
		make(projections.Username, projections.Eq, "USER2", "user3", "user2"),
		make(projections.Any, projections.Contains, "user1"),
		make(projections.ID, projections.Contains, "A", "-5"), make(projections.ID, projections.Prefix, "1", "D"),
		make(projections.ID, projections.Prefix, "e"),
		make(projections.Datacenter, projections.Eq, places[0].String()), make(projections.Client, projections.Eq, "1",
			"3"),
		make(projections.Parent, projections.Eq, ""), make(projections.Client, projections.Lte, "1"),
		make(projections.Parent, projections.Eq, uuid.Nil.String()), make(projections.Number, projections.Eq, "1", "2",
			"77"), make(projections.Username, projections.Prefix, "user1"),
	}), 0, 3).Draw(t, "filters")
}

func sorts(t *rapid.T) []projections.Sort {
	key := rapid.Custom(func(t *rapid.T) projections.Sort {
		return projections.Sort{
			Field: rapid.SampledFrom([]projections.Field{projections.Number, projections.Username, projections.Email,
				projections.FirstName,
				projections.LastName, projections.CreatedAt, projections.UpdatedAt, projections.Active, projections.ID,
				projections.Name}).Draw(t, "field"),
			Descending: rapid.Bool().Draw(t, "descending")}
	})
	return rapid.SliceOfN(key, 0, 3).Draw(t, "sort")
}

// TestListIsWhatOneWouldCountByHand draws a history and a query, and works the answer out from the plain users.
func TestListIsWhatOneWouldCountByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := steps(t)
		v := searching(t, h)
		q := projections.Query{Scope: everyone, Filters: filters(t), Sort: sorts(t), Limit: 1 << 20}
		for range rapid.IntRange(0, 2).Draw(t, "parts looked for") {
			q.Filters = append(q.Filters, looked(t))
		}
		ask(t, v, q.Filters...)
		if len(h.alive) > 0 && rapid.Bool().Draw(t, "scoped") {
			id := rapid.SampledFrom(h.alive).Draw(t, "asker")
			q.Scope = rapid.SampledFrom([]commands.Scope{{Parent: id, Self: id}, {Self: id}, {Parent: id}, {Client: 1},
				{}}).Draw(t, "scope")
		}
		want := slices.DeleteFunc(everybody(t, v), func(u *commands.User) bool {
			return !q.Scope.Sees(u) ||
				!passes(q.Filters, u)
		})
		page, err := v.List(q)
		require.NoError(t, err)
		require.ElementsMatch(t, numbers(want), numbers(page.Users))
		require.Equal(t, len(want), page.Total)
		require.True(t, slices.IsSortedFunc(page.Users, byHand(q.Sort)), "%v", q.Sort)

		q.Limit = rapid.IntRange(1, 7).Draw(t, "limit")
		var pages []*commands.User
		for {
			q.Offset = len(pages)
			part, err := v.List(q)
			require.NoError(t, err)
			require.Equal(t, page.Total, part.Total)
			if len(part.Users) == 0 {
				break
			}
			pages = append(pages, part.Users...)
		}
		require.Equal(t, numbers(page.Users), numbers(pages), "pages partition the list")
		require.Equal(t, numbers(page.Users), numbers(behindCursors(t, v, q)), "and so do those behind cursors")
	})
}

// behindCursors returns all pages of the list, each but the first behind the cursor of the one before.
func behindCursors(t require.TestingT, v *projections.View, q projections.Query) (pages []*commands.User) {
	for q.Offset = 0; ; q.Offset = 1 << 20 { // which does not count with a cursor
		part, err := v.List(q)
		require.NoError(t, err)
		if len(part.Users) == 0 {
			return pages
		}
		pages = append(pages, part.Users...)
		q.After = cursor(t, part.Users[len(part.Users)-1], q.Sort)
	}
}

func cursor(t require.TestingT, u *commands.User, sorts []projections.Sort) *projections.Cursor {
	m, err := projections.ParseCursor(projections.CursorBehind(u, sorts), sorts)
	require.NoError(t, err)
	return m
}

// TestCursorsStayWhereTheyAre changes users between one page and the next: the next one begins right behind the place
// where the last user stood.
func TestCursorsStayWhereTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := steps(t)
		v := searching(t, h)
		q := projections.Query{Scope: everyone, Filters: filters(t), Sort: sorts(t),
			Limit: rapid.IntRange(1, 7).Draw(t, "limit")}
		first, err := v.List(q)
		require.NoError(t, err)
		if len(first.Users) == 0 {
			return
		}
		last := *first.Users[len(first.Users)-1]
		for range 20 {
			h.change(t)
		}
		require.NoError(t, v.Apply(h.records))
		q.Limit = 1 << 20
		all, err := v.List(q)
		require.NoError(t, err)
		q.After = cursor(t, &last, q.Sort)
		rest, err := v.List(q)
		require.NoError(t, err)
		want := slices.DeleteFunc(slices.Clone(all.Users),
			func(u *commands.User) bool { return byHand(q.Sort)(&last, u) >= 0 })
		require.Equal(t, numbers(want), numbers(rest.Users))
		require.Equal(t, all.Total, rest.Total)
	})
}

func TestCursorsOfAnotherList(t *testing.T) {
	byEmail := []projections.Sort{{Field: projections.Email}}
	text := projections.CursorBehind(&commands.User{Number: 3}, byEmail)
	for _, sorts := range [][]projections.Sort{nil, {{Field: projections.Email, Descending: true}},
		{{Field: projections.Username}}} {
		_, err := projections.ParseCursor(text, sorts)
		require.ErrorIs(t, err, projections.ErrCursor)
	}
	for _, text := range []string{"", "x", "e30", text[:len(text)-3], text + "!"} {
		_, err := projections.ParseCursor(text, byEmail)
		require.ErrorIs(t, err, projections.ErrCursor, text)
	}
}

func FuzzParseCursor(f *testing.F) {
	byTime := []projections.Sort{{Field: projections.CreatedAt}, {Field: projections.ID, Descending: true}}
	f.Add(projections.CursorBehind(&commands.User{Number: 3, CreatedAt: start}, byTime))
	f.Add("eyJuIjoxfQ")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := projections.ParseCursor(text, byTime); err != nil {
			require.ErrorIs(t, err, projections.ErrCursor)
		}
	})
}

// passes looks at the user alone, not at its place in an index.
func passes(filters []projections.Filter, u *commands.User) bool {
	for _, f := range filters {
		if !f.Matches(u) {
			return false
		}
	}
	return true
}

func numbers(users []*commands.User) []int64 {
	out := []int64{}
	for _, u := range users {
		out = append(out, u.Number)
	}
	return out
}

// byHand orders as the contract of a list says, without the indexes' code.
func byHand(sorts []projections.Sort) func(a, b *commands.User) int {
	return func(a, b *commands.User) int {
		for _, s := range sorts {
			c := 0
			switch s.Field {
			case projections.Number:
				c = int(a.Number - b.Number)
			case projections.CreatedAt:
				c = a.CreatedAt.Compare(b.CreatedAt)
			case projections.UpdatedAt:
				c = a.UpdatedAt.Compare(b.UpdatedAt)
			case projections.Active:
				c = len(map[bool]string{true: "x"}[a.Active]) - len(map[bool]string{true: "x"}[b.Active])
			case projections.ID:
				c = strings.Compare(a.ID.String(), b.ID.String())
			default:
				text := map[projections.Field]func(*commands.User) string{
					projections.Username:  func(u *commands.User) string { return u.Username },
					projections.Email:     func(u *commands.User) string { return u.Email },
					projections.FirstName: func(u *commands.User) string { return u.FirstName },
					projections.LastName:  func(u *commands.User) string { return u.LastName },
					projections.Name:      (*commands.User).Name}[s.Field]
				c = strings.Compare(commands.Folded(text(a)), commands.Folded(text(b)))
			}
			if s.Descending {
				c = -c
			}
			if c != 0 || s.Field == projections.ID || s.Field == projections.Number {
				return c // nobody else has the same
			}
		}
		c := int(a.Number - b.Number)
		if len(sorts) > 0 && sorts[0].Descending {
			return -c
		}
		return c
	}
}

func TestListRefuses(t *testing.T) {
	v := rebuilt(nil)
	for _, s := range [][]projections.Sort{{{Field: "nope"}}, {{Field: projections.Any}}, make([]projections.Sort, 9),
		{{Field: projections.Number}, {Field: "nope"}}, {{Field: projections.ID}, {Field: projections.Any}}} {
		_, err := v.List(projections.Query{Scope: everyone, Sort: s})
		require.ErrorIs(t, err, projections.ErrField)
	}
	for _, c := range []struct {
		field projections.Field
		op    projections.Op
		value string
		err   error
	}{
		{"nope", projections.Eq, "", projections.ErrField}, {projections.Number, projections.Contains, "1",
			projections.ErrOp},
		{projections.Username, projections.Gte, "1", projections.ErrOp},
		{projections.Any, projections.Eq, "1", projections.ErrOp},
		{projections.Username, "like", "1", projections.ErrOp}, {projections.Number, projections.Eq, "one",
			projections.ErrValue},
		{projections.Active, projections.Eq, "yes", projections.ErrValue}, {projections.CreatedAt, projections.Gte,
			"today", projections.ErrValue},
		{projections.ID, projections.Eq, "1", projections.ErrValue},
	} {
		_, err := projections.NewFilter(c.field, c.op, c.value)
		require.ErrorIs(t, err, c.err, "%s %s %s", c.field, c.op, c.value)
	}
}

// TestNoneIsNoValue: who has no client, no parent and no datacenter is found by the empty value alone, and compares
// with nothing.
func TestNoneIsNoValue(t *testing.T) {
	h := &history{}
	h.add(uuid.UUID{15: 1}, events.UserCreated{Number: 1, Username: "none", Email: "none@example.org"})
	h.add(uuid.UUID{15: 2}, events.UserCreated{Number: 2, Username: "some", Email: "some@example.org", Client: 4,
		Parent: uuid.UUID{15: 1}, Datacenter: places[0]})
	v := rebuilt(h.records)
	for _, c := range []struct {
		field projections.Field
		op    projections.Op
		value string
		found string
	}{
		{projections.Client, projections.Eq, "", "none"}, {projections.Client, projections.Eq, "0", ""},
		{projections.Client, projections.Eq, "4", "some"},
		{projections.Client, projections.Lte, "4", "some"}, {projections.Client, projections.Lte, "0", ""},
		{projections.Client, projections.Lte, "3", ""},
		{projections.Client, projections.Gte, "0", "some"}, {projections.Client, projections.Gte, "-1", "some"},
		{projections.Client, projections.Gte, "5", ""},
		{projections.Parent, projections.Eq, "", "none"}, {projections.Parent, projections.Eq, uuid.Nil.String(), ""},
		{projections.Parent, projections.Prefix, "0000", "some"}, {projections.Parent, projections.Contains, "-0000-",
			"some"},
		{projections.Datacenter, projections.Eq, "", "none"}, {projections.Datacenter, projections.Eq,
			uuid.Nil.String(), ""},
		{projections.Datacenter, projections.Contains, "0000", "some"},
		{projections.ExternalID, projections.Eq, "", "none some"},
	} {
		for _, sort := range []projections.Field{projections.Number, c.field} {
			page, err := v.List(projections.Query{Scope: everyone,
				Filters: []projections.Filter{filter(t, c.field, c.op, c.value)},
				Sort:    []projections.Sort{{Field: sort}}, Limit: 9})
			require.NoError(t, err)
			var names []string
			for _, u := range page.Users {
				names = append(names, u.Username)
			}
			require.Equal(t, c.found, strings.Join(names, " "), "%s %s %q by %s", c.field, c.op, c.value, sort)
			require.Equal(t, len(names), page.Total)
		}
	}
	for _, op := range []projections.Op{projections.Gte, projections.Lte} {
		_, err := projections.NewFilter(projections.Client, op, "")
		require.ErrorIs(t, err, projections.ErrValue)
	}
}

func TestPartsOfAnID(t *testing.T) {
	h := &history{}
	id := uuid.MustParse("4c45016d-0148-4794-89b6-970e0b429b54")
	h.add(id, events.UserCreated{Number: 1, Username: "one", Email: "one@example.org"})
	v := rebuilt(h.records)
	for value, total := range map[string]int{"0148-4794": 1, "4C45": 1, " 9b54": 1, "45016d01": 0, id.String(): 1} {
		f, err := projections.NewFilter(projections.ID, projections.Contains, value)
		require.NoError(t, err)
		page, err := v.List(projections.Query{Scope: everyone, Filters: []projections.Filter{f}})
		require.NoError(t, err)
		require.Equal(t, total, page.Total, value)
	}
}

func TestEveryFieldSortsAndFilters(t *testing.T) {
	h := &history{}
	id := uuid.New()
	h.add(id, events.UserCreated{Number: 1, Username: "one", Email: "one@example.org"})
	v := rebuilt(h.records)
	for _, f := range projections.Fields() {
		if f != projections.Any {
			page, err := v.List(projections.Query{Scope: everyone,
				Sort: []projections.Sort{{Field: f, Descending: true}}, Limit: 1})
			require.NoError(t, err)
			require.Len(t, page.Users, 1)
		}
	}
}

// TestOrdersAreBuiltBesideTheWriter asks for orders that are not there yet while users come and change.
func TestOrdersAreBuiltBesideTheWriter(t *testing.T) {
	v := projections.NewView()
	v.Open()
	h := &history{}
	var ids []uuid.UUID
	for i := range 3000 {
		id := uuid.New()
		if i%3 == 2 {
			h.add(ids[i/3], events.ProfileUpdated{LastName: the(uuid.NewString()), Phone: the(uuid.NewString())})
			continue
		}
		ids = append(ids, id)
		h.number++
		h.add(id, events.UserCreated{Number: h.number, Username: uuid.NewString(), Email: uuid.NewString() + "@x",
			LastName: uuid.NewString()})
	}
	var readers sync.WaitGroup
	fields := projections.Fields()
	for i := range 4 {
		readers.Go(func() {
			for j := range 60 {
				q := projections.Query{Scope: everyone, Limit: 10,
					Sort: []projections.Sort{{Field: fields[(i+j)%(len(fields)-1)]},
						{Field: projections.UpdatedAt, Descending: true}}}
				_, err := v.List(q)
				require.NoError(t, err)
			}
		})
	}
	for i := range h.records {
		require.NoError(t, v.Apply(h.records[i:i+1]))
	}
	readers.Wait()
	fresh := rebuilt(h.records)
	for _, f := range fields[:len(fields)-1] {
		q := projections.Query{Scope: everyone, Limit: 1 << 20,
			Sort: []projections.Sort{{Field: f}, {Field: projections.UpdatedAt, Descending: true}}}
		got, err := v.List(q)
		require.NoError(t, err)
		want, err := fresh.List(q)
		require.NoError(t, err)
		require.Equal(t, numbers(want.Users), numbers(got.Users), f)
	}
}
