package commands

import (
	"errors"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"accountd/events"
	"accountd/events/feed"
)

const maxWebhooks = 100 // each is a consumer and a connection

// Of names the webhook.
func (c CreateWebhook) Of() events.Aggregate { return events.Webhook(c.ID) }

func (c CreateWebhook) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayChangeWebhooks(s, a); err != nil {
		return nil, err
	}
	return decideCreateWebhook(s, c)
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

// Of names the webhook.
func (c RotateWebhookSecret) Of() events.Aggregate { return events.Webhook(c.ID) }

func (c RotateWebhookSecret) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	hook := s.Directory().Webhook(c.ID)
	if err := changeable(hook, version, mayChangeWebhooks(s, a), NoWebhook); err != nil {
		return nil, err
	}
	return drafted(c.Of(), hook.Key, events.WebhookSecretRotated{Secret: c.Secret, OldUntil: c.OldUntil.UTC()})
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
		return refuse(Forbidden, "not_allowed", "", "Only a super admin who may read and write users may change webhooks.")
	}
	return nil
}

// MayChangeWebhooks reports whether the Actor may have events sent somewhere: a super admin who may read and write users.
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
		return refuse(Invalid, "url_invalid", "url", "A webhook's address is an absolute https URL without user and fragment.")
	}
	switch err := (feed.Filter{Types: types, Aggregates: usersNamed(users)}).Check(); {
	case errors.Is(err, feed.ErrType):
		return refuse(Invalid, "event_type_unknown", "types", "There is no such type of event.")
	case err != nil:
		return refuse(Invalid, "too_many_subjects", "types", "The number of types times that of users may be %d.", feed.MaxSubjects)
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
