// Package oracle answers queries on users in the most naive way: it looks at every user, filters, and sorts.
//
// It promises to know nothing of how the service answers: no indexes, no runs, no cursors, no folds. Of the service it
// takes the objects that it shows of single users, and the one definition of which texts are equal, commands.Folded and
// its forms for parts. Its one invariant is that an answer of the service that differs from its own is wrong, on one
// side or the other.
//
// # Why
//
// Why it works on what the API shows and not on States: so that null, names of datacenters and times are compared as
// those who ask see them.
package oracle

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
)

// User is one user: the members of the object that the native API shows, and what it does not show of it.
type User struct {
	Members    map[string]any
	Datacenter string // its id, empty for none
}

// World is everything as it stood at one sequence.
type World struct {
	Users       map[string]User   // by id
	Datacenters map[string]string // names by id
}

// Clone returns a World that can be changed apart.
func (w World) Clone() World { return World{maps.Clone(w.Users), maps.Clone(w.Datacenters)} }

// Filter keeps the users of whom the comparison (eq, contains, prefix, gte, lte) holds for one of the values.
type Filter struct {
	Field, Op string
	Values    []string
}

// Query asks for users. Part is looked for in what q looks into.
type Query struct {
	Filters []Filter
	Part    string
	Sort    []string // fields, each with a minus before it when it descends
}

// List returns all users whom the Query keeps, in its order.
func (w World) List(q Query) (out []User) {
	for _, u := range w.Users {
		if w.keeps(q, u) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b User) int { return w.compare(q.Sort, a, b) })
	return out
}

// Shown returns the object of the user in this World: the datacenter is called what it is called here.
func (w World) Shown(u User) map[string]any {
	shown := maps.Clone(u.Members)
	shown["datacenter"] = nil
	if name, ok := w.Datacenters[u.Datacenter]; ok {
		shown["datacenter"] = name
	}
	return shown
}

func (w World) keeps(q Query, u User) bool {
	for _, f := range q.Filters {
		if !slices.ContainsFunc(f.Values, func(v string) bool { return w.holds(f.Field, f.Op, v, u) }) {
			return false
		}
	}
	found := q.Part == ""
	for _, field := range []string{"username", "email", "name", "external_id"} {
		found = found || w.holds(field, "contains", q.Part, u)
	}
	return found
}

// holds reports whether the user's field compares so with the text of a value.
func (w World) holds(field, op, text string, u User) bool {
	value := w.value(field, u)
	if field == "datacenter" && op == "eq" && text != "" && uuid.Validate(text) != nil {
		return value != nil && commands.Folded(w.Datacenters[value.(string)]) == commands.Folded(text)
	}
	switch op {
	case "contains", "prefix":
		has, part := commands.Searched(written(value)), commands.Part(text)
		return op == "contains" && strings.Contains(has, part) || op == "prefix" && strings.HasPrefix(has, part)
	case "gte", "lte":
		if value == nil { // nothing compares with none
			return false
		}
		c := compareValues(value, parsed(value, text))
		return op == "gte" && c >= 0 || op == "lte" && c <= 0
	}
	if value == nil || value == "" || text == "" { // none, or an empty text, which is none as well
		return (value == nil || value == "") && text == ""
	}
	return compareValues(value, parsed(value, text)) == 0
}

func written(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return ""
}

// value returns what the user has in the field: a text, a number, a truth, a time, or nil for none.
func (w World) value(field string, u User) any {
	switch field {
	case "name":
		if display := written(u.Members["display_name"]); display != "" {
			return display
		}
		return strings.TrimSpace(written(u.Members["first_name"]) + " " + written(u.Members["last_name"]))
	case "datacenter":
		if u.Datacenter == "" {
			return nil
		}
		return u.Datacenter
	case "created_at", "updated_at":
		at, err := time.Parse(time.RFC3339Nano, written(u.Members[field]))
		if err != nil {
			panic(err) // the API always shows one
		}
		return at
	}
	return u.Members[field]
}

// parsed returns the text as a value like that one.
func parsed(like any, text string) any {
	switch like.(type) {
	case float64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			panic(err) // the test asks for numbers only
		}
		return float64(n)
	case bool:
		return text == "true"
	case time.Time:
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			panic(err)
		}
		return at
	}
	return text
}

// compareValues compares two values of one type; none and the empty text are less than all others.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case float64:
		if b == nil {
			return 1
		}
		return cmp.Compare(a, b.(float64))
	case bool:
		return cmp.Compare(strconv.FormatBool(a), strconv.FormatBool(b.(bool)))
	case time.Time:
		return a.Compare(b.(time.Time))
	case nil:
		if _, number := b.(float64); number {
			return -1
		}
	}
	return strings.Compare(commands.Folded(written(a)), commands.Folded(written(b)))
}

// compare is the order of lists: by the keys, one after another, then by number, backwards when the first key descends.
func (w World) compare(sort []string, a, b User) int {
	for _, key := range sort {
		field, descending := strings.CutPrefix(key, "-")
		c := compareValues(w.value(field, a), w.value(field, b))
		if descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	c := compareValues(a.Members["number"], b.Members["number"])
	if len(sort) > 0 && strings.HasPrefix(sort[0], "-") {
		return -c
	}
	return c
}
