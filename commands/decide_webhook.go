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

func decideWebhooks(s States, a Actor, on OnVersion) ([]events.Draft, error) {
	if !MayChangeWebhooks(s, a) {
		return nil, refuse(Forbidden, "not_allowed", "", "Only a super admin who may read and write users may change webhooks.")
	}
	if c, ok := on.Command.(CreateWebhook); ok {
		return decideCreateWebhook(s, c)
	}
	hook := s.Directory().Webhook(on.Target())
	if err := standing(hook, on, NoWebhook); err != nil {
		return nil, err
	}
	drafted := func(e events.Event) ([]events.Draft, error) { return drafted(events.Webhook(hook.ID), hook.Key, e) }
	switch c := on.Command.(type) {
	case UpdateWebhook:
		return decideUpdateWebhook(hook, c)
	case RotateWebhookSecret:
		return drafted(events.WebhookSecretRotated{Secret: c.Secret, OldUntil: c.OldUntil.UTC()})
	case DisableWebhook:
		if hook.Disabled != "" || hook.Since != c.Since {
			return nil, nil
		}
		return drafted(events.WebhookDisabled{Reason: c.Reason})
	default:
		return drafted(events.WebhookDeleted{})
	}
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
