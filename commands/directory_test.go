package commands_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
)

var (
	northID = uuid.MustParse("00000000-0000-4000-8000-0000000000c1")
	staffID = uuid.MustParse("00000000-0000-4000-8000-0000000000c2")
	acmeID  = uuid.MustParse("00000000-0000-4000-8000-0000000000c3")
	syncID  = uuid.MustParse("00000000-0000-4000-8000-0000000000c4")
	hookID  = uuid.MustParse("00000000-0000-4000-8000-0000000000c5")
	crmID   = uuid.MustParse("00000000-0000-4000-8000-0000000000c6")
)

const appID = "0123456789abcdef0123456789abcdef"

// firm is a datacenter, a group attached to it, a client, an application, a subscription and a webhook.
func firm() []fact {
	return []fact{
		{northID, events.DatacenterCreated{Number: 1, Name: "North", Groups: []uuid.UUID{staffID}}},
		{staffID, events.GroupCreated{Number: 1, Name: "Staff", Permissions: []string{"admin"}}},
		{acmeID, events.ClientCreated{Number: 1, Name: "Acme"}},
		{syncID, events.ApplicationCreated{Number: 1, Name: "Sync", AppID: appID, SecretHash: "h", User: adminID,
			Client: 1, Kind: "trusted", Access: "all"}},
		{crmID, events.SubscriptionCreated{Number: 1, Name: "crm", SecretHash: "h"}},
		{hookID, events.WebhookCreated{Number: 1, URL: "https://a.example", Secret: "s"}},
	}
}

func directoryOf(facts []fact) *commands.Directory {
	d := commands.NewDirectory()
	for _, r := range records(facts) {
		d = d.Evolve(r)
	}
	return d
}

type directoryEffect struct {
	id    uuid.UUID
	event events.Event
	check func(*require.Assertions, *commands.Directory)
}

