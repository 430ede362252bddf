package commands

import (
	"errors"
	"net/url"
	"strings"
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
		return &Webhook{Entity: newEntity(r, e.Number, ""), URL: e.URL, Types: e.Types, Users: e.Users,
			Secret: e.Secret, Since: r.Sequence, Created: r.Sequence}
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

// Of names the webhook.
func (c CreateWebhook) Of() events.Aggregate { return events.Webhook(c.ID) }

func (c CreateWebhook) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayChangeWebhooks(s, a); err != nil {
		return nil, err
	}
	return decideCreateWebhook(s, c)
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

// Of names the webhook.
func (c UpdateWebhook) Of() events.Aggregate { return events.Webhook(c.ID) }

func (c UpdateWebhook) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	hook := s.Directory().Webhook(c.ID)
	if err := changeable(hook, version, mayChangeWebhooks(s, a), NoWebhook); err != nil {
		return nil, err
	}
	return decideUpdateWebhook(hook, c)
}

// RotateWebhookSecret gives a webhook a new secret; until OldUntil the one before signs, too.
//
// Refusals: NotFound, Forbidden.
type RotateWebhookSecret struct {
	ID       uuid.UUID
	Secret   events.Secret
	OldUntil time.Time
}

// Of names the webhook.
func (c RotateWebhookSecret) Of() events.Aggregate { return events.Webhook(c.ID) }

func (c RotateWebhookSecret) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	hook := s.Directory().Webhook(c.ID)
	if err := changeable(hook, version, mayChangeWebhooks(s, a), NoWebhook); err != nil {
		return nil, err
	}
	return drafted(c.Of(), hook.Key, events.WebhookSecretRotated{Secret: c.Secret, OldUntil: c.OldUntil.UTC()})
}

// DisableWebhook stops a webhook because of what its address answers. Nothing happens when it was enabled anew
// meanwhile.
//
// Refusals: NotFound, Forbidden.
type DisableWebhook struct {
	ID     uuid.UUID
	Since  uint64 // of the Webhook as it failed
	Reason string
}

// Of names the webhook.
func (c DisableWebhook) Of() events.Aggregate { return events.Webhook(c.ID) }

func (c DisableWebhook) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	hook := s.Directory().Webhook(c.ID)
	if err := changeable(hook, version, mayChangeWebhooks(s, a), NoWebhook); err != nil {
		return nil, err
	}
	if hook.Disabled != "" || hook.Since != c.Since {
		return nil, nil
	}
	return drafted(c.Of(), hook.Key, events.WebhookDisabled{Reason: c.Reason})
}

// DeleteWebhook ends a webhook.
//
// Refusals: NotFound, Forbidden.
type DeleteWebhook struct{ ID uuid.UUID }

// Of names the webhook.
func (c DeleteWebhook) Of() events.Aggregate { return events.Webhook(c.ID) }

func (c DeleteWebhook) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	hook := s.Directory().Webhook(c.ID)
	if err := changeable(hook, version, mayChangeWebhooks(s, a), NoWebhook); err != nil {
		return nil, err
	}
	return drafted(c.Of(), hook.Key, events.WebhookDeleted{})
}

func mayChangeWebhooks(s States, a Actor) error {
	if !MayChangeWebhooks(s, a) {
		return refuse(Forbidden, "not_allowed", "",
			"Only a super admin who may read and write users may change webhooks.")
	}
	return nil
}

// MayChangeWebhooks reports whether the Actor may have events sent somewhere: a super admin who may read and write
// users.
func MayChangeWebhooks(s States, a Actor) bool { return MayReadLog(s, a) && MayWriteUsers(s, a) }

func decideCreateWebhook(s States, c CreateWebhook) ([]events.Draft, error) {
	e := c.Webhook
	e.Number = s.LastNumber(events.WebhookNumber) + 1
	if err := checkWebhook(e.URL, e.Types, e.Users, c.Plain); err != nil {
		return nil, err
	}
	if len(s.Directory().Webhooks()) >= maxWebhooks {
		return nil, refuse(Conflict, "too_many", "", "There may be %d webhooks.", maxWebhooks)
	}
	return drafted(events.Webhook(c.ID), events.KeyID{}, e)
}

func decideUpdateWebhook(hook *Webhook, c UpdateWebhook) (out []events.Draft, err error) {
	e := c.Change
	e.URL = changed(hook.URL, e.URL)
	e.Types, e.Users = changedList(hook.Types, e.Types), changedList(hook.Users, e.Users)
	add := func(e events.Event) {
		out = append(out, events.Draft{Aggregate: events.Webhook(hook.ID), Key: hook.Key, Event: e})
	}
	if e != (events.WebhookUpdated{}) {
		after := *hook
		set(&after.URL, e.URL)
		set(&after.Types, e.Types)
		set(&after.Users, e.Users)
		if err := checkWebhook(after.URL, after.Types, after.Users, c.Plain); err != nil {
			return nil, err
		}
		add(e)
	}
	if enable := changed(hook.Disabled == "", c.Enabled); enable != nil && *enable {
		add(events.WebhookEnabled{})
	} else if enable != nil {
		add(events.WebhookDisabled{Reason: WebhookRequested})
	}
	return out, nil
}

func checkWebhook(address string, types []string, users []uuid.UUID, plain bool) error {
	if !deliverable(address, plain) {
		return refuse(Invalid, "url_invalid", "url",
			"A webhook's address is an absolute https URL without user and fragment.")
	}
	switch err := (feed.Filter{Types: types, Aggregates: usersNamed(users)}).Check(); {
	case errors.Is(err, feed.ErrType):
		return refuse(Invalid, "event_type_unknown", "types", "There is no such type of event.")
	case err != nil:
		return refuse(Invalid, "too_many_subjects", "types", "The number of types times that of users may be %d.",
			feed.MaxSubjects)
	}
	return nil
}

// deliverable reports whether events may be sent to the address. Where it leads is looked at when it is dialled.
func deliverable(address string, plain bool) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxText || u.Hostname() == "" || u.User != nil || strings.Contains(address, "#") {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && plain
}

// NoWebhook is the Refusal of an id that no webhook has.
func NoWebhook() *Refusal {
	return refuse(NotFound, "webhook_not_found", "", "There is no such webhook.")
}

const maxWebhooks = 100 // each is a consumer and a connection
