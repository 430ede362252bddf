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
	projections.Query
	page page
	at   *past.Moment // nil: now
	dir  *commands.Directory
}

func (c caller) usersQuery(r *http.Request) (q usersQuery, err error) {
	q.Scope, q.dir = c.scope(), c.states.Directory()
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
		value, err := single(query, name)
		if err != nil {
			return q, err
		}
		if err := q.add(name, value); err != nil {
			return q, err
		}
	}
	q.After, err = markOf(cursor, q.Sort)
	return q, err
}

func (q *usersQuery) add(name, value string) (err error) {
	switch field, op, ok := filterName(name); {
	case ok:
		return addFilter(&q.Query, name, field, op, q.values(field, op, value))
	case name == "sort":
		q.Sort = sorts(value)
		return nil
	case name == "at":
		q.at, err = momentOf(value)
		return err
	case name != "q":
		return unknownParameter(name)
	case value == "":
		return nil
	}
	return addFilter(&q.Query, name, projections.Any, projections.Contains, []string{value})
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

// values returns the values of a filter. An empty one stands for what is null. A datacenter is named by its name or its id.
func (q *usersQuery) values(field projections.Field, op projections.Op, value string) []string {
	values := strings.Split(value, ",")
	for i, v := range values {
		switch {
		case v == "" && (field == projections.Parent || field == projections.Datacenter):
			values[i] = uuid.Nil.String()
		case v == "" && field == projections.Client:
			values[i] = "0"
		case field == projections.Datacenter && op == projections.Eq && parseID(v) == uuid.Nil:
			values[i] = datacenterNamed(q.dir, &v).String()
		}
	}
	return values
}

func addFilter(q *projections.Query, name string, field projections.Field, op projections.Op, values []string) error {
	if len(values) > maxValues {
		return badParameter(name, "filter_value_invalid", "A filter may have %d values.", maxValues)
	}
	f, err := projections.NewFilter(field, op, values...)
	switch {
	case errors.Is(err, projections.ErrField) || field == projections.Any && name != "q":
		return badParameter(name, "filter_field_unknown", "Users cannot be filtered by this field.")
	case errors.Is(err, projections.ErrOp):
		return badParameter(name, "filter_op_unknown", "This field cannot be compared in this way.")
	case errors.Is(err, projections.ErrValue):
		return badParameter(name, "filter_value_invalid", "The value is not of the field's type.")
	case err != nil:
		return err
	}
	q.Filters = append(q.Filters, f)
	return nil
}

// sorts reads a list of fields, each with a minus before it when it descends. Whether a list can be sorted by them is
// found out when it is.
func sorts(value string) (out []projections.Sort) {
	for field := range strings.SplitSeq(value, ",") {
		name, descending := strings.CutPrefix(field, "-")
		out = append(out, projections.Sort{Field: projections.Field(name), Descending: descending})
	}
	return out
}
