package pterodactyl

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/projections"
)

// How many entries a page has.
const (
	defaultSize = 50
	zeroSize    = 15     // when none are asked for
	maxSize     = 100000 // at most; the panel has no bound, but an answer must be held
)

// maxValues bounds how many values one filter may have: each of them is compared with each user.
const maxValues = 100

// page is the part of a list that was asked for.
type page struct{ number, size int }

func pageOf(in *object) page { return page{number: pageNumber(in), size: pageSize(in)} }

// pageNumber returns the first page for everything that is no number of a page.
func pageNumber(in *object) int {
	text, _ := in.text("page")
	digits := strings.TrimPrefix(text, "+")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || digits[0] == '0' || digits[0] == '+' {
		return 1
	}
	return n
}

// pageSize cuts fractions off. What is no size is the default.
func pageSize(in *object) int {
	text, ok := in.text("per_page")
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case !ok || err != nil || math.IsNaN(n) || n < 0 || strings.Trim(text, "+0123456789.eE") != "":
		return defaultSize
	case n < 1:
		return zeroSize
	}
	return int(min(n, maxSize))
}

// offset is where the page begins.
func (p page) offset() int {
	if p.number-1 > math.MaxInt/p.size {
		return math.MaxInt
	}
	return (p.number - 1) * p.size
}

func itoa(n int) string { return strconv.Itoa(n) }

func (a *api) listUsers(w http.ResponseWriter, r *http.Request, c call) error {
	p := pageOf(c.input)
	q := projections.Query{Scope: commands.VisibleUsers(c.states, c.Actor), Limit: p.size, Offset: p.offset()}
	var err error
	if q.Filters, err = filtersOf(c.input); err != nil {
		return err
	}
	if q.Sort, err = sortOf(c.input); err != nil {
		return err
	}
	found, err := a.List(q)
	if err != nil {
		return err
	}
	j := newAnswer(c, (len(found.Users)+1)*userSize)
	defer j.Free()
	j.Open('{').Key("object").String("list").Key("data").Open('[')
	for _, u := range found.Users {
		j.user(u)
		j.Close('}')
	}
	j.Close(']')
	j.pagination(a.base(r)+usersPath, p, len(found.Users), found.Total)
	j.Close('}')
	rest.WriteJSON(w, http.StatusOK, j.Bytes())
	return nil
}

// filters are the fields that the filters look into.
var filters = map[string]projections.Field{
	"email": projections.Email, "uuid": projections.ID, "username": projections.Username,
	"external_id": projections.ExternalID,
}

func filtersOf(in *object) (out []projections.Filter, err error) {
	given, ok := in.values["filter"].(*object)
	if !ok {
		return nil, nil
	}
	unknown := slices.DeleteFunc(slices.Clone(given.names), func(name string) bool { return filters[name] != "" })
	if len(unknown) > 0 {
		return nil, badRequest(codeFilter, "Requested filter(s) `"+strings.Join(unknown, ", ")+
			"` are not allowed. Allowed filter(s) are `email, uuid, username, external_id`.")
	}
	for _, name := range given.names {
		values := parts(given.values[name])
		switch {
		case len(values) == 0:
			continue
		case len(values) > maxValues:
			return nil, badRequest(codeFilter, "A filter may have "+itoa(maxValues)+" values.")
		}
		filter, err := projections.NewFilter(filters[name], projections.Contains, values...)
		if err != nil {
			return nil, err
		}
		out = append(out, filter)
	}
	return out, nil
}

// parts returns the texts of a comma list, or of a list of those, without empty ones.
func parts(value any) (out []string) {
	if list, ok := value.(*object); ok {
		for _, name := range list.names {
			out = append(out, parts(list.values[name])...)
		}
		return out
	}
	text, _ := textOf(value)
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimFunc(part, blank); part != "" {
			out = append(out, part)
		}
	}
	return out
}

var sortKeys = map[string]projections.Field{"id": projections.Number, "uuid": projections.ID}

// sortOf reads what to sort by. Both keys are unique, so only the first counts.
func sortOf(in *object) (out []projections.Sort, err error) {
	text, _ := in.values["sort"].(string)
	var unknown []string
	for part := range strings.SplitSeq(text, ",") {
		name := strings.TrimLeft(part, "-")
		field := sortKeys[name]
		switch {
		case part == "":
		case field == "":
			unknown = append(unknown, name)
		case out == nil:
			out = []projections.Sort{{Field: field, Descending: part != name}}
		}
	}
	if len(unknown) > 0 {
		return nil, badRequest(codeSort, "Requested sort(s) `"+strings.Join(unknown, ", ")+
			"` is not allowed. Allowed sort(s) are `id, uuid`.")
	}
	return out, nil
}
