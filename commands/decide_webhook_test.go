package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

func TestWebhooks(t *testing.T) {
	have, admin := and(family(), firm()...), by(adminID, "")
	off := and(have, fact{hookID, events.WebhookDisabled{Reason: "failing"}})
	made := events.WebhookCreated{URL: "https://x.example/in?k=1", Types: []string{"UserCreated", "UserDeleted.v1"},
		Users: []uuid.UUID{childID}, Secret: "s"}
	create := func(change func(*events.WebhookCreated)) commands.CreateWebhook {
		e := made
		change(&e)
		return commands.CreateWebhook{ID: freshID, Webhook: e}
	}
	address := func(url string) commands.CreateWebhook {
		return create(func(e *events.WebhookCreated) { e.URL = url })
	}
	none := func(*events.WebhookCreated) {}
	numbered := made
	numbered.Number = 2
	plain := address("http://10.0.0.1/in")
	plain.Plain = true
	full := have
	for i := range 99 {
		full = and(full, fact{uuid.New(), events.WebhookCreated{Number: int64(i + 2), URL: "https://a.example"}})
	}
	since := uint64(len(have))
	update := func(c commands.UpdateWebhook) commands.UpdateWebhook { c.ID = hookID; return c }
	disable := func(since uint64) commands.DisableWebhook {
		return commands.DisableWebhook{ID: hookID, Since: since, Reason: "gone"}
	}
	rotate := commands.RotateWebhookSecret{ID: hookID, Secret: "n",
		OldUntil: firstDay.Add(time.Hour).In(time.FixedZone("", 3600))}
	run(t, []scenario{
		{name: "a super admin makes one", given: have, actor: admin, when: create(none),
			then: []events.Event{numbered}},
		{name: "nobody else", given: have, actor: by(childID, ""), when: create(none), no: "not_allowed"},
		{name: "nor who may only read", given: have, actor: by(adminID, "read"), when: create(none), no: "not_allowed"},
		{name: "nor who may only write", given: have, actor: by(adminID, "write"), when: create(none),
			no: "not_allowed"},
		{name: "https", given: have, actor: admin, when: address("http://x.example"), no: "url_invalid"},
		{name: "but where the network is closed", given: have, actor: admin, when: plain,
			then: []events.Event{events.WebhookCreated{Number: 2, URL: "http://10.0.0.1/in", Types: made.Types,
				Users: made.Users, Secret: "s"}}},
		{name: "no other scheme", given: have, actor: admin, when: address("ftp://x.example"), no: "url_invalid"},
		{name: "absolute", given: have, actor: admin, when: address("/in"), no: "url_invalid"},
		{name: "with a host", given: have, actor: admin, when: address("https:///in"), no: "url_invalid"},
		{name: "without a user", given: have, actor: admin, when: address("https://u:p@x.example"), no: "url_invalid"},
		{name: "without a fragment", given: have, actor: admin, when: address("https://x.example/#"),
			no: "url_invalid"},
		{name: "well-formed", given: have, actor: admin, when: address("https://x.example/%zz"), no: "url_invalid"},
		{name: "of some length", given: have, actor: admin,
			when: address("https://x.example/" + strings.Repeat("a", 4096)), no: "url_invalid"},
		{name: "for types that there are", given: have, actor: admin,
			when: create(func(e *events.WebhookCreated) { e.Types = []string{"UserPromoted"} }),
			no:   "event_type_unknown"},
		{name: "for not too many", given: have, actor: admin,
			when: create(func(e *events.WebhookCreated) { e.Users = make([]uuid.UUID, 129) }), no: "too_many_subjects"},
		{name: "a hundred at most", given: full, actor: admin, when: create(none), no: "too_many"},

		{name: "what changes is recorded", given: have, actor: admin,
			when: update(commands.UpdateWebhook{Change: events.WebhookUpdated{URL: the("https://a.example"),
				Types: &[]string{"UserCreated"}, Users: &[]uuid.UUID{}}}),
			then: []events.Event{events.WebhookUpdated{Types: &[]string{"UserCreated"}}}},
		{name: "what is so already is not", given: have, actor: admin,
			when: update(commands.UpdateWebhook{Change: events.WebhookUpdated{URL: the("https://a.example"),
				Types: &[]string{}}, Enabled: the(true)})},
		{name: "a change keeps to the rules", given: have, actor: admin,
			when: update(commands.UpdateWebhook{Change: events.WebhookUpdated{URL: the("x")}}), no: "url_invalid"},
		{name: "one is disabled", given: have, actor: admin, when: update(commands.UpdateWebhook{Enabled: the(false)}),
			then: []events.Event{events.WebhookDisabled{Reason: "requested"}}},
		{name: "and enabled", given: off, actor: admin, when: update(commands.UpdateWebhook{Enabled: the(true)}),
			then: []events.Event{events.WebhookEnabled{}}},
		{name: "by who may", given: have, actor: by(childID, ""),
			when: update(commands.UpdateWebhook{Enabled: the(false)}), no: "not_allowed"},
		{name: "if there is one", given: have, actor: admin, when: commands.UpdateWebhook{ID: freshID},
			no: "webhook_not_found"},
		{name: "as it was seen", given: have, actor: admin,
			when: commands.OnVersion{Command: update(commands.UpdateWebhook{Enabled: the(false)}), Version: 1},
			no:   "version_differs"},

		{name: "a failing one is disabled", given: have, actor: commands.Service(), when: disable(since),
			then: []events.Event{events.WebhookDisabled{Reason: "gone"}}},
		{name: "once", given: off, actor: commands.Service(), when: disable(since)},
		{name: "not when it has changed meanwhile", given: and(off, fact{hookID, events.WebhookEnabled{}}),
			actor: commands.Service(), when: disable(since)},
		{name: "a secret is rotated", given: have, actor: admin, when: rotate,
			then: []events.Event{events.WebhookSecretRotated{Secret: "n", OldUntil: firstDay.Add(time.Hour)}}},
		{name: "one ends", given: have, actor: admin, when: commands.DeleteWebhook{ID: hookID},
			then: []events.Event{events.WebhookDeleted{}}},
	})
}

func TestWebhookFilter(t *testing.T) {
	w := commands.Webhook{Types: []string{"UserCreated.v1"}, Users: []uuid.UUID{childID}}
	require.Equal(t, []string{fmt.Sprintf("feed.user.UserCreated.%s", childID)}, w.Filter().Subjects())
}
