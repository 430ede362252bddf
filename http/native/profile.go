package native

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"accountd/events"
	"accountd/http/native/call"
)

// profilePatch is a merge patch of a profile; nil leaves it as it is.
type profilePatch struct {
	all    bool  // every field
	given  []int // otherwise the fields of these places
	values events.Profile
}

// profileMembers are the names of a profile's members, in the order of its fields.
var profileMembers = func() (names []string) {
	t := reflect.TypeFor[events.Profile]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}()

// readProfile reads the member "profile".
func readProfile(m *call.Members) *profilePatch {
	if !m.Has("profile") {
		return nil
	}
	d := &profilePatch{all: m.Clears("profile")}
	inner := m.Inner("profile")
	fields := reflect.ValueOf(&d.values).Elem()
	for i, name := range profileMembers {
		raw := inner.Take(name)
		if raw == nil {
			continue
		}
		d.given = append(d.given, i)
		field := fields.Field(i).Addr().Interface()
		if err := json.Unmarshal(raw, field); err != nil { // null leaves it empty
			inner.Fail(name, "type_invalid", "This member must be %s.", call.TypeName(field))
		}
	}
	m.Adopt(inner)
	return d
}

// onto returns the profile with the merge made, nil when there is nothing to merge.
func (d *profilePatch) onto(before *events.Profile) *events.Profile {
	if d == nil {
		return nil
	}
	after := &events.Profile{}
	if before != nil {
		*after = *before
	}
	to, from := reflect.ValueOf(after).Elem(), reflect.ValueOf(d.values)
	for i := range profileMembers {
		if d.all || slices.Contains(d.given, i) {
			to.Field(i).Set(from.Field(i))
		}
	}
	return after
}
