package commands

import (
	"fmt"
	"time"
)

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
