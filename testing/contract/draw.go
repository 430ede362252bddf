package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// Known are values that the service has, by the name of the parameter, or of the member behind a "#", that takes them.
// For queries and headers they are the only ones.
type Known map[string][]string

// drawer draws values that schemas allow.
type drawer struct {
	*rapid.T
	contract *Contract
	known    Known
}

// value draws one value. What there is under its name is drawn as often as what there is not.
func (d drawer) value(schema object, name string) any {
	schema = d.contract.resolve(schema)
	if values, ok := schema["enum"].([]any); ok {
		return rapid.SampledFrom(values).Draw(d.T, name)
	}
	if value, ok := schema["const"]; ok {
		return value
	}
	for _, several := range []string{"anyOf", "oneOf"} {
		if choices, ok := schema[several].([]any); ok {
			return d.value(rapid.SampledFrom(choices).Draw(d.T, several).(object), name)
		}
	}
	switch d.kind(schema) {
	case "object":
		return d.object(schema)
	case "array":
		return d.array(schema, name)
	case "string":
		return d.text(schema, name)
	case "integer":
		return d.whole(schema)
	case "number":
		return rapid.Float64Range(-1e9, 1e9).Draw(d.T, name)
	case "boolean":
		return rapid.Bool().Draw(d.T, name)
	}
	return nil
}

// kind returns the type of the value to draw, which is seldom null.
func (d drawer) kind(schema object) string {
	kinds, several := schema["type"].([]any)
	if !several {
		kind, _ := schema["type"].(string)
		return kind
	}
	if others := slices.DeleteFunc(slices.Clone(kinds), func(k any) bool { return k == "null" }); !rare(d.T) {
		kinds = others
	}
	return rapid.SampledFrom(kinds).Draw(d.T, "type").(string)
}

// rare is true now and then.
func rare(t *rapid.T) bool { return rapid.IntRange(0, 7).Draw(t, "rare") == 0 }

func (d drawer) object(schema object) any {
	out := object{}
	required, _ := schema["required"].([]any)
	members, _ := schema["properties"].(object)
	often := max(2, len(members)/4) // a few of many
	for _, name := range slices.Sorted(maps.Keys(members)) {
		member := members[name].(object)
		if slices.Contains(required, any(name)) || len(out) < bound(schema, "minProperties", 0) ||
			member["readOnly"] != true && rapid.IntRange(1, often).Draw(d.T, "there") == 1 {
			out[name] = d.value(member, "#"+name)
		}
	}
	if not, ok := schema["not"].(object); ok { // members that do not stand together
		delete(out, not["required"].([]any)[0].(string))
	}
	if others, ok := schema["additionalProperties"].(object); ok && rapid.Bool().Draw(d.T, "others") {
		out["other"] = d.value(others, "#other")
	}
	return out
}

func (d drawer) array(schema object, name string) any {
	least, most := bound(schema, "minItems", 0), bound(schema, "maxItems", 3)
	out := []any{}
	for range rapid.IntRange(least, max(least, min(most, 3))).Draw(d.T, "length") {
		if v := d.value(schema["items"].(object), name); schema["uniqueItems"] != true || !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func (d drawer) whole(schema object) int64 {
	least, most := int64(bound(schema, "minimum", -1<<31)), int64(bound(schema, "maximum", 1<<31))
	if least < 10 && most > 10 && rapid.Bool().Draw(d.T, "small") {
		most = 10
	}
	return rapid.Int64Range(least, most).Draw(d.T, "whole")
}

func bound(schema object, keyword string, otherwise int) int {
	if n, ok := schema[keyword].(float64); ok {
		return int(n)
	}
	return otherwise
}

// text draws a text of the schema's form.
func (d drawer) text(schema object, name string) string {
	if values := d.known[name]; len(values) > 0 && rapid.Bool().Draw(d.T, "known") {
		return rapid.SampledFrom(values).Draw(d.T, name)
	}
	format, _ := schema["format"].(string)
	if form, ok := d.form(format); ok {
		return form
	}
	least, most := bound(schema, "minLength", 0), bound(schema, "maxLength", 40)
	pattern, _ := schema["pattern"].(string)
	if text := d.free(least, most); pattern == "" || regexp.MustCompile(pattern).MatchString(text) {
		return text
	}
	fits := func(s string) bool {
		n := utf8.RuneCountInString(s)
		return n >= least && n <= max(most, 40) && strings.TrimSpace(s) == s
	}
	return rapid.StringMatching(pattern).Filter(fits).Draw(d.T, name)
}

// runes are what people write, and what programs seldom think of.
var runes = []rune("abcdefgXYZ0123456789 " +
	".,-_'\"/\\<>&%{}[]()|~#?=+:;@!$*^`äßéłžÆøñЖдяΩ中文字日本語한글عربيहिन्दी🙂🏳🜁\u0301\u202f\uffef")

// free draws any text without control characters and without blanks around it.
func (d drawer) free(least, most int) string {
	if rare(d.T) && most < 5000 {
		return strings.Repeat("x", most)
	}
	text := rapid.StringOfN(rapid.SampledFrom(runes), least, max(least, min(most, 30)), -1).Draw(d.T, "text")
	if trimmed := strings.TrimSpace(text); utf8.RuneCountInString(trimmed) >= least {
		return trimmed
	}
	return strings.Repeat("y", least)
}

// form draws a text of a named form, if it has one.
func (d drawer) form(format string) (string, bool) {
	number := func() int { return rapid.IntRange(0, 1<<40).Draw(d.T, "number") }
	switch format {
	case "uuid":
		return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, number())).String(), true
	case "email":
		return fmt.Sprintf("p%d@example.org", number()), true
	case "date-time":
		return time.Unix(int64(1<<32+number()%(1<<32)), 0).UTC().Format(time.RFC3339), true
	case "uri":
		return fmt.Sprintf("https://service.invalid/%d", number()), true // nobody is there
	case "timezone":
		return rapid.SampledFrom([]string{"Europe/Prague", "UTC", "America/New_York", "Asia/Kolkata"}).Draw(d.T,
			"zone"), true
	case "ip":
		return rapid.SampledFrom([]string{"127.0.0.1", "2001:db8::/32", "127.0.0.0/8"}).Draw(d.T, "address"), true
	case "phone":
		return rapid.SampledFrom([]string{"+421905123456", "+442079460958"}).Draw(d.T, "phone"), true
	case "ssh-public-key":
		return sshKey(number()), true
	case "password-hash": // of "x"
		return "$2a$04$W9nO7F3eqZyDOYf2Kq5lDeuqE7Y6Z7JqY1oXGqkQ8cQm1r0cN4aH2", true
	}
	return "", false
}
