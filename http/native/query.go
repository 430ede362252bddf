package native

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/projections"
	"accountd/projections/past"
)

// maxValues bounds how many values one filter may have: each of them is compared with each user.
const maxValues = 100

// usersQuery is what is asked of the list of users.
type usersQuery struct {
	projections.Query // but for Filters
	page              page
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

func (c caller) usersQuery(r *http.Request) (q usersQuery, err error) {
	q.Scope = c.scope()
	query, err := queryOf(r)
	if err != nil {
		return q, err
	}
	cursor, err := takeCursor(query)
	if err != nil {
		return q, err
	}
	if q.page, err = takePage(r, query); err != nil {
		return q, err
	}
	q.Limit, q.Offset = q.page.limit, q.page.offset
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if field, op, ok := filterName(name); ok {
			q.filters = append(q.filters, wantedFilter{name, field, op, separated(r.URL.RawQuery, name)})
			continue
		}
		value, err := single(query, name)
		if err != nil {
			return q, err
		}
		if err := q.add(name, value); err != nil {
			return q, err
		}
	}
	if _, err := q.in(c.states.Directory()); err != nil { // before anything is looked for
		return q, err
	}
	q.After, err = markOf(cursor, q.Sort)
	return q, err
}

func (q *usersQuery) add(name, value string) (err error) {
	switch {
	case name == "sort":
		q.Sort, err = sorts(value)
	case name == "at":
		q.at, err = momentOf(value)
	case name != "q":
		return unknownParameter(name)
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
		return projections.Filter{}, badParameter(f.name, "filter_value_invalid", "A filter may have %d values.", maxValues)
	}
	values := slices.Clone(f.values)
	for i, v := range values {
		if f.field == projections.Datacenter && f.op == projections.Eq && v != "" && v != uuid.Nil.String() && parseID(v) == uuid.Nil {
			values[i] = datacenterNamed(dir, &v).String()
		}
	}
	filter, err := projections.NewFilter(f.field, f.op, values...)
	switch {
	case errors.Is(err, projections.ErrField) || f.field == projections.Any && f.name != "q":
		return filter, badParameter(f.name, "filter_field_unknown", "Users cannot be filtered by this field.")
	case errors.Is(err, projections.ErrOp):
		return filter, badParameter(f.name, "filter_op_unknown", "This field cannot be compared in this way.")
	case errors.Is(err, projections.ErrValue):
		return filter, badParameter(f.name, "filter_value_invalid", "The value is not of the field's type. %s", howSeparated)
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
		err = badParameter("sort", "sort_invalid", "Users cannot be sorted by these fields.")
	}
	return out, err
}
