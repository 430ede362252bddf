package commands_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

var (
	southID    = uuid.MustParse("00000000-0000-4000-8000-0000000000d2")
	managersID = uuid.MustParse("00000000-0000-4000-8000-0000000000d3") // user_admin and admin, attached to the north
	helpersID  = uuid.MustParse("00000000-0000-4000-8000-0000000000d4") // bound to the north, attached there
	spareID    = uuid.MustParse("00000000-0000-4000-8000-0000000000d5") // bound to nothing, attached nowhere
	chiefID    = uuid.MustParse("00000000-0000-4000-8000-000000000011")
	workerID   = uuid.MustParse("00000000-0000-4000-8000-000000000012")
	farID      = uuid.MustParse("00000000-0000-4000-8000-000000000013")
)

// provider is a history with a user admin of the north, users of the north and the south, and a super admin.
func provider() []fact {
	north := func(e *events.UserCreated) { e.Datacenter = northID }
	return []fact{
		{adminID, created(1, "admin", func(e *events.UserCreated) { e.SuperAdmin = true })},
		{managersID, events.GroupCreated{Number: 1, Name: "managers", Permissions: []string{"user_admin", "admin"}}},
		{helpersID, events.GroupCreated{Number: 2, Name: "helpers", Datacenter: northID,
			Permissions: []string{"user_admin"}}},
		{spareID, events.GroupCreated{Number: 3, Name: "spare"}},
		{northID, events.DatacenterCreated{Number: 1, Name: "north", Groups: []uuid.UUID{managersID, helpersID}}},
		{southID, events.DatacenterCreated{Number: 2, Name: "south", Owner: adminID}},
		{chiefID, created(2, "boss", func(e *events.UserCreated) { e.Groups = []uuid.UUID{managersID} })},
		{workerID, created(3, "worker", north)},
		{farID, created(4, "far", func(e *events.UserCreated) { e.Datacenter = southID })},
	}
}

