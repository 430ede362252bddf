package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"accountd/events"
)

// Decide returns the Events by which the Command takes effect, none when everything is so already, or a [Refusal].
func Decide(s States, a Actor, c Command) ([]events.Draft, error) {
	if err := mayStillAsk(s, a); err != nil {
		return nil, err
	}
	out, err := c.decide(s, a, 0)
	if err == nil {
		err = mayWithProof(a, out)
	}
	if err == nil {
		err = mayOutlast(s, a, out)
	}
	if err == nil {
		err = mayEndOwn(a, out)
	}
	if err != nil {
		return nil, err
	}
	ends, err := leftByStrangers(s, a, out)
	if err != nil {
		return nil, err
	}
	return slices.Concat(out, ends, subscriptionsLeft(s, out)), nil
}

// userCommand is a Command on a user who is there.
type userCommand interface {
	Command
	// decideOn returns the Events that the Command leads to.
	decideOn(s States, a Actor, u *User) ([]events.Event, error)
}

// decideUser returns the Drafts of a userCommand.
func decideUser(s States, a Actor, c userCommand, version uint64) ([]events.Draft, error) {
	u := s.User(c.Of().ID)
	if u == nil {
		return nil, noSuchUser()
	}
	facts, err := c.decideOn(s, a, u)
	if err == nil {
		err = checkVersion(u.Version, version)
	}
	if err != nil {
		return nil, err
	}
	return drafts(u, facts), nil
}

// drafts makes Drafts of Events of a user.
func drafts(u *User, facts []events.Event) []events.Draft {
	out := make([]events.Draft, len(facts))
	for i, e := range facts {
		out[i] = events.Draft{Aggregate: events.User(u.ID), Key: u.Key, Event: e}
	}
	return out
}

// one is the usual outcome: a single Event.
func one(e events.Event) ([]events.Event, error) { return []events.Event{e}, nil }

// checkText refuses broken, overlong and padded texts and those with control characters; line breaks may be let
// through.
func checkText(field, value string, maxChars int, lines bool) error {
	if !utf8.ValidString(value) {
		return refuse(Invalid, "text_invalid", field, "The text is not valid UTF-8.")
	}
	if n := utf8.RuneCountInString(value); n > maxChars {
		return refuse(Invalid, "text_too_long", field, "The text has %d characters; %d are allowed.", n, maxChars)
	}
	if lines {
		return nil
	}
	if strings.IndexFunc(value, unicode.IsControl) >= 0 {
		return refuse(Invalid, "text_invalid", field, "The text has control characters.")
	}
	if strings.TrimSpace(value) != value {
		return refuse(Invalid, "text_invalid", field, "The text begins or ends with a blank.")
	}
	return nil
}

// Command is a request to change one aggregate. Ids, hashes and secrets are made by the caller.
type Command interface {
	// Of names the aggregate that is to change.
	Of() events.Aggregate
	// decide returns the Events by which the Command takes effect on the aggregate, which must have that version unless
	// it is 0: none when everything is so already, or a [Refusal]. [Decide] asks it.
	decide(s States, a Actor, version uint64) ([]events.Draft, error)
}

// OnVersion is a Command that takes effect only while its target has that version.
//
// Refusals: those of the Command, and Stale.
type OnVersion struct {
	Command
	Version uint64 // 0: any
}

func (c OnVersion) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	return c.Command.decide(s, a, c.Version)
}

func tooMany(have, most int, what string) error {
	if have >= most {
		return refuse(Conflict, "too_many", "", "The account has as many %s as an account may have.", what)
	}
	return nil
}

// changed returns the new value, or nil when it is the old one.
func changed[T comparable](before T, after *T) *T {
	if after != nil && *after == before {
		return nil
	}
	return after
}

// changedList returns the new list, or nil when it is the old one.
func changedList[T comparable](before []T, after *[]T) *[]T {
	if after == nil || slices.Equal(before, *after) {
		return nil
	}
	return listed(*after)
}

