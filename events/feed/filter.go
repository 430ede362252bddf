package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"accountd/events"

	"github.com/google/uuid"
)

// Filter says which messages somebody wants. The zero Filter wants all.
type Filter struct {
	Types      []string           `json:"types,omitempty"`      // with or without their version, which does not count
	Aggregates []events.Aggregate `json:"aggregates,omitempty"` // whose messages
}

// MaxSubjects bounds how many subjects a Filter may stand for: its types times its aggregates.
const MaxSubjects = 256

// Errors of [Filter.Check].
var (
	ErrType    = errors.New("no such event type")
	ErrTooMany = fmt.Errorf("more than %d subjects", MaxSubjects)
)

// Check returns [ErrType] for a type that is not known, and [ErrTooMany].
func (f Filter) Check() error {
	for _, typ := range f.Types {
		if !slices.ContainsFunc(events.Types(), func(known string) bool { return known == typ || versionless(known) == typ }) {
			return fmt.Errorf("%w: %.80q", ErrType, typ)
		}
	}
	if max(len(f.Types), 1)*max(len(f.Aggregates), 1) > MaxSubjects {
		return ErrTooMany
	}
	return nil
}

// Subjects returns the subjects of the messages that the Filter wants, none of which includes another.
func (f Filter) Subjects() (subjects []string) {
	if len(f.Types)+len(f.Aggregates) == 0 {
		return []string{Subjects}
	}
	types := []string{"*"}
	if len(f.Types) > 0 {
		types = f.Types
	}
	for _, typ := range types {
		if len(f.Aggregates) == 0 {
			subjects = append(subjects, Subject("*", typ, "*"))
		}
		for _, a := range f.Aggregates {
			subjects = append(subjects, Subject(string(a.Kind), typ, a.ID.String()))
		}
	}
	slices.Sort(subjects)
	return slices.Compact(subjects)
}

func versionless(typ string) string {
	name, _, _ := strings.Cut(typ, ".")
	return name
}

// Name returns the text by which messages call an aggregate, such as users/0198c0de-0000-7000-8000-0000000000a1.
func Name(a events.Aggregate) string { return string(a.Kind) + "s/" + a.ID.String() }

// ErrName is returned by [ParseName] for a text that calls no aggregate.
var ErrName = errors.New("not the name of an aggregate")

// ParseName reads what Name writes.
func ParseName(name string) (events.Aggregate, error) {
	kinds, id, _ := strings.Cut(name, "/")
	kind, ok := strings.CutSuffix(kinds, "s")
	u, err := uuid.Parse(id)
	if !ok || err != nil || len(id) != 36 || !slices.Contains(events.Kinds(), events.Kind(kind)) {
		return events.Aggregate{}, ErrName
	}
	return events.Aggregate{Kind: events.Kind(kind), ID: u}, nil
}
