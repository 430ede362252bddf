package commands_test

import (
	"testing"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

func TestDatacenters(t *testing.T) {
	admin, have := by(adminID, ""), and(family(), firm()...)
	taken := and(have, fact{freshID, events.DatacenterCreated{Number: 2, Name: "South"}})
	member := and(have, fact{childID, events.MembershipChanged{Datacenter: &northID}})
	second := and(taken, fact{staffID, events.GroupUpdated{Datacenter: &freshID}})
	run(t, []scenario{
		{name: "a super admin makes one", given: have, actor: admin,
			when: commands.CreateDatacenter{ID: freshID, Datacenter: events.DatacenterCreated{Number: 9, Name: "South",
				Owner: childID, Groups: []uuid.UUID{staffID}}},
			then: []events.Event{events.DatacenterCreated{Number: 2, Name: "South", Owner: childID,
				Groups: []uuid.UUID{staffID}}}},
		{name: "nobody else does", given: have, actor: by(parentID, "all"), when: commands.CreateDatacenter{ID: freshID,
			Datacenter: events.DatacenterCreated{Name: "x"}}, no: "not_allowed"},
		{name: "nor a credential that only reads", given: have, actor: by(adminID, "read"),
			when: commands.CreateDatacenter{ID: freshID, Datacenter: events.DatacenterCreated{Name: "x"}},
			no:   "not_allowed"},
		{name: "it needs a name", given: have, actor: admin, when: commands.CreateDatacenter{ID: freshID},
			no: "name_required"},
		{name: "names are unique, folded", given: have, actor: admin, when: commands.CreateDatacenter{ID: freshID,
			Datacenter: events.DatacenterCreated{Name: "NORTH"}}, no: "datacenter_name_taken"},
		{name: "its owner exists", given: have, actor: admin, when: commands.CreateDatacenter{ID: freshID,
			Datacenter: events.DatacenterCreated{Name: "x", Owner: freshID}}, no: "user_not_found"},
		{name: "its groups exist", given: have, actor: admin, when: commands.UpdateDatacenter{ID: northID,
			Change: events.DatacenterUpdated{Groups: &[]uuid.UUID{freshID}}}, no: "group_not_found"},
		{name: "its groups are named once", given: have, actor: admin, when: commands.UpdateDatacenter{ID: northID,
			Change: events.DatacenterUpdated{Groups: &[]uuid.UUID{staffID, staffID}}}, no: "repeated"},
		{name: "one is renamed in another case", given: have, actor: admin, when: commands.UpdateDatacenter{ID: northID,
			Change: events.DatacenterUpdated{Name: the("NORTH")}},
			then: []events.Event{events.DatacenterUpdated{Name: the("NORTH")}}},
		{name: "what is so already changes nothing", given: have, actor: admin,
			when: commands.UpdateDatacenter{ID: northID, Change: events.DatacenterUpdated{Name: the("North"),
				Public: the(false), Groups: &[]uuid.UUID{staffID}}}},
		{name: "an unknown one", given: have, actor: admin, when: commands.UpdateDatacenter{ID: freshID},
			no: "datacenter_not_found"},
		{name: "of another version", given: have, actor: admin,
			when: commands.OnVersion{Command: commands.UpdateDatacenter{ID: northID,
				Change: events.DatacenterUpdated{Public: the(true)}}, Version: 4}, no: "version_differs"},
		{name: "of that version", given: have, actor: admin,
			when: commands.OnVersion{Command: commands.UpdateDatacenter{ID: northID,
				Change: events.DatacenterUpdated{Public: the(true)}}, Version: 5},
			then: []events.Event{events.DatacenterUpdated{Public: the(true)}}},
		{name: "the main one stays", given: have, actor: admin, when: commands.DeleteDatacenter{ID: northID},
			no: "protected"},
		{name: "one ends", given: taken, actor: admin, when: commands.DeleteDatacenter{ID: freshID},
			then: []events.Event{events.DatacenterDeleted{}}},
		{name: "not with users bound to it", given: and(taken,
			fact{childID, events.MembershipChanged{Datacenter: &freshID}}), actor: admin,
			when: commands.DeleteDatacenter{ID: freshID}, no: "has_members"},
		{name: "not with groups bound to it", given: second, actor: admin, when: commands.DeleteDatacenter{ID: freshID},
			no: "has_groups"},
		{name: "users are bound to what exists", given: have, actor: admin,
			when: commands.UpdateUser{ID: childID, Membership: events.MembershipChanged{Datacenter: &northID}},
			// which its parent was shown
			then: []events.Event{events.MembershipChanged{Datacenter: &northID},
				events.SigningKeyRemoved{ID: "AKchild"}}},
		{name: "not to what does not", given: member, actor: admin,
			when: commands.UpdateUser{ID: childID, Membership: events.MembershipChanged{Datacenter: &freshID}},
			no:   "datacenter_not_found"},
	})
}

func TestGroups(t *testing.T) {
	admin, have := by(adminID, ""), and(family(), firm()...)
	run(t, []scenario{
		{name: "one is made and attached", given: have, actor: admin,
			when: commands.CreateGroup{ID: freshID, Group: events.GroupCreated{Name: "Crew", Datacenter: northID,
				Permissions: []string{"user_admin"}}, Datacenters: []uuid.UUID{northID}},
			then: []events.Event{events.GroupCreated{Number: 2, Name: "Crew", Datacenter: northID,
				Permissions: []string{"user_admin"}},
				events.DatacenterUpdated{Groups: &[]uuid.UUID{staffID, freshID}}}},
		{name: "by nobody but a super admin", given: have, actor: by(childID, "all"),
			when: commands.CreateGroup{ID: freshID, Group: events.GroupCreated{Name: "x"}}, no: "not_allowed"},
		{name: "names are unique", given: have, actor: admin,
			when: commands.CreateGroup{ID: freshID, Group: events.GroupCreated{Name: "staff"}}, no: "group_name_taken"},
		{name: "bound to what exists", given: have, actor: admin,
			when: commands.CreateGroup{ID: freshID, Group: events.GroupCreated{Name: "x", Datacenter: freshID}},
			no:   "datacenter_not_found"},
		{name: "attached to what exists", given: have, actor: admin,
			when: commands.UpdateGroup{ID: staffID, Datacenters: &[]uuid.UUID{freshID}}, no: "datacenter_not_found"},
		{name: "permissions are words", given: have, actor: admin,
			when: commands.UpdateGroup{ID: staffID, Change: events.GroupUpdated{Permissions: &[]string{"No Word"}}},
			no:   "permissions_invalid"},
		{name: "one is changed and detached", given: have, actor: admin,
			when: commands.UpdateGroup{ID: staffID, Change: events.GroupUpdated{Name: the("Crew"),
				Permissions: &[]string{"admin"}}, Datacenters: &[]uuid.UUID{}},
			then: []events.Event{events.GroupUpdated{Name: the("Crew")},
				events.DatacenterUpdated{Groups: &[]uuid.UUID{}}}},
		{name: "permissions are taken", given: have, actor: admin,
			when: commands.UpdateGroup{ID: staffID, Change: events.GroupUpdated{Permissions: new([]string)}},
			then: []events.Event{events.GroupUpdated{Permissions: &[]string{}}}},
		{name: "one that is attached already", given: have, actor: admin,
			when: commands.UpdateGroup{ID: staffID, Datacenters: &[]uuid.UUID{northID}}},
		{name: "not when it was detached meanwhile",
			given: and(have, fact{northID, events.DatacenterUpdated{Groups: &[]uuid.UUID{}}}), actor: admin,
			when: commands.OnVersion{Command: commands.UpdateGroup{ID: staffID, Datacenters: &[]uuid.UUID{}},
				Version: statesOf(t, have).Directory().Group(staffID).Version}, no: "version_differs"},
		{name: "an unknown one", given: have, actor: admin, when: commands.DeleteGroup{ID: freshID},
			no: "group_not_found"},
		{name: "one ends and is detached", given: have, actor: admin, when: commands.DeleteGroup{ID: staffID},
			then: []events.Event{events.DatacenterUpdated{Groups: &[]uuid.UUID{}}, events.GroupDeleted{}}},
		{name: "not with members", given: and(have,
			fact{childID, events.MembershipChanged{Groups: &[]uuid.UUID{staffID}}}), actor: admin,
			when: commands.DeleteGroup{ID: staffID}, no: "has_members"},
	})
}

func TestClients(t *testing.T) {
	admin := by(adminID, "")
	have := and(and(family(), firm()...), fact{freshID, events.ClientCreated{Number: 2, Name: "Other"}})
	run(t, []scenario{
		{name: "one is made", given: have, actor: admin, when: commands.CreateClient{ID: parentID,
			Client: events.ClientCreated{Name: "Acme", Timezone: "UTC", Blocked: true}},
			then: []events.Event{events.ClientCreated{Number: 3, Name: "Acme", Timezone: "UTC", Blocked: true}}},
		{name: "by nobody but a super admin", given: have, actor: by(childID, "all"),
			when: commands.CreateClient{ID: parentID, Client: events.ClientCreated{Name: "x"}}, no: "not_allowed"},
		{name: "with a zone that exists", given: have, actor: admin, when: commands.CreateClient{ID: parentID,
			Client: events.ClientCreated{Name: "x", Timezone: "Mars/Base"}}, no: "timezone_invalid"},
		{name: "one is changed and blocked", given: have, actor: admin, when: commands.UpdateClient{ID: freshID,
			Change: events.ClientUpdated{Name: the("New"), Timezone: the("")}, Blocked: the(true)},
			then: []events.Event{events.ClientUpdated{Name: the("New")}, events.ClientBlocked{}}},
		{name: "one is unblocked", given: and(have, fact{freshID, events.ClientBlocked{}}), actor: admin,
			when: commands.UpdateClient{ID: freshID, Blocked: the(false)},
			then: []events.Event{events.ClientUnblocked{}}},
		{name: "the main one is not blocked", given: have, actor: admin,
			when: commands.UpdateClient{ID: acmeID, Blocked: the(true)}, no: "protected"},
		{name: "an unknown one", given: have, actor: admin, when: commands.UpdateClient{ID: northID},
			no: "client_not_found"},
		{name: "one ends", given: have, actor: admin, when: commands.DeleteClient{ID: freshID},
			then: []events.Event{events.ClientDeleted{}}},
		{name: "the main one does not", given: have, actor: admin, when: commands.DeleteClient{ID: acmeID},
			no: "protected"},
		{name: "not with members", given: and(have, fact{childID, events.MembershipChanged{Client: the(int64(2))}}),
			actor: admin, when: commands.DeleteClient{ID: freshID}, no: "has_members"},
		{name: "not with applications", given: and(have,
			fact{parentID, events.ApplicationCreated{Number: 2, AppID: "b", Client: 2}}), actor: admin,
			when: commands.DeleteClient{ID: freshID}, no: "has_applications"},
		{name: "users are of a client that exists", given: have, actor: admin,
			when: commands.UpdateUser{ID: childID, Membership: events.MembershipChanged{Client: the(int64(2)),
				Access: the("full")}},
			then: []events.Event{events.MembershipChanged{Client: the(int64(2)), Access: the("full")},
				events.SigningKeyRemoved{ID: "AKchild"}}}, // which the parent was shown
	})
}

func TestApplications(t *testing.T) {
	admin := by(adminID, "")
	have := and(and(family(), firm()...), fact{childID, events.MembershipChanged{Client: the(int64(1))}})
	app := func(with func(*events.ApplicationCreated)) commands.CreateApplication {
		e := events.ApplicationCreated{Name: "A", AppID: "fedcba9876543210fedcba9876543210", SecretHash: "s",
			User: childID, Client: 1, Kind: "public",
			Access: "all", RedirectURIs: []string{"https://example.org/back"}}
		if with != nil {
			with(&e)
		}
		return commands.CreateApplication{ID: freshID, Application: e}
	}
	redirecting := func(uri string) commands.CreateApplication {
		return app(func(e *events.ApplicationCreated) { e.RedirectURIs = []string{uri} })
	}
	made := app(func(e *events.ApplicationCreated) { e.Number = 2 }).Application
	run(t, []scenario{
		{name: "one is made", given: have, actor: admin, when: app(nil), then: []events.Event{made}},
		{name: "by nobody but a super admin", given: have, actor: by(childID, "all"), when: app(nil),
			no: "not_allowed"},
		{name: "with an id of its own", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.AppID = appID }), no: "app_id_taken"},
		{name: "that is 32 hex digits", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.AppID = "x" }), no: "app_id_invalid"},
		{name: "and a secret", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.SecretHash = "" }), no: "app_id_invalid"},
		{name: "of a kind that there is", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.Kind = "x" }), no: "type_invalid"},
		{name: "with an access that there is", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.Access = "x" }), no: "access_invalid"},
		{name: "for a client that exists", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.Client = 7 }), no: "client_not_found"},
		{name: "for a user who exists", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.User = freshID }), no: "user_not_found"},
		{name: "who is a member", given: have, actor: admin,
			when: app(func(e *events.ApplicationCreated) { e.User = strangerID }), no: "user_invalid"},
		{name: "redirecting to an app's own scheme", given: have, actor: admin,
			when: redirecting("com.example.app:/back"),
			then: []events.Event{redirectedTo(made, "com.example.app:/back")}},
		{name: "not to a relative address", given: have, actor: admin, when: redirecting("/back"),
			no: "redirect_uris_invalid"},
		{name: "not with a fragment", given: have, actor: admin, when: redirecting("https://a/#b"),
			no: "redirect_uris_invalid"},
		{name: "not to a script", given: have, actor: admin, when: redirecting("javascript:alert(1)"),
			no: "redirect_uris_invalid"},
		{name: "not with a password inside", given: have, actor: admin, when: redirecting("https://a:b@c/"),
			no: "redirect_uris_invalid"},
		{name: "one is changed", given: have, actor: admin, when: commands.UpdateApplication{ID: syncID,
			Change: events.ApplicationUpdated{Name: the("Sync"), Access: the("call_api")}},
			then: []events.Event{events.ApplicationUpdated{Access: the("call_api")}}},
		{name: "what is so already changes nothing", given: have, actor: admin,
			when: commands.UpdateApplication{ID: syncID, Change: events.ApplicationUpdated{Name: the("Sync")}}},
		{name: "a new secret", given: have, actor: admin, when: commands.RotateApplicationSecret{ID: syncID,
			SecretHash: "n"}, then: []events.Event{events.ApplicationSecretRotated{SecretHash: "n"}}},
		{name: "one ends", given: have, actor: admin, when: commands.DeleteApplication{ID: syncID},
			then: []events.Event{events.ApplicationDeleted{}}},
		{name: "an unknown one", given: have, actor: admin, when: commands.DeleteApplication{ID: freshID},
			no: "application_not_found"},
	})
}

func redirectedTo(e events.ApplicationCreated, uri string) events.ApplicationCreated {
	e.RedirectURIs = []string{uri}
	return e
}
