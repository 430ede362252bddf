package projections

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
)

// the returns the filter "field op values", with commas between the values.
func the(t *testing.T, text string) Filter {
	t.Helper()
	words := strings.SplitN(text, " ", 3)
	f, err := NewFilter(Field(words[0]), Op(words[1]), strings.Split(words[2], ",")...)
	require.NoError(t, err)
	return f
}

func filters(t *testing.T, texts ...string) (out []Filter) {
	for _, text := range texts {
		out = append(out, the(t, text))
	}
	return out
}

// sorts reads sort keys as a URL has them.
func sorts(text string) (out []Sort) {
	for _, key := range strings.Split(text, ",") {
		if name, descending := strings.CutPrefix(key, "-"); name != "" {
			out = append(out, Sort{Field: Field(name), Descending: descending})
		}
	}
	return out
}

// String says what a plan is: "runs of order, backwards; within bounds; looking at rest".
func (p plan) String() string {
	out := fmt.Sprintf("%d of %s", len(p.keys), p.order)
	if p.backwards {
		out += " backwards"
	}
	for what, filters := range [][]Filter{p.bounds, p.rest} {
		for _, f := range filters {
			out += []string{"; within ", "; looking at "}[what] + string(f.Field) + " " + string(f.op)
		}
	}
	return out
}

// TestPlans plans without a user: which runs of which order are walked, between which bounds, and what is left to
// compare.
func TestPlans(t *testing.T) {
	for _, c := range []struct {
		name    string
		filters []string
		sort    string
		part    string // of the scope
		many    bool   // there are too many users for runs by fields of few values
		want    string
	}{
		{name: "everybody by number", want: "1 of |"},
		{name: "everybody, the newest first", sort: "-created_at", want: "1 of |created_at, backwards"},
		{name: "an order walked backwards ascends in its first key", sort: "-last_name,first_name",
			want: "1 of |last_name,-first_name, backwards"},
		{name: "nothing behind a unique number matters", sort: "number,email", want: "1 of |number,"},
		{name: "nothing behind an id matters", sort: "active,-id,email", want: "1 of |active,-id,"},
		{name: "one value of few has a run of its own", filters: []string{"active eq true"}, sort: "email",
			want: "1 of active,|email,"},
		{name: "two fields of few share one", filters: []string{"super_admin eq false", "active eq true"},
			want: "1 of active,super_admin,|"},
		{name: "of two on one field the second is looked at", filters: []string{"active eq true", "active eq false"},
			want: "1 of active,|; looking at active eq"},
		{name: "several values have no run", filters: []string{"state eq created,creating"},
			want: "1 of |; looking at state eq"},
		{name: "without few nothing is fixed", filters: []string{"active eq true"}, many: true,
			want: "1 of |; looking at active eq"},
		{name: "a filter on the sort key bounds", filters: []string{"email prefix a"}, sort: "email",
			want: "1 of |email,; within email prefix"},
		{name: "in another order it is looked at", filters: []string{"email prefix a"}, sort: "username",
			want: "1 of |username,; looking at email prefix"},
		{name: "without a sort key, the number bounds", filters: []string{"number gte 10", "number lte 20"},
			want: "1 of |; within number gte; within number lte"},
		{name: "only the first sort key bounds", filters: []string{"email prefix a"}, sort: "username,email",
			want: "1 of |username,email,; looking at email prefix"},
		{name: "several values bound nothing", filters: []string{"email prefix a,b"}, sort: "email",
			want: "1 of |email,; looking at email prefix"},
		{name: "what is contained bounds nothing", filters: []string{"email contains a"}, sort: "email",
			want: "1 of |email,; looking at email contains"},
		{name: "q bounds nothing", filters: []string{"q prefix a"}, want: "1 of |; looking at q prefix"},
		{name: "a range within one value of few",
			filters: []string{"active eq true", "created_at gte 2026-01-01T00:00:00Z", "q contains x"},
			sort:    "-created_at",
			want:    "1 of active,|created_at, backwards; within created_at gte; looking at q contains"},
		{name: "a part of a scope has a run for each of its values", part: "client_id eq 1,2", sort: "email",
			want: "2 of client_id,|email,"},
		{name: "a filter on the field of the part is answered by it", part: "client_id eq 1",
			filters: []string{"client_id eq 1"}, want: "1 of client_id,|"},
		{name: "another comparison of it is not", part: "client_id eq 1", filters: []string{"client_id gte 1"},
			want: "1 of client_id,|; looking at client_id gte"},
		{name: "the part stands among the fixed by name", part: "client_id eq 1,2", filters: []string{"active eq true"},
			want: "2 of active,client_id,|"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := Query{Filters: filters(t, c.filters...), Sort: sorts(c.sort)}
			var part *Filter
			if c.part != "" {
				f := the(t, c.part)
				part = &f
			}
			p, err := q.plan(part, !c.many)
			require.NoError(t, err)
			assert.Equal(t, c.want, p.String())
		})
	}
}

// TestRefusedPlans: nobody sorts by what has no order.
func TestRefusedPlans(t *testing.T) {
	for _, sort := range []string{"q", "nothing", "number,nothing", "scope parent",
		"email,username,phone,language,timezone"} {
		_, err := Query{Sort: sorts(sort)}.plan(nil, true)
		assert.ErrorIs(t, err, ErrField, sort)
	}
}

// TestLookedUp: a unique field leads to its users without any order.
func TestLookedUp(t *testing.T) {
	for text, want := range map[string]bool{
		"id eq " + uuid.Nil.String(): true, "number eq 1": true, "username eq anna,bob": true,
		"email eq a@example.org": true, "external_id eq x": true,
		"external_id eq ": false, "external_id eq x,": false, "number gte 1": false, "username prefix anna": false,
		"phone eq 1": false, "q contains x": false,
	} {
		assert.Equal(t, want, the(t, text).lookedUp(), text)
	}
}

// TestPartsOfScopes: what somebody sees, as runs by one field each, without those that the filters rule out.
func TestPartsOfScopes(t *testing.T) {
	a, b := uuid.New(), uuid.New()
	all := commands.Scope{Self: a, Parent: a, Client: 7, Datacenters: []uuid.UUID{a, b, a}}
	for _, c := range []struct {
		name    string
		scope   commands.Scope
		filters []string
		want    []string
	}{
		{"nobody", commands.Scope{}, nil, nil},
		{"each part once, each value once", all, nil, []string{"scope parent 1", "client_id 1", "datacenter 2"}},
		{"the own client is filtered for", all, []string{"client_id eq 7"}, []string{"scope parent 1", "client_id 1",
			"datacenter 2"}},
		{"another client is", all, []string{"client_id eq 8"}, []string{"scope parent 1", "datacenter 2"}},
		{"one of the datacenters is", all, []string{"datacenter eq " + b.String()},
			[]string{"scope parent 1", "client_id 1", "datacenter 1"}},
		{"other comparisons rule nothing out", all, []string{"client_id gte 8"},
			[]string{"scope parent 1", "client_id 1", "datacenter 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range partsOf(Query{Scope: c.scope, Filters: filters(t, c.filters...)}) {
				got = append(got, fmt.Sprint(p.Field, " ", len(p.values)))
			}
			assert.Equal(t, c.want, got)
		})
	}
}
