package call

import (
	"net/url"
	"slices"
	"strings"
)

// HowSeparated says how several values, and values with commas, are written.
const HowSeparated = "Commas separate values, and the parameter may be repeated; a comma that belongs to a value " +
	"is encoded (%2C) or has a backslash before it."

// eachParameter visits the parameters of a query as it was sent, their names decoded. The query is well-formed.
func eachParameter(query string, visit func(name, raw string)) {
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, raw, _ := strings.Cut(pair, "=")
		visit(decoded(name), raw)
	}
}

func decoded(raw string) string {
	text, _ := url.QueryUnescape(raw) // the query is well-formed
	return text
}

// Separated returns the values of a parameter, which commas separate that are not encoded: one that is belongs to the
// value, and so does one behind a backslash, encoded or not. The parameter may stand there more than once.
func Separated(query, name string) (values []string) {
	eachParameter(query, func(n, raw string) {
		if n == name {
			values = append(values, pieces(raw)...)
		}
	})
	return values
}

func pieces(raw string) (values []string) {
	value := ""
	for piece := range strings.SplitSeq(raw, ",") {
		if value += decoded(piece); strings.HasSuffix(value, `\`) {
			value += ","
			continue
		}
		values = append(values, strings.ReplaceAll(value, `\,`, ","))
		value = ""
	}
	if value != "" { // the backslash was the last of it
		values = append(values, strings.ReplaceAll(strings.TrimSuffix(value, ","), `\,`, ","))
	}
	return values
}

// Without returns the query without those parameters, sorted by the names of the others and encoded anew, but for the
// commas that separate values.
func Without(query string, names ...string) string {
	type parameter struct{ name, value string }
	var all []parameter
	eachParameter(query, func(name, raw string) {
		if !slices.Contains(names, name) {
			all = append(all, parameter{name, reencoded(raw)})
		}
	})
	slices.SortStableFunc(all, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = url.QueryEscape(p.name) + "=" + p.value
	}
	return strings.Join(out, "&")
}

func reencoded(raw string) string {
	values := strings.Split(raw, ",")
	for i, v := range values {
		values[i] = url.QueryEscape(decoded(v))
	}
	return strings.Join(values, ",")
}
