package events

import (
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Kind is the kind of an Aggregate.
type Kind string

// The kinds of Aggregate.
const (
	KindUser         Kind = "user"
	KindDatacenter   Kind = "datacenter"
	KindGroup        Kind = "group"
	KindClient       Kind = "client"
	KindApplication  Kind = "application"
	KindWebhook      Kind = "webhook"
	KindSubscription Kind = "subscription"
)

// Kinds returns every kind of Aggregate.
func Kinds() []Kind {
	return []Kind{KindUser, KindDatacenter, KindGroup, KindClient, KindApplication, KindWebhook, KindSubscription}
}

// Aggregate names what one event history describes.
type Aggregate struct {
	Kind Kind
	ID   uuid.UUID
}

// User names the User aggregate of that id.
func User(id uuid.UUID) Aggregate { return Aggregate{Kind: KindUser, ID: id} }

// Datacenter names the Datacenter aggregate of that id.
func Datacenter(id uuid.UUID) Aggregate { return Aggregate{Kind: KindDatacenter, ID: id} }

// Group names the Group aggregate of that id.
func Group(id uuid.UUID) Aggregate { return Aggregate{Kind: KindGroup, ID: id} }

// Client names the Client aggregate of that id.
func Client(id uuid.UUID) Aggregate { return Aggregate{Kind: KindClient, ID: id} }

// Webhook names the Webhook aggregate of that id.
func Webhook(id uuid.UUID) Aggregate { return Aggregate{Kind: KindWebhook, ID: id} }

// Subscription names the Subscription aggregate of that id.
func Subscription(id uuid.UUID) Aggregate { return Aggregate{Kind: KindSubscription, ID: id} }

// Application names the Application aggregate of that id.
func Application(id uuid.UUID) Aggregate { return Aggregate{Kind: KindApplication, ID: id} }

const subjectPrefix = "accounts."

// Subjects matches the subject of every Aggregate.
const Subjects = subjectPrefix + ">"

// Subject returns the one literal subject of the Aggregate: accounts.<kind>.<uuid>.
func (a Aggregate) Subject() string { return subjectPrefix + string(a.Kind) + "." + a.ID.String() }

// Subjects matches the Aggregate's subject alone, or, when its ID is zero, those of all Aggregates of its Kind.
func (a Aggregate) Subjects() string {
	if a.ID == uuid.Nil {
		return subjectPrefix + string(a.Kind) + ".*"
	}
	return a.Subject()
}

// ErrSubject is returned by [ParseSubject] for a subject that belongs to no known kind of Aggregate.
var ErrSubject = errors.New("not the subject of an aggregate")

// ParseSubject reads what Aggregate.Subject writes.
func ParseSubject(subject string) (Aggregate, error) {
	rest, ok := strings.CutPrefix(subject, subjectPrefix)
	kind, id, ok2 := strings.Cut(rest, ".")
	u, err := uuid.Parse(id)
	if !ok || !ok2 || err != nil || !slices.Contains(Kinds(), Kind(kind)) || len(id) != 36 {
		return Aggregate{}, ErrSubject
	}
	return Aggregate{Kind: Kind(kind), ID: u}, nil
}
