package native

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// object is a JSON object whose members are not read yet.
type object map[string]json.RawMessage

// members reads the members of an object one after another. The first thing that is wrong stays as its error.
type members struct {
	left  object
	path  []string // of the object inside the body
	merge bool     // a merge patch: null clears; otherwise null is like an absent member
	err   error
}

// take returns the member's value as it was sent, nil when it is absent.
func (m *members) take(name string) json.RawMessage {
	raw := m.left[name]
	delete(m.left, name)
	return raw
}

// takeAll returns those of the members that are there, as they were sent.
func (m *members) takeAll(names ...string) object {
	out := object{}
	for _, name := range names {
		if raw := m.take(name); raw != nil {
			out[name] = raw
		}
	}
	return out
}

// member returns the value of a member that always has one, nil when it is absent.
func member[T any](m *members, name string) *T {
	raw := m.take(name)
	if isNull(raw) && m.merge {
		m.fail(name, "null_not_allowed", "This member always has a value.")
	}
	return decode[T](m, name, raw)
}

// clearable returns the value of a member that may be unset: nil when it is absent, zero when it is to be cleared.
func clearable[T any](m *members, name string) *T {
	raw := m.take(name)
	if isNull(raw) && m.merge {
		return new(T)
	}
	return decode[T](m, name, raw)
}

func decode[T any](m *members, name string, raw json.RawMessage) *T {
	if raw == nil || isNull(raw) {
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		m.fail(name, "type_invalid", "This member must be %s.", kind(v))
		return nil
	}
	return v
}

// inner returns the members of a member that is an object, none when it is absent or null. Whoever has read them gives
// them to adopt.
func (m *members) inner(name string) *members {
	values := decode[object](m, name, m.take(name))
	return &members{left: or(values, nil), path: append(slices.Clip(m.path), name), merge: m.merge}
}

// adopt takes over what was wrong with inner members.
func (m *members) adopt(inner *members) {
	if err := inner.done(); m.err == nil {
		m.err = err
	}
}

// done returns the first thing that was wrong, or that a member is left which nobody asked for.
func (m *members) done() error {
	if names := slices.Sorted(maps.Keys(m.left)); m.err == nil && len(names) > 0 {
		m.fail(names[0], "field_unknown", "There is no such member.")
	}
	return m.err
}

func (m *members) fail(name, reason, detail string, args ...any) {
	if m.err == nil {
		m.err = badMember(pointer(append(slices.Clip(m.path), name)...), reason, detail, args...)
	}
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// kind names what a member must be, for people.
func kind(v any) string {
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
