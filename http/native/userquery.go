package native

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
	"accountd/projections"
	"accountd/projections/past"
)

// maxValues bounds how many values one filter may have: each of them is compared with each user.
const maxValues = 100

// usersQuery is what is asked of the list of users.
type usersQuery struct {
	projections.Query // but for Filters
	page              call.Page
	at                *past.Moment // nil: now
	filters           []wantedFilter
}

// wantedFilter is a filter as it stands in the query. Names in it are those of the moment that is asked about.
type wantedFilter struct {
	name   string
	field  projections.Field
	op     projections.Op
	values []string
}

func readUsersQuery(c call.Caller, r *http.Request) (q usersQuery, err error) {
	q.Scope = c.Scope()
	query, err := call.QueryOf(r)
	if err != nil {
		return q, err
	}
	cursor, err := call.TakeCursor(query)
	if err != nil {
		return q, err
	}
	if q.page, err = call.TakePage(r, query); err != nil {
		return q, err
	}
	q.Limit, q.Offset = q.page.Limit, q.page.Offset
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if field, op, ok := filterName(name); ok {
			q.filters = append(q.filters, wantedFilter{name, field, op, call.Separated(r.URL.RawQuery, name)})
			continue
		}
		value, err := call.Single(query, name)
		if err != nil {
			return q, err
		}
		if err := q.add(name, value); err != nil {
			return q, err
		}
	}
	if _, err := q.in(c.States.Directory()); err != nil { // before anything is looked for
		return q, err
	}
	q.After, err = readUserCursor(cursor, q.Sort)
	return q, err
}

func (q *usersQuery) add(name, value string) (err error) {
	switch {
	case name == "sort":
		q.Sort, err = sorts(value)
	case name == "at":
		q.at, err = readAt(value)
	case name != "q":
		return call.UnknownParameter(name)
	case value != "":
		q.filters = append(q.filters, wantedFilter{name, projections.Any, projections.Contains, []string{value}})
	}
	return err
}

// in returns the Query where things are called as in that Directory.
func (q usersQuery) in(dir *commands.Directory) (projections.Query, error) {
	query := q.Query
	for _, f := range q.filters {
		filter, err := f.in(dir)
		if err != nil {
			return query, err
		}
		query.Filters = append(query.Filters, filter)
	}
	return query, nil
}

// filterName reads filter[field] and filter[field][op].
func filterName(name string) (projections.Field, projections.Op, bool) {
	inner, ok := strings.CutPrefix(name, "filter[")
	inner, ok2 := strings.CutSuffix(inner, "]")
	if !ok || !ok2 {
		return "", "", false
	}
	field, op, ok := strings.Cut(inner, "][")
	if !ok {
		op = string(projections.Eq)
	}
	return projections.Field(field), projections.Op(op), true
}

// in returns the filter where things are called as in that Directory: a datacenter is named by its name or its id.
func (f wantedFilter) in(dir *commands.Directory) (projections.Filter, error) {
	if len(f.values) > maxValues {
		return projections.Filter{},
			call.BadParameter(f.name, "filter_value_invalid", "A filter may have %d values.", maxValues)
	}
	values := slices.Clone(f.values)
	for i, v := range values {
		byName := v != "" && v != uuid.Nil.String() && call.ParseID(v) == uuid.Nil
		if f.field == projections.Datacenter && f.op == projections.Eq && byName {
			values[i] = datacenterNamed(dir, &v).String()
		}
	}
	filter, err := projections.NewFilter(f.field, f.op, values...)
	switch {
	case errors.Is(err, projections.ErrField) || f.field == projections.Any && f.name != "q":
		return filter, call.BadParameter(f.name, "filter_field_unknown", "Users cannot be filtered by this field.")
	case errors.Is(err, projections.ErrOp):
		return filter, call.BadParameter(f.name, "filter_op_unknown", "This field cannot be compared in this way.")
	case errors.Is(err, projections.ErrValue):
		return filter, call.BadParameter(f.name, "filter_value_invalid", "The value is not of the field's type. %s",
			call.HowSeparated)
	}
	return filter, err
}

// sorts reads a list of fields, each with a minus before it when it descends.
func sorts(value string) (out []projections.Sort, err error) {
	for field := range strings.SplitSeq(value, ",") {
		name, descending := strings.CutPrefix(field, "-")
		out = append(out, projections.Sort{Field: projections.Field(name), Descending: descending})
	}
	if projections.CheckSorts(out) != nil {
		err = call.BadParameter("sort", "sort_invalid", "Users cannot be sorted by these fields.")
	}
	return out, err
}

// readUserCursor returns the place in a list which is sorted so that a cursor stands for, nil for none.
func readUserCursor(cursor string, sorts []projections.Sort) (*projections.Cursor, error) {
	if cursor == "" {
		return nil, nil
	}
	m, err := projections.ParseCursor(cursor, sorts)
	if err != nil {
		return nil, call.BadParameter(call.CursorParameter, "cursor_invalid",
			"This is no cursor of a list that is sorted so.")
	}
	return m, nil
}

// nextUserCursor returns the cursor of the page behind the one that was found, nil when that is the last one. Behind a
// cursor only a page that is not full is known to be the last.
func nextUserCursor(q projections.Query, found projections.Page) *string {
	n := len(found.Users)
	if n == 0 || n < q.Limit || q.After == nil && q.Offset+n >= found.Total {
		return nil
	}
	next := projections.CursorBehind(found.Users[n-1], q.Sort)
	return &next
}

// at is the parameter that asks for what was.
func at() openapi.Parameter {
	return openapi.Parameter{Name: "at",
		About: "Show users as they were at that sequence or time (RFC 3339), with the names of datacenters and " +
			"groups and the locked_until of then.", Schema: openapi.Or(openapi.Count(), openapi.Form("date-time"))}
}

// selecting are the parameters that choose among users and order them.
func selecting() (out []openapi.Parameter) {
	for _, f := range projections.Fields() {
		for _, op := range []projections.Op{projections.Eq, projections.Contains, projections.Prefix, projections.Gte,
			projections.Lte} {
			if f != projections.Any && f.Allows(op) {
				name := "filter[" + string(f) + "]"
				if op != projections.Eq {
					name += "[" + string(op) + "]"
				}
				out = append(out, openapi.Parameter{Name: name,
					About: "Users of whom the field matches one of the values. An empty value matches users without " +
						"a value; they match no gte or lte. " + call.HowSeparated,
					Schema: openapi.Schema{"type": "array", "items": filterSchema(f, op), "minItems": 1,
						"maxItems": maxValues}})
			}
		}
	}
	return append(out,
		openapi.Parameter{Name: "q", About: "Users whose username, e-mail address, name or external id contains " +
			"this text.",
			Schema: openapi.Text()},
		openapi.Parameter{Name: "sort", About: "Fields to sort by; a minus before a field sorts in descending " +
			"order.",
			Schema: openapi.Schema{"type": "array", "items": openapi.Text(sortKeys()...), "minItems": 1,
				"maxItems": 4}})
}

// filterSchema is a value that a field is compared with.
func filterSchema(f projections.Field, op projections.Op) openapi.Schema {
	if op == projections.Contains || op == projections.Prefix {
		return openapi.Text()
	}
	for _, m := range userMembers() {
		if m.name == string(f) && f != projections.Datacenter && m.schema["enum"] == nil {
			return m.schema
		}
	}
	return openapi.Text()
}

func sortKeys() (keys []string) {
	for _, f := range projections.Fields() {
		if f != projections.Any {
			keys = append(keys, string(f), "-"+string(f))
		}
	}
	return keys
}