func TestUserAdmins(t *testing.T) {
	boss := by(chiefID, "")
	off := commands.UpdateUser{ID: workerID, Active: new(bool)}
	groups := func(id uuid.UUID, of ...uuid.UUID) commands.UpdateUser {
		return commands.UpdateUser{ID: id, Membership: events.MembershipChanged{Groups: &of}}
	}
	ask := func(with func(*events.UserCreated)) commands.CreateUser {
		e := events.UserCreated{Username: "new", Email: "new@example.org", Active: true, Datacenter: northID,
			APIAccess: true}
		with(&e)
		return commands.CreateUser{ID: freshID, User: e}
	}
	made := func(groups []uuid.UUID) []events.Event {
		return []events.Event{events.UserCreated{Number: 5, Username: "new", Email: "new@example.org", Active: true,
			Datacenter: northID, APIAccess: true, State: commands.StateCreated, Groups: groups}}
	}
	worker := func(more ...events.Event) []fact {
		out := provider()
		for _, e := range more {
			out = append(out, fact{workerID, e})
		}
		return out
	}
	run(t, []scenario{
		{name: "a user admin manages the users of the datacenter", given: provider(), actor: boss, when: off,
			then: []events.Event{events.UserDisabled{}}},
		{name: "not those of another", given: provider(), actor: boss, when: commands.DeleteUser{ID: farID},
			no: "user_not_found"},
		{name: "nor by a credential that only reads", given: provider(), actor: by(chiefID, "read"), when: off,
			no: "not_allowed"},
		{name: "nor a super admin", given: worker(events.RightsChanged{SuperAdmin: the(true)}), actor: boss, when: off,
			no: "not_allowed"},
		{name: "an ordinary user manages nobody", given: provider(), actor: by(workerID, ""),
			when: commands.DeleteUser{ID: farID}, no: "user_not_found"},
		{name: "user_admin alone is not enough",
			given: worker(events.MembershipChanged{Groups: &[]uuid.UUID{helpersID}}), actor: by(workerID, ""),
			when: commands.UpdateUser{ID: workerID, Active: new(bool)}, no: "not_allowed"},
		{name: "user_admin and owning the datacenter is",
			given: and(worker(events.MembershipChanged{Groups: &[]uuid.UUID{helpersID}}),
				fact{northID, events.DatacenterUpdated{Owner: &workerID}}), actor: by(workerID, ""),
			when: commands.UpdateUser{ID: workerID, Rights: events.RightsChanged{APIAccess: the(true)}},
			then: []events.Event{events.RightsChanged{APIAccess: the(true)}}},
		{name: "a disabled user admin does nothing", given: and(provider(), fact{chiefID, events.UserDisabled{}}),
			actor: boss, when: off, no: "account_inactive"},

		{name: "a credential that only reads gives its owner no password", given: provider(),
			actor: by(chiefID, "read"),
			when:  commands.UpdateUser{ID: chiefID, PasswordHash: the(events.Secret("h"))}, no: "not_allowed"},
		{name: "nor one that may do nothing with users", given: provider(), actor: by(chiefID, "none"),
			when: commands.UpdateUser{ID: chiefID, PasswordHash: the(events.Secret("h"))}, no: "not_allowed"},
		{name: "nor a key without bounds", given: provider(), actor: by(chiefID, "read"),
			when: commands.AddAPIKey{ID: chiefID, Key: events.APIKey{ID: apiKeyID, Hash: "h"}}, no: "not_allowed"},
		{name: "nor does it take away the second factor",
			given: and(provider(), fact{chiefID, events.TOTPEnrolled{Secret: "s"}}), actor: by(chiefID, "none"),
			when: commands.RemoveTOTP{ID: chiefID}, no: "not_allowed"},

		{name: "the datacenter's own groups are given", given: provider(), actor: boss,
			when: groups(workerID, helpersID),
			then: []events.Event{events.MembershipChanged{Groups: &[]uuid.UUID{helpersID}}}},
		{name: "not others", given: provider(), actor: boss, when: groups(workerID, spareID), no: "group_unbound"},
		{name: "nor oneself any", given: provider(), actor: boss, when: groups(chiefID, managersID, helpersID),
			no: "not_allowed"},
		{name: "nor a datacenter", given: provider(), actor: boss,
			when: commands.UpdateUser{ID: workerID, Membership: events.MembershipChanged{Datacenter: &uuid.Nil}},
			no:   "not_allowed"},
		{name: "nor the rights of a super admin", given: provider(), actor: boss,
			when: commands.UpdateUser{ID: workerID, Rights: events.RightsChanged{SuperAdmin: the(true)}},
			no:   "not_allowed"},
		{name: "who administers more is left alone", actor: boss, when: off,
			given: and(worker(events.MembershipChanged{Groups: &[]uuid.UUID{spareID}}),
				fact{spareID, events.GroupUpdated{Permissions: &[]string{"user_admin", "admin"}}},
				fact{southID, events.DatacenterUpdated{Groups: &[]uuid.UUID{spareID}}}), no: "not_allowed"},

		{name: "nor a member of a client", given: and(provider(),
			fact{acmeID, events.ClientCreated{Number: 1, Name: "Acme"}},
			fact{workerID, events.MembershipChanged{Client: the(int64(1)), Access: the("full")}}), actor: boss,
			when: off, no: "not_allowed"},

		{name: "a user admin makes users of the datacenter", given: provider(), actor: boss,
			when: ask(func(*events.UserCreated) {}), then: made(nil)},
		{name: "in its groups", given: provider(), actor: boss,
			when: ask(func(e *events.UserCreated) { e.Groups = []uuid.UUID{helpersID} }),
			then: made([]uuid.UUID{helpersID})},
		{name: "not in others", given: provider(), actor: boss,
			when: ask(func(e *events.UserCreated) { e.Groups = []uuid.UUID{managersID} }), no: "group_unbound"},
		{name: "not of another datacenter", given: provider(), actor: boss,
			when: ask(func(e *events.UserCreated) { e.Datacenter = southID }), no: "not_allowed"},
		{name: "not of none", given: provider(), actor: boss,
			when: ask(func(e *events.UserCreated) { e.Datacenter = uuid.Nil }), no: "not_allowed"},
		{name: "not a super admin", given: provider(), actor: boss,
			when: ask(func(e *events.UserCreated) { e.SuperAdmin = true }), no: "not_allowed"},
		{name: "not of a client", given: and(provider(), fact{acmeID, events.ClientCreated{Number: 1, Name: "Acme"}}),
			actor: boss, when: ask(func(e *events.UserCreated) { e.Client = 1 }), no: "not_allowed"},

		{name: "a bound user is no super admin", given: provider(), actor: by(adminID, ""),
			when: commands.UpdateUser{ID: workerID, Rights: events.RightsChanged{SuperAdmin: the(true)}},
			no:   "super_admin_bound"},
		{name: "and in no group of another datacenter", given: provider(), actor: by(adminID, ""),
			when: groups(farID, helpersID), no: "group_elsewhere"},
		{name: "an owner of a datacenter is not deleted",
			given: and(provider(), fact{southID, events.DatacenterUpdated{Owner: &farID}}), actor: by(adminID, ""),
			when: commands.DeleteUser{ID: farID}, no: "owns_datacenters"},
	})
}

