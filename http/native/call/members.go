package call

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"
)

// Repeats refuses members whose values are not those of the object as it is shown.
func (o Object) Repeats(shown []byte) error {
	var present Object
	if err := json.Unmarshal(shown, &present); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if !sameJSON(o[name], present[name]) {
			return fixed(name)
		}
	}
	return nil
}

// Absent refuses members that are there.
func (o Object) Absent() error {
	if names := slices.Sorted(maps.Keys(o)); len(names) > 0 {
		return fixed(names[0])
	}
	return nil
}

func fixed(name string) error {
	return BadMember(Pointer(name), "field_read_only", "This member cannot be set.")
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// Or returns what v points to, absent for nil.
func Or[T any](v *T, absent T) T {
	if v == nil {
		return absent
	}
	return *v
}

// Object is a JSON object whose members are not read yet.
type Object map[string]json.RawMessage

// Members reads the members of an object one after another. The first thing that is wrong stays as its error.
type Members struct {
	left  Object
	path  []string // of the object inside the body
	merge bool     // a merge patch: null clears; otherwise null is like an absent member
	err   error
}

// NewMembers returns the members of a body's object; merge: of a merge patch.
func NewMembers(values Object, merge bool) *Members { return &Members{left: values, merge: merge} }

// Has reports whether the member is there.
func (m *Members) Has(name string) bool { return m.left[name] != nil }

// Clears reports whether the member of a merge patch is null.
func (m *Members) Clears(name string) bool { return m.merge && IsNull(m.left[name]) }

// Take returns the member's value as it was sent, nil when it is absent.
func (m *Members) Take(name string) json.RawMessage {
	raw := m.left[name]
	delete(m.left, name)
	return raw
}

// TakeAll returns those of the members that are there, as they were sent.
func (m *Members) TakeAll(names ...string) Object {
	out := Object{}
	for _, name := range names {
		if raw := m.Take(name); raw != nil {
			out[name] = raw
		}
	}
	return out
}

// Member returns the value of a member that always has one, nil when it is absent.
func Member[T any](m *Members, name string) *T {
	raw := m.Take(name)
	if IsNull(raw) && m.merge {
		m.Fail(name, "null_not_allowed", "This member always has a value.")
	}
	return Decode[T](m, name, raw)
}

// Clearable returns the value of a member that may be unset: nil when it is absent, zero when it is to be cleared.
func Clearable[T any](m *Members, name string) *T {
	raw := m.Take(name)
	if IsNull(raw) && m.merge {
		return new(T)
	}
	return Decode[T](m, name, raw)
}

// Decode returns the value of a member that was taken, nil when it is absent or null, or not of that type: then m
// fails.
func Decode[T any](m *Members, name string, raw json.RawMessage) *T {
	if raw == nil || IsNull(raw) {
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		m.Fail(name, "type_invalid", "This member must be %s.", TypeName(v))
		return nil
	}
	return v
}

// Inner returns the members of a member that is an object, none when it is absent or null. Whoever has read them gives
// them to adopt.
func (m *Members) Inner(name string) *Members {
	values := Decode[Object](m, name, m.Take(name))
	return &Members{left: Or(values, nil), path: append(slices.Clip(m.path), name), merge: m.merge}
}

// Adopt takes over what was wrong with inner members.
func (m *Members) Adopt(inner *Members) {
	if err := inner.Done(); m.err == nil {
		m.err = err
	}
}

// Done returns the first thing that was wrong, or that a member is left which nobody asked for.
func (m *Members) Done() error {
	if names := slices.Sorted(maps.Keys(m.left)); m.err == nil && len(names) > 0 {
		m.Fail(names[0], "field_unknown", "There is no such member.")
	}
	return m.err
}

// Fail notes what is wrong with a member, unless something was wrong before.
func (m *Members) Fail(name, reason, detail string, args ...any) {
	if m.err == nil {
		m.err = BadMember(Pointer(append(slices.Clip(m.path), name)...), reason, detail, args...)
	}
}

// IsNull reports whether a value is null.
func IsNull(raw json.RawMessage) bool { return string(raw) == "null" }

// TypeName names what a member must be, for people.
func TypeName(v any) string {
	switch v.(type) {
	case *string:
		return "a text"
	case *bool, **bool:
		return "true or false"
	case *int, *int64:
		return "a whole number"
	case *[]string:
		return "a list of texts"
	case *time.Time:
		return "a time as in 2006-01-02T15:04:05Z"
	}
	return "an object"
}

// Needed returns the text of a member that must be there.
func Needed(m *Members, name string) string {
	text := Member[string](m, name)
	if text == nil {
		m.Fail(name, name+"_required", "This member is needed.")
	}
	return Or(text, "")
}
