package call

import (
	"maps"
	"reflect"
	"slices"

	"accountd/http/rest/openapi"
)

// FieldsOf is the parameter that chooses among members.
func FieldsOf(members []string) openapi.Parameter {
	return openapi.Parameter{Name: FieldsParameter,
		About: "The members to show of each object instead of all; id is always shown.",
		Schema: openapi.Schema{"type": "array", "items": openapi.Text(slices.Sorted(slices.Values(members))...),
			"minItems": 1}}
}

// ListOf is a page of a list of such entries.
func ListOf(entry openapi.Schema) openapi.Schema {
	return openapi.Object(map[string]openapi.Schema{"data!": openapi.List(entry),
		"meta!": openapi.Object(map[string]openapi.Schema{
			"total!": openapi.Whole(), "limit!": openapi.Whole(), "offset!": openapi.Whole(),
			"next_cursor!": openapi.Nullable(openapi.Text())})})
}

// Paged are the parameters of a list with pages.
func Paged() []openapi.Parameter {
	return []openapi.Parameter{
		{Name: "limit", About: "Entries of a page; 50 when omitted, 1000 at most.", Schema: openapi.Count()},
		{Name: "offset", About: "Entries to skip before the page.", Schema: openapi.Count()},
		CursorOf("in the place of offset: nothing"),
	}
}

// CursorOf is the parameter by which a list goes on.
func CursorOf(instead string) openapi.Parameter {
	return openapi.Parameter{Name: CursorParameter, Schema: openapi.Text(),
		About: "The next_cursor of the previous page, " + instead + " is missed or seen twice while others write."}
}

// PatchOf is a merge patch of an object that is shown so: the members that it may change, and the others, which it may
// repeat and which are not looked into.
func PatchOf(members map[string]openapi.Schema, shown any) openapi.Schema {
	all := maps.Clone(members)
	for _, name := range membersOf(reflect.TypeOf(shown)) {
		if all[name] == nil {
			all[name] = openapi.ReadOnly(openapi.Anything())
		}
	}
	return openapi.Object(all)
}

// The longest texts, in characters.
const (
	LongName   = 255
	LongEmail  = 254
	LongWord   = 64
	LongText   = 4096
	LongOpaque = 65536
)
