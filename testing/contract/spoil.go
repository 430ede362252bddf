package contract

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Spoiled returns requests of which one thing is wrong, or absurd.
func (o Operation) Spoiled(known Known) *rapid.Generator[Request] {
	return rapid.Custom(func(t *rapid.T) Request {
		r := o.Allowed(known).Draw(t, "request")
		ways := []func(*rapid.T, *Request){o.spoilQuery}
		if strings.Contains(o.Path, "{") {
			ways = append(ways, o.spoilPath)
		}
		if len(o.headers()) > 0 {
			ways = append(ways, o.spoilHeader)
		}
		if r.Body != "" {
			ways = append(ways, spoilText, spoilText, spoilType, spoilMember, spoilMember, spoilMember)
		}
		rapid.SampledFrom(ways).Draw(t, "way")(t, &r)
		return r
	})
}

// absurd are values that no schema expects.
func absurd() []any {
	return []any{nil, true, -1, 0, 1e300, json.Number("99999999999999999999999999"), json.Number("1e400"),
		json.Number("0.5"), "", " ",
		"\x00", "a\nb", "\u202egnp.exe", "\ufeff", "\ufffd", strings.Repeat("é", 70000), "' OR 1=1 --",
		"../../etc/passwd", "${jndi:ldap://x}",
		[]any{}, []any{nil}, []any{[]any{[]any{}}}, object{}, object{"a": object{"b": nil}}}
}

// spoilMember changes one member of the body, anywhere in it.
func spoilMember(t *rapid.T, r *Request) {
	var body any
	if json.Unmarshal([]byte(r.Body), &body) != nil {
		spoilText(t, r)
		return
	}
	r.About = "a member"
	r.Body = string(encode(spoilt(t, body)))
}

// spoilt returns the value with one thing changed.
func spoilt(t *rapid.T, value any) any {
	whole, ok := value.(object)
	if !ok || rare(t) {
		return rapid.SampledFrom(absurd()).Draw(t, "absurd")
	}
	out := maps.Clone(whole)
	names := append(slices.Sorted(maps.Keys(whole)), "no such member")
	name := rapid.SampledFrom(names).Draw(t, "member")
	switch {
	case whole[name] != nil && rare(t):
		delete(out, name)
	default:
		out[name] = spoilt(t, whole[name])
	}
	return out
}

// spoilText breaks the body as a text.
func spoilText(t *rapid.T, r *Request) {
	r.About = "the body's text"
	broken := []string{"{", "[", "nul", `"`, `{"a":1}{"a":1}`, "{\"a\":\"\xff\xfe\"}", `{"a":"\ud800"}`, `{"a":1,}`,
		"\x00", `{"":1}`, `{"a":1e999}`,
		strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 20000), " ", `[]`, `"text"`, `7`, `null`,
		strings.Repeat(" ", 2<<20)}
	if at := rapid.IntRange(0, len(broken)).Draw(t, "broken"); at < len(broken) {
		r.Body = broken[at]
		return
	}
	r.Body = r.Body[:rapid.IntRange(0, len(r.Body)-1).Draw(t, "cut")]
}

// spoilType says that the body is something else.
func spoilType(t *rapid.T, r *Request) {
	r.About = "the body's type"
	r.Header.Set("Content-Type", rapid.SampledFrom([]string{"text/html", "application/xml", "multipart/form-data",
		"application/json; charset=utf-7",
		"application/x-www-form-urlencoded", "nonsense", "application/json/json", "*/*"}).Draw(t, "Content-Type"))
}

// absurdTexts are values for a path, a query or a header.
func absurdTexts() []string {
	return []string{"-1", "0", "99999999999999999999999999", "1e9", "0x10", "NaN", "null", "yes", "a,b,,c", "%", "é",
		"\u202e", "\x00", "\r\nX: y",
		"00000000-0000-0000-0000-000000000000", "'", `"`, `W/"1"`, `"1", "2"`, "*", strings.Repeat("9", 5000), "[]",
		"a b", "/", "..", "\xff"}
}

func (o Operation) spoilPath(t *rapid.T, r *Request) {
	r.About = "the path"
	r.Path = o.Path
	for _, p := range o.parameters() {
		if p["in"] == "path" {
			value := rapid.SampledFrom(absurdTexts()).Draw(t, "segment")
			r.Path = strings.Replace(r.Path, "{"+p["name"].(string)+"}", strings.ReplaceAll(url.PathEscape(value), "..",
				"%2E%2E"), 1)
		}
	}
}

func (o Operation) spoilQuery(t *rapid.T, r *Request) {
	r.About = "the query"
	names := []string{"no such parameter", "filter[", "filter[x][y][z]", "limit", "sort", "page"}
	for _, p := range o.parameters() {
		if p["in"] == "query" {
			names = append(names, p["name"].(string))
		}
	}
	name := rapid.SampledFrom(names).Draw(t, "parameter")
	value := url.QueryEscape(rapid.SampledFrom(absurdTexts()).Draw(t, "value"))
	more := url.QueryEscape(name) + "=" + value
	if rare(t) {
		more = rapid.SampledFrom([]string{"%zz", "=", "&&", "a;b", "%", more + "&" + more}).Draw(t, "query")
	}
	r.Query = strings.TrimPrefix(r.Query+"&"+more, "&")
}

func (o Operation) headers() (names []string) {
	for _, p := range o.parameters() {
		if p["in"] == "header" {
			names = append(names, p["name"].(string))
		}
	}
	return names
}

func (o Operation) spoilHeader(t *rapid.T, r *Request) {
	r.About = "a header"
	sendable := func(s string) bool { return !strings.ContainsAny(s, "\x00\r\n") }
	value := rapid.SampledFrom(absurdTexts()).Filter(sendable).Draw(t, "value")
	r.Header[http.CanonicalHeaderKey(rapid.SampledFrom(o.headers()).Draw(t, "header"))] = []string{value}
}