// directoryEffects says what one event of every type does to the firm.
func directoryEffects() map[string]directoryEffect {
	type is = *require.Assertions
	type dir = *commands.Directory
	out := map[string]directoryEffect{}
	for _, e := range []directoryEffect{
		{freshID, events.DatacenterCreated{Number: 2, Name: "South", Owner: adminID, Public: true}, func(is is, d dir) {
			dc := d.DatacenterByName("SOUTH")
			is.Equal(d.Datacenter(freshID), dc)
			is.Equal([]any{int64(2), "South", adminID, true}, []any{dc.Number, dc.Name, dc.Owner, dc.Public})
			is.Equal([]*commands.Datacenter{d.Datacenter(northID), dc}, d.Datacenters())
		}},
		{northID, events.DatacenterUpdated{Name: the("Far North"), Owner: &childID, Public: the(true),
			Groups: &[]uuid.UUID{}}, func(is is, d dir) {
			dc := d.DatacenterByName("far north")
			is.Equal([]any{childID, true, []uuid.UUID{}}, []any{dc.Owner, dc.Public, dc.Groups})
			is.Nil(d.DatacenterByName("north"))
		}},
		{northID, events.DatacenterDeleted{},
			func(is is, d dir) { is.Empty(d.Datacenters()); is.Nil(d.DatacenterByName("north")) }},
		{freshID, events.GroupCreated{Number: 2, Name: "G", Datacenter: northID, Permissions: []string{"p"}},
			func(is is, d dir) {
				g := d.GroupByName("g")
				is.Equal(d.Group(freshID), g)
				is.Equal([]any{int64(2), northID, []string{"p"}}, []any{g.Number, g.Datacenter, g.Permissions})
				is.Len(d.Groups(), 2)
			}},
		{staffID, events.GroupUpdated{Name: the("Crew"), Datacenter: &northID, Permissions: &[]string{"q"}},
			func(is is, d dir) {
				g := d.GroupByName("crew")
				is.Equal([]any{northID, []string{"q"}}, []any{g.Datacenter, g.Permissions})
			}},
		{staffID, events.GroupDeleted{}, func(is is, d dir) { is.Empty(d.Groups()) }},
		{freshID, events.ClientCreated{Number: 2, Name: "Acme", Timezone: "UTC", Blocked: true}, func(is is, d dir) {
			c := d.ClientByNumber(2)
			is.Equal(d.Client(freshID), c)
			is.Equal([]any{"Acme", "UTC", true}, []any{c.Name, c.Timezone, c.Blocked})
			is.Len(d.Clients(), 2)
		}},
		{acmeID, events.ClientUpdated{Name: the("B"), Timezone: the("UTC")}, func(is is, d dir) {
			is.Equal([]any{"B", "UTC"}, []any{d.Client(acmeID).Name, d.Client(acmeID).Timezone})
		}},
		{acmeID, events.ClientBlocked{}, func(is is, d dir) { is.True(d.Client(acmeID).Blocked) }},
		{acmeID, events.ClientUnblocked{}, func(is is, d dir) { is.False(d.Client(acmeID).Blocked) }},
		{acmeID, events.ClientDeleted{}, func(is is, d dir) { is.Nil(d.ClientByNumber(1)) }},
		{freshID, events.ApplicationCreated{Number: 2, Name: "A", AppID: "b", SecretHash: "s", User: childID, Client: 1,
			Kind:   "public",
			Access: "call_api", RedirectURIs: []string{"https://a"}}, func(is is, d dir) {
			a := d.ApplicationByAppID("b")
			is.Equal(d.Application(freshID), a)
			is.Equal([]any{"A", events.Secret("s"), childID, int64(1), "public", "call_api", []string{"https://a"}},
				[]any{a.Name, a.SecretHash, a.User, a.Client, a.Kind, a.Access, a.RedirectURIs})
			is.Len(d.Applications(), 2)
		}},
		{syncID, events.ApplicationUpdated{Name: the("S"), Access: the("call_api"),
			RedirectURIs: &[]string{"https://b"}}, func(is is, d dir) {
			a := d.Application(syncID)
			is.Equal([]any{"S", "call_api", []string{"https://b"}}, []any{a.Name, a.Access, a.RedirectURIs})
		}},
		{syncID, events.ApplicationSecretRotated{SecretHash: "n"}, func(is is, d dir) {
			a := d.Application(syncID)
			is.Equal(events.Secret("n"), a.SecretHash)
			is.Equal(a.Version, a.SecretSince)
		}},
		{freshID, events.WebhookCreated{Number: 2, URL: "https://b.example", Types: []string{"UserCreated"},
			Users: []uuid.UUID{childID}, Secret: "s"}, func(is is, d dir) {
			w := d.Webhook(freshID)
			is.Equal([]any{int64(2), "https://b.example", []string{"UserCreated"}, []uuid.UUID{childID},
				events.Secret("s"), ""}, []any{w.Number, w.URL, w.Types, w.Users, w.Secret, w.Disabled})
			is.Equal([]uint64{w.Version, w.Version}, []uint64{w.Created, w.Since})
			is.Len(d.Webhooks(), 2)
		}},
		{hookID, events.WebhookUpdated{URL: the("https://c.example"), Types: &[]string{"UserDeleted"},
			Users: &[]uuid.UUID{childID}}, func(is is, d dir) {
			w := d.Webhook(hookID)
			is.Equal([]any{"https://c.example", []string{"UserDeleted"}, []uuid.UUID{childID}},
				[]any{w.URL, w.Types, w.Users})
			is.Equal(w.Version, w.Since)
			is.Less(w.Created, w.Since)
		}},
		{hookID, events.WebhookSecretRotated{Secret: "n", OldUntil: firstDay.Add(time.Hour)}, func(is is, d dir) {
			is.Equal([]events.Secret{"n", "s"}, d.Webhook(hookID).Secrets(firstDay))
			is.Equal([]events.Secret{"n"}, d.Webhook(hookID).Secrets(firstDay.Add(time.Hour)))
		}},
		{hookID, events.WebhookDisabled{Reason: "gone"},
			func(is is, d dir) { is.Equal("gone", d.Webhook(hookID).Disabled) }},
		{hookID, events.WebhookEnabled{}, func(is is, d dir) {
			is.Empty(d.Webhook(hookID).Disabled)
			is.Equal(d.Webhook(hookID).Version, d.Webhook(hookID).Since)
		}},
		{hookID, events.WebhookDeleted{}, func(is is, d dir) { is.Empty(d.Webhooks()) }},
		{freshID, events.SubscriptionCreated{Number: 2, Name: "billing", Types: []string{"UserCreated"},
			Aggregates: []string{"user"},
			Start:      events.SubscriptionStart{Sequence: 7}, SecretHash: "s"}, func(is is, d dir) {
			s := d.SubscriptionByName("billing")
			is.Equal(d.Subscription(freshID), s)
			is.Equal([]any{int64(2), "billing", []string{"UserCreated"}, []string{"user"},
				events.SubscriptionStart{Sequence: 7}, events.Secret("s"), s.Version},
				[]any{s.Number, s.Name, s.Types, s.Aggregates, s.Start, s.SecretHash, s.Created})
			is.Len(d.Subscriptions(), 2)
		}},
		{crmID, events.SubscriptionSecretRotated{SecretHash: "n"}, func(is is, d dir) {
			is.Equal(events.Secret("n"), d.Subscription(crmID).SecretHash)
			is.Less(d.Subscription(crmID).Created, d.Subscription(crmID).Version)
		}},
		{crmID, events.SubscriptionDeleted{},
			func(is is, d dir) { is.Empty(d.Subscriptions()); is.Nil(d.SubscriptionByName("crm")) }},
		{syncID, events.ApplicationDeleted{}, func(is is, d dir) { is.Nil(d.ApplicationByAppID(appID)) }},
	} {
		out[e.event.Type()] = e
	}
	return out
}

