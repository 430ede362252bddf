package clientuser

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"accountd/http/rest"
	"accountd/projections"
)

const (
	maxValues      = 1000 // of one filter
	defaultPerPage = 100  // when a page is named and its size is not
	maxPerPage     = 1 << 30
)

// usersQuery reads what the list's query asks for, everybody unless told; parameters that mean nothing here are
// ignored.
func usersQuery(r *http.Request) (projections.Query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return projections.Query{}, badField("", "The query is not well-formed.")
	}
	q := projections.Query{Limit: math.MaxInt}
	if q.Filters, err = filters(values); err != nil {
		return q, err
	}
	if q.Offset, q.Limit, err = page(values); err != nil {
		return q, err
	}
	switch order := values.Get("order"); order {
	case "", "asc":
	case "desc":
		q.Sort = []projections.Sort{{Field: projections.Number, Descending: true}}
	default:
		return q, badField("order", "order is asc or desc.")
	}
	return q, nil
}

// filters returns those on login and id: each keeps whoever has one of its values, all of them together whom each
// keeps.
func filters(values url.Values) ([]projections.Filter, error) {
	var out []projections.Filter
	for _, f := range []struct {
		name  string
		field projections.Field
	}{{"login", projections.Username}, {"id", projections.Number}} {
		wanted, sent := list(values, f.name)
		if !sent {
			continue
		}
		if f.name == "id" {
			wanted = strings.Split(strings.Join(wanted, ","), ",")
		}
		if len(wanted) > maxValues {
			return nil, badField(f.name, "There are more than "+strconv.Itoa(maxValues)+" values.")
		}
		filter, err := projections.NewFilter(f.field, projections.Eq, wanted...)
		if err != nil {
			return nil, badField(f.name, f.name+" must be a whole number.")
		}
		out = append(out, filter)
	}
	return out, nil
}

// list returns the values of a list parameter in each of the notations that clients use: repeated names, name[] and
// name[0].
func list(values url.Values, name string) (all []string, sent bool) {
	for key, found := range values {
		base, index, bracket := strings.Cut(key, "[")
		if base != name || bracket && strings.Trim(strings.TrimSuffix(index, "]"), "0123456789") != "" {
			continue
		}
		all, sent = append(all, found...), true
	}
	return all, sent
}

// page returns the part of the list that is asked for, all of it when none is.
func page(values url.Values) (offset, limit int, err error) {
	number, hasNumber, err := positive(values, "page")
	if err != nil {
		return 0, 0, err
	}
	size, hasSize, err := positive(values, "per_page")
	switch {
	case err != nil:
		return 0, 0, err
	case !hasNumber && !hasSize:
		return 0, math.MaxInt, nil
	case !hasSize:
		size = defaultPerPage
	}
	size = min(size, maxPerPage)
	if number = max(number, 1); number-1 > math.MaxInt/size {
		return math.MaxInt, size, nil // past the end of any list
	}
	return (number - 1) * size, size, nil
}

func positive(values url.Values, name string) (n int, sent bool, err error) {
	text := values.Get(name)
	if text == "" {
		return 0, false, nil
	}
	if n, err = strconv.Atoi(text); err != nil || n < 1 {
		return 0, false, badField(name, name+" must be a whole number from 1 up.")
	}
	return n, true, nil
}

func badField(field, detail string) error {
	return rest.BadRequest("field_invalid", field, "%s", detail)
}