func TestUserAdminsSeeTheirUsers(t *testing.T) {
	s := statesOf(t, provider())
	sees := func(a commands.Actor, id uuid.UUID) bool { return commands.VisibleUsers(s, a).Sees(s.User(id)) }
	require.True(t, sees(by(chiefID, ""), workerID))
	require.True(t, sees(by(chiefID, "read"), workerID))
	require.False(t, sees(by(chiefID, "write"), workerID))
	require.False(t, sees(by(chiefID, "none"), workerID))
	require.False(t, sees(by(chiefID, ""), farID))
	require.False(t, sees(by(workerID, ""), chiefID))
	require.Equal(t, []uuid.UUID{northID}, commands.AdministeredDatacenters(s, by(chiefID, "")))
	require.Empty(t, commands.AdministeredDatacenters(s, by(adminID, "")))
}

// TestParentsGainNothing: who made an account does not get the rights that a super admin gave it later.
func TestParentsGainNothing(t *testing.T) {
	given := and(provider(), fact{workerID, events.MembershipChanged{Groups: &[]uuid.UUID{managersID}}},
		fact{childID, created(5, "child", func(e *events.UserCreated) {
			e.Parent, e.Groups = strangerID,
				[]uuid.UUID{managersID}
		})}, fact{strangerID, created(6, "stranger", nil)})
	s := statesOf(t, given)
	_, err := commands.Decide(s, by(strangerID, "all"),
		commands.UpdateUser{ID: childID, PasswordHash: the(events.Secret("h"))})
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "not_allowed", refusal.Reason)
	require.False(t, commands.SeesSecrets(s, by(strangerID, "all"), s.User(childID), events.Permissions{}))
}

func TestReplacedKeys(t *testing.T) {
	old := events.APIKey{ID: apiKeyID, Kind: commands.KeyDanube, Hash: "old", Secret: "1"}
	other := events.APIKey{ID: group, Kind: "native", Hash: "other"}
	fresh := events.APIKey{ID: freshID, Kind: commands.KeyDanube, Hash: "fresh", Secret: "2"}
	given := and(provider(), fact{workerID, events.APIKeyAdded{APIKey: old}},
		fact{workerID, events.APIKeyAdded{APIKey: other}})
	change := commands.UpdateUser{ID: workerID, APIKey: &fresh, CallbackKey: the(events.Secret("c"))}
	run(t, []scenario{
		{name: "a key takes the place of that of its kind", given: given, actor: by(workerID, ""), when: change,
			then: []events.Event{events.APIKeyRevoked{ID: apiKeyID}, events.APIKeyAdded{APIKey: fresh},
				events.CallbackKeySet{Secret: "c"}}},
		{name: "a user admin does so, too", given: provider(), actor: by(chiefID, ""), when: change,
			then: []events.Event{events.APIKeyAdded{APIKey: fresh}, events.CallbackKeySet{Secret: "c"}}},
		{name: "nobody else", given: given, actor: by(farID, ""), when: change, no: "user_not_found"},
		{name: "permissions are a super admin's to give", given: given, actor: by(workerID, ""),
			when: commands.UpdateUser{ID: workerID, APIKey: &events.APIKey{ID: freshID, Hash: "x",
				Permissions: events.Permissions{Users: "all"}}}, no: "not_allowed"},
		{name: "a key that there is", given: given, actor: by(workerID, ""),
			when: commands.UpdateUser{ID: workerID, APIKey: &other}, no: "api_key_taken"},
	})
}

func TestSSHKeyLimit(t *testing.T) {
	given := and(provider(), fact{workerID, events.SSHKeyAdded{Number: 1, Title: "one"}})
	run(t, []scenario{{name: "an API may allow fewer", given: given, actor: by(workerID, ""),
		when: commands.AddSSHKey{ID: workerID, Title: "two", Key: edKey, Limit: 1}, no: "too_many"}})
}