func TestDirectoryEvolves(t *testing.T) {
	for name, e := range directoryEffects() {
		t.Run(name, func(t *testing.T) {
			is := require.New(t)
			given := and(firm(), fact{acmeID, events.ClientBlocked{}},
				fact{hookID, events.WebhookDisabled{Reason: "failing"}})
			switch e.event.(type) {
			case events.ClientBlocked, events.WebhookDisabled:
				given = firm()
			}
			before, same := directoryOf(given), directoryOf(given)
			r := records(and(given, fact{e.id, e.event}))[len(given)]
			e.check(is, before.Evolve(r))
			is.Equal(picture(same), picture(before), "the Directory before was changed")
			is.Equal(picture(before.Evolve(r)),
				picture(before.Evolve(r).Evolve(events.Record{Aggregate: r.Aggregate, Sequence: 99, Erased: true})))
			if v := before.Evolve(r); e.id != freshID && len(picture(v)) == len(picture(before)) {
				is.NotEqual(picture(before), picture(v), "the version stays")
			}
		})
	}
}

// picture is everything in the Directory, for comparing.
func picture(d *commands.Directory) (out []any) {
	for _, e := range d.Datacenters() {
		out = append(out, *e)
	}
	for _, e := range d.Groups() {
		out = append(out, *e)
	}
	for _, e := range d.Clients() {
		out = append(out, *e)
	}
	for _, e := range d.Applications() {
		out = append(out, *e)
	}
	for _, e := range d.Webhooks() {
		out = append(out, *e)
	}
	for _, e := range d.Subscriptions() {
		out = append(out, *e)
	}
	return out
}

func TestDirectoryFindsWhatThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := map[uuid.UUID]string{}
		d, sequence := commands.NewDirectory(), uint64(0)
		apply := func(id uuid.UUID, e events.Event) {
			sequence++
			d = d.Evolve(events.Record{Sequence: sequence, Time: firstDay.Add(time.Duration(sequence)),
				Aggregate: events.Datacenter(id), Event: e})
		}
		for n := range rapid.IntRange(1, 60).Draw(t, "steps") {
			id := uuid.NewSHA1(uuid.Nil, []byte{byte(rapid.IntRange(0, 12).Draw(t, "id"))})
			name := fmt.Sprintf("Name%d", n)
			switch _, there := names[id]; {
			case !there:
				names[id] = name
				apply(id, events.DatacenterCreated{Number: int64(n + 1), Name: name})
			case rapid.Bool().Draw(t, "delete"):
				delete(names, id)
				apply(id, events.DatacenterDeleted{})
			default:
				names[id] = name
				apply(id, events.DatacenterUpdated{Name: &name})
			}
		}
		require.Len(t, d.Datacenters(), len(names))
		for id, name := range names {
			require.Equal(t, name, d.Datacenter(id).Name)
			require.Same(t, d.Datacenter(id), d.DatacenterByName(name))
		}
	})
}

// TestAttachmentMovesTheGroup finds a group's version where its datacenters last changed, and nowhere else.
func TestAttachmentMovesTheGroup(t *testing.T) {
	facts := firm()
	version := func() uint64 { return directoryOf(facts).Group(staffID).Version }
	for _, step := range []struct {
		fact
		moves bool
	}{
		{fact{northID, events.DatacenterUpdated{Public: the(true)}}, false},
		{fact{northID, events.DatacenterUpdated{Groups: &[]uuid.UUID{staffID, freshID}}}, false},
		{fact{northID, events.DatacenterUpdated{Groups: &[]uuid.UUID{}}}, true},
		{fact{northID, events.DatacenterUpdated{Groups: &[]uuid.UUID{staffID}}}, true},
		{fact{freshID, events.DatacenterCreated{Number: 2, Name: "South", Groups: []uuid.UUID{staffID}}}, true},
		{fact{freshID, events.DatacenterDeleted{}}, true},
	} {
		before := version()
		facts = and(facts, step.fact)
		if step.moves {
			before = uint64(len(facts))
		}
		require.Equal(t, before, version(), step.event)
	}
}