// listed returns a list as Events hold it: none is empty, because the log reads nil as unchanged.
func listed[T any](list []T) *[]T {
	if list == nil {
		list = []T{}
	}
	return &list
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func protected(detail string) *Refusal { return refuse(Conflict, "protected", "", "%s", detail) }

func checkVersion(present, version uint64) error {
	if version != 0 && version != present {
		return refuse(Stale, "version_differs", "", "It has changed since it was read.")
	}
	return nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// each returns a new slice, whose elements were given to change.
func each[T any](list []T, change func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}

// without returns a new slice, nil when nothing is left, so that a fold does not depend on how it came about.
func without[T any](list []T, drop func(T) bool) []T {
	var kept []T
	for _, v := range list {
		if !drop(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// RefusalKind says what the caller can do about a Refusal.
type RefusalKind int

// The kinds of Refusal.
const (
	Invalid   RefusalKind = iota + 1 // a value breaks a rule: correct it
	Forbidden                        // the actor may not do this: ask somebody who may
	NotFound                         // the object does not exist or is not visible: look the id up again
	Taken                            // a unique value is in use: choose another
	Conflict                         // the object's state does not allow it: change that state first
	Stale                            // the object has changed since it was read: read it again
	Busy                             // too much is going on: try again a little later
	Throttled                        // this was tried too often: try again after RetryAfter
)

// Refusal is a command's "no". It is an error that is shown to the caller.
type Refusal struct {
	Kind   RefusalKind
	Reason string // stable snake_case, such as email_taken
	Field  string // the domain's name of the field that is to blame, empty for none
	Detail string // a sentence for people, without secrets

	RetryAfter time.Duration // of a Throttled one
}

func (r *Refusal) Error() string {
	if r.Field == "" {
		return fmt.Sprintf("%s: %s", r.Reason, r.Detail)
	}
	return fmt.Sprintf("%s (%s): %s", r.Reason, r.Field, r.Detail)
}

func refuse(kind RefusalKind, reason, field, detail string, args ...any) *Refusal {
	return &Refusal{Kind: kind, Reason: reason, Field: field, Detail: fmt.Sprintf(detail, args...)}
}

// States is what Decide may ask of the fold: an immutable picture of every aggregate at one Position.
type States interface {
	// Head is the place in the Log up to which the States are folded.
	Head() events.Head
	// User returns the user of that id, nil when there is none.
	User(id uuid.UUID) *User
	// Deleted returns what is remembered of the deleted user of that id, nil when none was deleted.
	Deleted(id uuid.UUID) *Deleted
	// UserByName returns the user whose username or e-mail address folds to the same text as name, the one whom [Meant]
	// returns of several, nil when there is none.
	UserByName(name string) *User
	// Named visits the users whose username or e-mail address folds to the same text as name, until visit returns
	// false: one, but for accounts that had their names before they were the same. It may visit a user twice.
	Named(name string, visit func(*User) bool)
	// LookAlikes visits the users whose username or e-mail address looks like name (see [LookAlikes]) without folding
	// to the same text, until visit returns false. It may visit a user twice.
	LookAlikes(name string, visit func(*User) bool)
	// UserByExternalID returns the user whose external id folds to the same text, nil when there is none.
	UserByExternalID(id string) *User
	// UserBySigningKey returns the owner of that signing key, nil when there is none.
	UserBySigningKey(id string) *User
	// UserByAPIKey returns the owner of the API key with that SHA-256 hash (lower-case hex), nil when there is none.
	UserByAPIKey(hash string) *User
	// Directory returns everything but users.
	Directory() *Directory
	// Members visits the users who are bound to the datacenter, in the group, of the client, or in the Scope of the
	// user as their parent, until visit returns false.
	Members(of events.Aggregate, visit func(*User) bool)
	// LastNumber returns the highest number of that kind that was ever assigned, 0 for none.
	LastNumber(kind events.NumberKind) int64
}

// The longest texts that are stored, in characters.
const (
	maxName   = 255
	maxEmail  = 254
	maxPhone  = 64
	maxText   = 4096
	maxOpaque = 65536
)
