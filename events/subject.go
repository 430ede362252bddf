package events

import (
	"errors"
	"strings"

	"github.com/google/uuid"
)

// Kind is the kind of an Aggregate.
type Kind string

// KindUser is the kind of the User aggregate.
const KindUser Kind = "user"

// Aggregate names what one event history describes.
type Aggregate struct {
	Kind Kind
	ID   uuid.UUID
}

// User names the User aggregate of that id.
func User(id uuid.UUID) Aggregate { return Aggregate{Kind: KindUser, ID: id} }

const subjectPrefix = "accounts."

// Subjects matches the subject of every Aggregate.
const Subjects = subjectPrefix + ">"

// Subject returns the one literal subject of the Aggregate: accounts.<kind>.<uuid>.
func (a Aggregate) Subject() string { return subjectPrefix + string(a.Kind) + "." + a.ID.String() }

// ErrSubject is returned by [ParseSubject] for a subject that belongs to no known kind of Aggregate.
var ErrSubject = errors.New("not the subject of an aggregate")

// ParseSubject reads what Aggregate.Subject writes.
func ParseSubject(subject string) (Aggregate, error) {
	rest, ok := strings.CutPrefix(subject, subjectPrefix)
	kind, id, ok2 := strings.Cut(rest, ".")
	u, err := uuid.Parse(id)
	if !ok || !ok2 || err != nil || Kind(kind) != KindUser || len(id) != 36 {
		return Aggregate{}, ErrSubject
	}
	return Aggregate{Kind: Kind(kind), ID: u}, nil
}
