package ctl

import (
	"encoding/json"
	"maps"
	"slices"
)

// members are those of a JSON object.
type members map[string]json.RawMessage

// value returns a member's value, null for one that is not there.
func (m members) value(name string) json.RawMessage {
	if v, ok := m[name]; ok {
		return v
	}
	return json.RawMessage("null")
}

func (m members) names() []string { return slices.Sorted(maps.Keys(m)) }
