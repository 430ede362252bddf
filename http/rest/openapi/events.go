package openapi

import (
	"slices"
	"strings"

	"accountd/events"
)

// EventType is a type of event, with or without its version.
func EventType() Schema {
	var types []string
	for _, name := range events.Types() {
		plain, _, _ := strings.Cut(name, ".")
		types = append(types, name, plain)
	}
	slices.Sort(types)
	return Text(slices.Compact(types)...)
}

// Aggregate is the name of what one event history describes, or of all of a kind.
func Aggregate() Schema {
	var kinds []string
	for _, kind := range events.Kinds() {
		kinds = append(kinds, string(kind))
	}
	const id = `[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`
	return With(Matching(`(`+strings.Join(kinds, "|")+`)(/`+id+`)?`), "examples", []any{"group"})
}
