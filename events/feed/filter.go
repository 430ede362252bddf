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
	Types []string `json:"types,omitempty"` // with or without their version, which does not count
	// whose messages; without an id, those of the whole kind
	Aggregates []events.Aggregate `json:"aggregates,omitempty"`
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
		if !slices.ContainsFunc(events.Types(), func(known string) bool {
			return known == typ ||
				versionless(known) == typ
		}) {
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
			switch {
			case a.ID == uuid.Nil:
				subjects = append(subjects, Subject(string(a.Kind), typ, "*"))
			case !slices.Contains(f.Aggregates, events.Aggregate{Kind: a.Kind}):
				subjects = append(subjects, Subject(string(a.Kind), typ, a.ID.String()))
			}
		}
	}
	slices.Sort(subjects)
	return slices.Compact(subjects)
}

func versionless(typ string) string {
	name, _, _ := strings.Cut(typ, ".")
	return name
}

// Name returns the text by which requests name an aggregate, or all of a kind:
// user/0198c0de-0000-7000-8000-0000000000a1, user.
func Name(a events.Aggregate) string {
	if a.ID == uuid.Nil {
		return string(a.Kind)
	}
	return string(a.Kind) + "/" + a.ID.String()
}

// ErrName is returned by [ParseName] for a text that names no aggregate and no kind.
var ErrName = errors.New("not the name of an aggregate")

// ParseName reads what Name writes.
func ParseName(name string) (events.Aggregate, error) {
	kind, id, single := strings.Cut(name, "/")
	a := events.Aggregate{Kind: events.Kind(kind)}
	if single {
		var err error
		if a.ID, err = uuid.Parse(id); err != nil || len(id) != 36 || a.ID == uuid.Nil {
			return events.Aggregate{}, ErrName
		}
	}
	if !slices.Contains(events.Kinds(), a.Kind) {
		return events.Aggregate{}, ErrName
	}
	return a, nil
}

// Wants reports whether the Filter wants what tells of that Record.
func (f Filter) Wants(r events.Record) bool {
	typed := len(f.Types) == 0 || slices.ContainsFunc(f.Types,
		func(t string) bool { return versionless(t) == versionless(r.Type) })
	return typed && (len(f.Aggregates) == 0 || slices.Contains(f.Aggregates, r.Aggregate) ||
		slices.Contains(f.Aggregates, events.Aggregate{Kind: r.Aggregate.Kind}))
}
