package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
	"accountd/events/feed"
)

// Webhook is the State of a Webhook aggregate. It is immutable; nil stands for no such webhook.
type Webhook struct {
	Entity
	URL      string
	Types    []string    // none: all
	Users    []uuid.UUID // none: everything
	Secret   events.Secret
	Old      events.Secret // signs, too, until OldUntil
	OldUntil time.Time
	Disabled string // why it is, such as WebhookFailing; empty: it is not
	Since    uint64 // sequence of the Record that made it, enabled it, or gave it another address
	Created  uint64 // sequence of the Record that made it
}

func (w *Webhook) key() string { return "" }

// Why a webhook is disabled.
const (
	WebhookRequested = "requested" // somebody asked for it
	WebhookGone      = "gone"      // its address wants no more
	WebhookFailing   = "failing"   // its address failed too often
)

// Secrets returns what signs at that time: the secret, and the one before it while it still counts.
func (w *Webhook) Secrets(now time.Time) []events.Secret {
	if w.Old != "" && now.Before(w.OldUntil) {
		return []events.Secret{w.Secret, w.Old}
	}
	return []events.Secret{w.Secret}
}

// Filter returns which events are sent.
func (w *Webhook) Filter() feed.Filter {
	return feed.Filter{Types: w.Types, Aggregates: usersNamed(w.Users)}
}

func usersNamed(ids []uuid.UUID) (users []events.Aggregate) {
	for _, id := range ids {
		users = append(users, events.User(id))
	}
	return users
}

func evolveWebhook(w *Webhook, r events.Record) *Webhook {
	if e, ok := r.Event.(events.WebhookCreated); ok && w == nil {
		return &Webhook{Entity: newEntity(r, e.Number, ""), URL: e.URL, Types: e.Types, Users: e.Users, Secret: e.Secret,
			Since: r.Sequence, Created: r.Sequence}
	}
	if w == nil {
		return nil
	}
	next := *w
	next.touch(r)
	switch e := r.Event.(type) {
	case events.WebhookUpdated:
		if e.URL != nil {
			next.URL, next.Since = *e.URL, r.Sequence
		}
		set(&next.Types, e.Types)
		set(&next.Users, e.Users)
	case events.WebhookSecretRotated:
		next.Secret, next.Old, next.OldUntil = e.Secret, w.Secret, e.OldUntil
	case events.WebhookDisabled:
		next.Disabled = e.Reason
	case events.WebhookEnabled:
		next.Disabled, next.Since = "", r.Sequence
	case events.WebhookDeleted:
		return nil
	default:
		return w
	}
	return &next
}

// CreateWebhook makes a webhook. Its Number is decided, not taken.
//
// Refusals: Invalid, Forbidden, Conflict (too_many).
type CreateWebhook struct {
	ID      uuid.UUID
	Webhook events.WebhookCreated
	Plain   bool // the address may be reached in clear
}

// UpdateWebhook changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden.
type UpdateWebhook struct {
	ID      uuid.UUID
	Change  events.WebhookUpdated
	Enabled *bool
	Plain   bool
}

// RotateWebhookSecret gives a webhook a new secret; until OldUntil the one before signs, too.
//
// Refusals: NotFound, Forbidden.
type RotateWebhookSecret struct {
	ID       uuid.UUID
	Secret   events.Secret
	OldUntil time.Time
}

// DisableWebhook stops a webhook because of what its address answers. Nothing happens when it was enabled anew meanwhile.
//
// Refusals: NotFound, Forbidden.
type DisableWebhook struct {
	ID     uuid.UUID
	Since  uint64 // of the Webhook as it failed
	Reason string
}

// DeleteWebhook ends a webhook.
//
// Refusals: NotFound, Forbidden.
type DeleteWebhook struct{ ID uuid.UUID }
