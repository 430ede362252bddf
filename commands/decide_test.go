package commands_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
)

const (
	edKey    = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN me@home"
	edMD5    = "ff:5e:17:02:2b:60:e9:3b:98:31:95:0a:49:84:29:05"
	edSHA256 = "SHA256:UEINCJfumY/A9o+fByiNaS8ECmQxHtIwWz3S9f7TEq8"
)

// scenario reads: given this history, when this actor asks for this, then these facts or this refusal.
type scenario struct {
	name  string
	given []fact
	actor commands.Actor
	when  commands.Command
	then  []events.Event
	no    string // the refusal's reason
}

func run(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			states := statesOf(t, s.given)
			drafts, err := commands.Decide(states, granted(states, s.actor), s.when)
			if s.no != "" {
				var refusal *commands.Refusal
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, s.no, refusal.Reason)
				require.Empty(t, drafts)
				return
			}
			require.NoError(t, err)
			var got []events.Event
			for _, d := range drafts {
				require.Equal(t, fact{d.Aggregate.ID, d.Event}.aggregate(), d.Aggregate)
				if d.Aggregate.Kind != events.KindDatacenter { // to which a group's command may attach it
					require.Equal(t, s.when.Of().ID, d.Aggregate.ID)
				}
				requireStorable(t, d.Event)
				got = append(got, d.Event)
			}
			require.Equal(t, s.then, got)
		})
	}
}

// requireStorable wants the log to give back what the event says: a list that was cleared is not one that did not
// change.
func requireStorable(t *testing.T, e events.Event) {
	t.Helper()
	written, err := json.Marshal(e)
	require.NoError(t, err)
	read, err := events.Unmarshal(e.Type(), written)
	require.NoError(t, err)
	again, err := json.Marshal(read)
	require.NoError(t, err)
	require.Equal(t, string(written), string(again))
}

func TestCreateUser(t *testing.T) {
	ask := func(with func(*events.UserCreated)) commands.CreateUser {
		e := events.UserCreated{Email: "Jan.Kowalski@example.org", FirstName: "Jan", LastName: "Kowalski", Active: true}
		if with != nil {
			with(&e)
		}
		return commands.CreateUser{ID: freshID, User: e}
	}
	then := func(with func(*events.UserCreated)) []events.Event {
		e := events.UserCreated{Number: 5, Username: "jan.kowalski", Email: "Jan.Kowalski@example.org",
			FirstName: "Jan", LastName: "Kowalski", Active: true, State: commands.StateCreated}
		if with != nil {
			with(&e)
		}
		return []events.Event{e}
	}
	admin := by(adminID, "")
	run(t, []scenario{
		{name: "a username is made from the address", given: family(), actor: admin, when: ask(nil), then: then(nil)},
		{name: "a taken made username gets a number",
			given: and(family(), fact{uuid.New(),
				created(9, "jan.kowalski", func(e *events.UserCreated) { e.Email = "other@example.org" })}),
			actor: admin, when: ask(nil), then: then(func(e *events.UserCreated) {
				e.Number, e.Username = 10,
					"jan.kowalski2"
			})},
		{name: "a short local part is filled up", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Email = "jo@example.org" }),
			then: then(func(e *events.UserCreated) { e.Email, e.Username = "jo@example.org", "user-jo" })},
		{name: "marks and plus signs are folded away", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Email = "Żółw+news_@example.org" }),
			then: then(func(e *events.UserCreated) { e.Email, e.Username = "Żółw+news_@example.org", "zow-news" })},
		{name: "a name given as one text is split", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) {
				e.FirstName, e.LastName, e.DisplayName = "", "",
					"Jan van der Berg"
			}), then: then(func(e *events.UserCreated) {
				e.FirstName, e.LastName, e.DisplayName = "Jan", "van der Berg", "Jan van der Berg"
			})},
		{name: "a number that was deleted is not given again",
			given: and(family(), fact{strangerID, events.UserDeleted{}}),
			actor: admin, when: ask(nil), then: then(nil)},
		{name: "a name that was deleted is", given: and(family(), fact{strangerID, events.UserDeleted{}}), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Username, e.Email = "stranger", "stranger@example.org" }),
			then: then(func(e *events.UserCreated) { e.Username, e.Email = "stranger", "stranger@example.org" })},
		{name: "an empty profile is none", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Profile = &events.Profile{} }), then: then(nil)},
		{name: "a key that may write users makes children", given: family(), actor: by(parentID, commands.LevelWrite),
			when: ask(nil), then: then(func(e *events.UserCreated) { e.Parent = parentID })},
		{name: "the service makes orphans", given: family(), actor: commands.Service(), when: ask(nil),
			then: then(func(e *events.UserCreated) { e.Parent = uuid.Nil })},

		{name: "an ordinary key may not", given: family(), actor: by(parentID, ""), when: ask(nil), no: "not_allowed"},
		{name: "a super admin's reading key may not", given: family(), actor: by(adminID, commands.LevelRead),
			when: ask(nil), no: "not_allowed"},
		{name: "a writing key makes no super admins", given: family(), actor: by(parentID, commands.LevelAll),
			when: ask(func(e *events.UserCreated) { e.SuperAdmin = true }), no: "not_allowed"},
		{name: "nor keys with permissions", given: family(), actor: by(parentID, commands.LevelAll),
			when: ask(func(e *events.UserCreated) {
				e.SigningKeys = []events.SigningKey{{ID: "AKX", Secret: "s",
					Permissions: events.Permissions{Users: "all"}}}
			}), no: "not_allowed"},
		{name: "a disabled user may not", given: and(family(), fact{parentID, events.UserDisabled{}}),
			actor: by(parentID, "all"), when: ask(nil), no: "account_inactive"},
		{name: "the address is taken, whatever its case and marks", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Email = " Ādmin@EXAMPLE.com"[1:] }), no: "email_taken"},
		{name: "an address may not be somebody's username",
			given: and(family(), fact{uuid.New(), created(9, "x@example.org", nil)}),
			actor: admin, when: ask(func(e *events.UserCreated) { e.Email = "X@example.org" }), no: "email_taken"},
		{name: "a username may not be somebody's address", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Username = "Child@example.org" }), no: "username_taken"},
		{name: "the external id is taken", given: and(family(),
			fact{uuid.New(), created(9, "nine", func(e *events.UserCreated) { e.ExternalID = "Ext-1" })}),
			actor: admin, when: ask(func(e *events.UserCreated) { e.ExternalID = "ext-1" }), no: "external_id_taken"},
		{name: "the id is taken", given: family(), actor: admin,
			when: commands.CreateUser{ID: childID, User: ask(nil).User}, no: "id_taken"},
		{name: "the signing key is taken", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) {
				e.SigningKeys = []events.SigningKey{{ID: "AKchild",
					Secret: "s"}}
			}), no: "signing_key_taken"},
		{name: "no address", given: family(), actor: admin, when: ask(func(e *events.UserCreated) { e.Email = "" }),
			no: "email_invalid"},
		{name: "half an address", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Email = "jan@" }), no: "email_invalid"},
		{name: "an address with a name", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Email = "Jan <jan@example.org>" }), no: "email_invalid"},
		{name: "a reserved name", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Username = "_System" }), no: "username_invalid"},
		{name: "a line break in a name", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.FirstName = "a\nb" }), no: "text_invalid"},
		{name: "broken UTF-8", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.LastName = "a\xff" }), no: "text_invalid"},
		{name: "a name as long as a book", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.LastName = string(make([]byte, 256)) }), no: "text_too_long"},
		{name: "an unknown zone", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Timezone = "Local" }), no: "timezone_invalid"},
		{name: "a system's own zone", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Timezone = "localtime" }), no: "timezone_invalid"},
		{name: "a zone without leap seconds", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Timezone = "posix/Europe/Prague" }), no: "timezone_invalid"},
		{name: "a zone by a detour", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Timezone = "Europe//Prague" }), no: "timezone_invalid"},
		{name: "an unknown mail", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Welcome = "spam" }), no: "welcome_invalid"},
		{name: "a mail to no address", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Welcome, e.WelcomeTo = events.WelcomeAccessData, "boss" }),
			no:   "email_invalid"},
		{name: "a mail to two", given: family(), actor: admin, when: ask(func(e *events.UserCreated) {
			e.Welcome, e.WelcomeTo = events.WelcomeAccessData, "a@example.org\r\nBcc: b@example.org"
		}), no: "email_invalid"},
		{name: "an unknown client", given: family(), actor: admin,
			when: ask(func(e *events.UserCreated) { e.Client = 9 }), no: "client_not_found"},
	})
}

func TestUpdateUser(t *testing.T) {
	change := func(p events.ProfileUpdated) commands.UpdateUser { return commands.UpdateUser{ID: childID, Profile: p} }
	admin := by(adminID, "")
	child := by(childID, "")
	run(t, []scenario{
		{name: "only what changes is recorded", given: family(), actor: admin,
			when: change(events.ProfileUpdated{FirstName: the("First"), LastName: the("New")}),
			then: []events.Event{events.ProfileUpdated{LastName: the("New")}}},
		{name: "nothing changes", given: family(), actor: admin,
			when: change(events.ProfileUpdated{FirstName: the("First")})},
		{name: "one may change one's own name", given: family(), actor: child,
			when: change(events.ProfileUpdated{FirstName: the("Me")}),
			then: []events.Event{events.ProfileUpdated{FirstName: the("Me")}}},
		{name: "the case of one's own address", given: family(), actor: child,
			when: change(events.ProfileUpdated{Email: the("CHILD@example.org")}),
			then: []events.Event{events.ProfileUpdated{Email: the("CHILD@example.org")}}},
		{name: "what is stored may stay although it breaks a rule of today",
			given: and(family(), fact{childID, events.ProfileUpdated{Timezone: the("Mars/Base")}}), actor: child,
			when: change(events.ProfileUpdated{Timezone: the("Mars/Base"), Phone: the("+1")}),
			then: []events.Event{events.ProfileUpdated{Phone: the("+1")}}},
		{name: "a new first name drops the display name", actor: child,
			given: and(family(), fact{childID, events.ProfileUpdated{DisplayName: the("F. Last")}}),
			when:  change(events.ProfileUpdated{FirstName: the("Fred")}),
			then:  []events.Event{events.ProfileUpdated{FirstName: the("Fred"), DisplayName: the("")}}},
		{name: "a name as one text gives first and last name", given: family(), actor: child,
			when: change(events.ProfileUpdated{DisplayName: the("Fred Smith Jr")}),
			then: []events.Event{events.ProfileUpdated{FirstName: the("Fred"), LastName: the("Smith Jr"),
				DisplayName: the("Fred Smith Jr")}}},
		{name: "everything at once is several facts", given: family(), actor: admin,
			when: commands.UpdateUser{ID: childID, Version: 3, Profile: events.ProfileUpdated{Phone: the("+48 1")},
				Rights: events.RightsChanged{SuperAdmin: the(true)}, PasswordHash: the(events.Secret("h")),
				Active: the(false)},
			then: []events.Event{events.ProfileUpdated{Phone: the("+48 1")},
				events.RightsChanged{SuperAdmin: the(true)},
				// which the parent was shown
				events.PasswordChanged{Hash: "h"}, events.UserDisabled{}, events.SigningKeyRemoved{ID: "AKchild"}}},
		{name: "the same profile is no change", actor: child,
			given: and(family(), fact{childID,
				events.ProfileUpdated{Profile: &events.Profile{City: "Brno", NewsletterTech: the(true)}}}),
			when: change(events.ProfileUpdated{Profile: &events.Profile{City: "Brno", NewsletterTech: the(true)}})},
		{name: "a profile that others have changed meanwhile keeps that", actor: child,
			given: and(family(), fact{childID,
				events.ProfileUpdated{Profile: &events.Profile{City: "Brno", Title: "Dr.",
					NewsletterTech: the(true)}}}),
			when: commands.UpdateUser{ID: childID, ProfileFrom: &events.Profile{Title: "Dr."},
				Profile: events.ProfileUpdated{Profile: &events.Profile{Company: "Acme"}}},
			then: []events.Event{events.ProfileUpdated{Profile: &events.Profile{City: "Brno", NewsletterTech: the(true),
				Company: "Acme"}}}},
		{name: "or has had none", given: family(), actor: child,
			when: commands.UpdateUser{ID: childID, ProfileFrom: &events.Profile{},
				Profile: events.ProfileUpdated{Profile: &events.Profile{}}}},
		{name: "a parent manages its child", given: family(), actor: by(parentID, "all"),
			when: change(events.ProfileUpdated{Comment: the("vip")}),
			then: []events.Event{events.ProfileUpdated{Comment: the("vip")}}},

		{name: "a new address is not verified", actor: child,
			given: and(family(), fact{childID,
				events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true), PhoneVerified: the(true)}}}),
			when: change(events.ProfileUpdated{Email: the("ceo@bank.example")}),
			then: []events.Event{events.ProfileUpdated{Email: the("ceo@bank.example"),
				Profile: &events.Profile{EmailVerified: the(false), PhoneVerified: the(true)}}}},
		{name: "nor when an administrator sets it", actor: admin,
			given: and(family(), fact{childID,
				events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}}),
			when: change(events.ProfileUpdated{Email: the("ceo@bank.example")}),
			then: []events.Event{events.ProfileUpdated{Email: the("ceo@bank.example"),
				Profile: &events.Profile{EmailVerified: the(false)}}}},
		{name: "unless it is said with it", actor: admin,
			given: and(family(), fact{childID,
				events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(false)}}}),
			when: change(events.ProfileUpdated{Email: the("ceo@bank.example"),
				Profile: &events.Profile{EmailVerified: the(true)}}),
			then: []events.Event{events.ProfileUpdated{Email: the("ceo@bank.example"),
				Profile: &events.Profile{EmailVerified: the(true)}}}},
		{name: "or the API by which it comes has it so", actor: admin,
			given: and(family(), fact{childID,
				events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}}),
			when: commands.UpdateUser{ID: childID, Attested: true,
				Profile: events.ProfileUpdated{Email: the("ceo@bank.example")}},
			then: []events.Event{events.ProfileUpdated{Email: the("ceo@bank.example")}}},
		{name: "invisible characters", given: family(), actor: child,
			when: change(events.ProfileUpdated{Username: the("adm\u200bin")}), no: "text_invalid"},
		{name: "the same mailbox in other words", given: family(), actor: child,
			when: change(events.ProfileUpdated{Email: the("\"stranger\"@example.org")}), no: "email_invalid"},
		{name: "one may not enable oneself", given: family(), actor: child,
			when: commands.UpdateUser{ID: childID, Active: the(false)}, no: "not_allowed"},
		{name: "nor raise oneself", given: family(), actor: child,
			when: commands.UpdateUser{ID: childID, Rights: events.RightsChanged{SuperAdmin: the(true)}},
			no:   "not_allowed"},
		{name: "nor attest one's own address", given: family(), actor: child,
			when: change(events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}), no: "not_allowed"},
		{name: "a parent has no power over a child that was raised", actor: by(parentID, "all"),
			given: and(family(), fact{childID, events.RightsChanged{SuperAdmin: the(true)}}),
			when:  commands.UpdateUser{ID: childID, PasswordHash: the(events.Secret("mine"))}, no: "user_not_found"},
		{name: "a parent gives no rights", given: family(), actor: by(parentID, "all"),
			when: commands.UpdateUser{ID: childID, Rights: events.RightsChanged{APIAccess: the(true)}},
			no:   "not_allowed"},
		{name: "a super admin's reading key changes nothing, not even its owner", given: family(),
			actor: by(adminID, "read"),
			when:  commands.UpdateUser{ID: adminID, PasswordHash: the(events.Secret("x"))}, no: "not_allowed"},
		{name: "what one may not see is not there", given: family(), actor: by(strangerID, ""),
			when: change(events.ProfileUpdated{Phone: the("1")}), no: "user_not_found"},
		{name: "an unknown user", given: family(), actor: admin, when: commands.UpdateUser{ID: freshID},
			no: "user_not_found"},
		{name: "another version", given: family(), actor: admin, when: commands.UpdateUser{ID: childID, Version: 2,
			Active: the(false)}, no: "version_differs"},
		{name: "a taken address", given: family(), actor: admin,
			when: change(events.ProfileUpdated{Email: the("STRANGER@example.org")}), no: "email_taken"},
		{name: "the administrator stays enabled", given: family(), actor: admin,
			when: commands.UpdateUser{ID: adminID, Active: the(false)}, no: "protected"},
		{name: "and a super admin", given: family(), actor: commands.Service(),
			when: commands.UpdateUser{ID: adminID, Rights: events.RightsChanged{SuperAdmin: the(false)}},
			no:   "protected"},
	})
}

func TestDeleteUser(t *testing.T) {
	linked := events.ResourceLinked{Kind: "server", ID: "7", Name: "web"}
	run(t, []scenario{
		{name: "it is gone", given: family(), actor: by(adminID, ""), when: commands.DeleteUser{ID: childID},
			then: []events.Event{events.UserDeleted{}}},
		{name: "a parent may", given: family(), actor: by(parentID, "write"), when: commands.DeleteUser{ID: childID},
			then: []events.Event{events.UserDeleted{}}},
		{name: "one may not delete oneself", given: family(), actor: by(childID, ""),
			when: commands.DeleteUser{ID: childID}, no: "not_allowed"},
		{name: "the administrator stays", given: family(), actor: by(adminID, ""),
			when: commands.DeleteUser{ID: adminID}, no: "protected"},
		{name: "resources hold it", given: and(family(), fact{childID, linked}), actor: by(adminID, ""),
			when: commands.DeleteUser{ID: childID}, no: "has_resources"},
		{name: "until they are gone", given: and(family(), fact{childID, linked},
			fact{childID, events.ResourceUnlinked{Kind: "server", ID: "7"}}),
			actor: by(adminID, ""), when: commands.DeleteUser{ID: childID}, then: []events.Event{events.UserDeleted{}}},
		{name: "twice", given: and(family(), fact{childID, events.UserDeleted{}}), actor: by(adminID, ""),
			when: commands.DeleteUser{ID: childID}, no: "user_not_found"},
		{name: "another version", given: family(), actor: by(adminID, ""),
			when: commands.DeleteUser{ID: childID, Version: 9}, no: "version_differs"},
	})
}

func TestSSHKeys(t *testing.T) {
	key := events.SSHKeyAdded{Number: 1, Title: "home", Key: edKey, FingerprintMD5: edMD5, Fingerprint: edSHA256}
	have := and(family(), fact{childID, key})
	child := by(childID, "")
	run(t, []scenario{
		{name: "a key is added", given: family(), actor: child, when: commands.AddSSHKey{ID: childID, Title: "home",
			Key: " " + edKey + "\n"}, then: []events.Event{key}},
		{name: "numbers run over all users", given: have, actor: by(strangerID, ""),
			when: commands.AddSSHKey{ID: strangerID, Title: "home", Key: edKey},
			then: []events.Event{events.SSHKeyAdded{Number: 2, Title: "home", Key: edKey, FingerprintMD5: edMD5,
				Fingerprint: edSHA256}}},
		{name: "and are not given twice", given: and(have, fact{childID, events.SSHKeyRemoved{Number: 1}}),
			actor: child, when: commands.AddSSHKey{ID: childID, Title: "home", Key: edKey},
			then: []events.Event{events.SSHKeyAdded{Number: 2, Title: "home", Key: edKey, FingerprintMD5: edMD5,
				Fingerprint: edSHA256}}},
		{name: "only of that version", given: have, actor: child,
			when: commands.OnVersion{Command: commands.RemoveSSHKey{ID: childID, Number: 1}, Version: 5},
			then: []events.Event{events.SSHKeyRemoved{Number: 1}}},
		{name: "not of another", given: have, actor: child,
			when: commands.OnVersion{Command: commands.RemoveSSHKey{ID: childID, Number: 1}, Version: 3},
			no:   "version_differs"},
		{name: "rights come first", given: have, actor: by(strangerID, ""),
			when: commands.OnVersion{Command: commands.RemoveSSHKey{ID: childID, Number: 1}, Version: 3},
			no:   "user_not_found"},
		{name: "a key is removed", given: have, actor: child, when: commands.RemoveSSHKey{ID: childID, Number: 1},
			then: []events.Event{events.SSHKeyRemoved{Number: 1}}},
		{name: "the name is taken", given: have, actor: child, when: commands.AddSSHKey{ID: childID, Title: "home",
			Key: edKey}, no: "ssh_key_title_taken"},
		{name: "the key is there", given: have, actor: child, when: commands.AddSSHKey{ID: childID, Title: "work",
			Key: edKey}, no: "ssh_key_taken"},
		{name: "no name", given: have, actor: child, when: commands.AddSSHKey{ID: childID, Key: edKey},
			no: "title_required"},
		{name: "no key", given: have, actor: child, when: commands.AddSSHKey{ID: childID, Title: "x",
			Key: "ssh-ed25519 AAAA"}, no: "ssh_key_invalid"},
		{name: "two keys", given: have, actor: child, when: commands.AddSSHKey{ID: childID, Title: "x",
			Key: edKey + "\n" + edKey}, no: "ssh_key_invalid"},
		{name: "a key with options", given: have, actor: child, when: commands.AddSSHKey{ID: childID, Title: "x",
			Key: `command="rm" ` + edKey}, no: "ssh_key_invalid"},
		{name: "somebody else's key", given: have, actor: by(strangerID, ""),
			when: commands.RemoveSSHKey{ID: strangerID, Number: 1}, no: "ssh_key_not_found"},
		{name: "a reading key of a super admin", given: have, actor: by(adminID, "read"),
			when: commands.RemoveSSHKey{ID: childID, Number: 1}, no: "not_allowed"},
	})
}

func TestCredentials(t *testing.T) {
	child, admin := by(childID, ""), by(adminID, "")
	apiID := uuid.MustParse("00000000-0000-4000-8000-0000000000a1")
	api := events.APIKey{ID: apiID, Kind: "native", Hash: "abc"}
	all := events.Permissions{Users: "all"}
	bounded := events.APIKey{ID: freshID, Kind: "native", Hash: "b", ExpiresAt: firstDay,
		AllowedIPs: []string{"10.0.0.0/24"}}
	boundedActor := commands.Actor{User: childID, Credential: "api-key:" + freshID.String(),
		Permissions: commands.Whole()}
	run(t, []scenario{
		{name: "a signing key is added", given: family(), actor: child, when: commands.AddSigningKey{ID: childID,
			Key: events.SigningKey{ID: "AK2", Secret: "s"}},
			then: []events.Event{events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK2", Secret: "s"}}}},
		{name: "with permissions by a super admin", given: family(), actor: admin,
			when: commands.AddSigningKey{ID: childID, Key: events.SigningKey{ID: "AK2", Secret: "s", Permissions: all}},
			then: []events.Event{events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK2", Secret: "s",
				Permissions: all}}}},
		{name: "but not by oneself", given: family(), actor: child, when: commands.AddSigningKey{ID: childID,
			Key: events.SigningKey{ID: "AK2", Secret: "s", Permissions: all}}, no: "not_allowed"},
		{name: "unknown permissions", given: family(), actor: admin,
			when: commands.AddSigningKey{ID: childID, Key: events.SigningKey{ID: "AK2", Secret: "s",
				Permissions: events.Permissions{Users: "god"}}}, no: "permissions_invalid"},
		{name: "a key that ends makes none that does not",
			given: and(family(), fact{childID, events.APIKeyAdded{APIKey: bounded}}), actor: boundedActor,
			when: commands.AddAPIKey{ID: childID, Key: api}, no: "not_allowed"},
		{name: "nor one that works from elsewhere",
			given: and(family(), fact{childID, events.APIKeyAdded{APIKey: bounded}}), actor: boundedActor,
			when: commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: apiID, Hash: "x", ExpiresAt: firstDay,
				AllowedIPs: []string{"10.0.0.0/8"}}}, no: "not_allowed"},
		{name: "but one within its bounds", given: and(family(), fact{childID, events.APIKeyAdded{APIKey: bounded}}),
			actor: boundedActor,
			when: commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: apiID, Hash: "x", ExpiresAt: firstDay,
				AllowedIPs: []string{"10.0.0.7"}}},
			then: []events.Event{events.APIKeyAdded{APIKey: events.APIKey{ID: apiID, Hash: "x", ExpiresAt: firstDay,
				AllowedIPs: []string{"10.0.0.7"}}}}},
		{name: "nor a password", given: and(family(), fact{childID, events.APIKeyAdded{APIKey: bounded}}),
			actor: boundedActor,
			when:  commands.UpdateUser{ID: childID, PasswordHash: the(events.Secret("h"))}, no: "not_allowed"},
		{name: "nor a signing key, which never ends",
			given: and(family(), fact{childID, events.APIKeyAdded{APIKey: bounded}}), actor: boundedActor,
			when: commands.AddSigningKey{ID: childID, Key: events.SigningKey{ID: "AK2", Secret: "s"}},
			no:   "not_allowed"},
		{name: "a writing key makes none that also reads", given: family(), actor: by(adminID, "write"),
			when: commands.AddAPIKey{ID: adminID, Key: api}, no: "not_allowed"},
		{name: "nor one that may do more elsewhere", given: family(),
			actor: commands.Actor{User: adminID,
				Permissions: commands.Granted(events.Permissions{Users: "all", Servers: "none"})},
			when: commands.AddAPIKey{ID: adminID, Key: events.APIKey{ID: apiID, Hash: "x", Permissions: all}},
			no:   "not_allowed"},
		{name: "nor one that reads the log", given: family(),
			actor: commands.Actor{User: adminID, Permissions: commands.Granted(events.Permissions{Audit: "none"})},
			when:  commands.AddAPIKey{ID: adminID, Key: api}, no: "not_allowed"},
		{name: "which is said of one that may not read users, too", given: family(), actor: by(adminID, "write"),
			when: commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: apiID, Hash: "x",
				Permissions: events.Permissions{Audit: "read"}}}, no: "not_allowed"},
		{name: "an auditor's key is given by a super admin", given: family(), actor: by(adminID, ""),
			when: commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: apiID, Hash: "x",
				Permissions: events.Permissions{Audit: "read"}}},
			then: []events.Event{events.APIKeyAdded{APIKey: events.APIKey{ID: apiID, Hash: "x",
				Permissions: events.Permissions{Audit: "read"}}}}},
		{name: "not by oneself", given: family(), actor: child,
			when: commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: apiID, Hash: "x",
				Permissions: events.Permissions{Audit: "read"}}}, no: "not_allowed"},
		{name: "nobody writes history", given: family(), actor: by(adminID, ""),
			when: commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: apiID, Hash: "x",
				Permissions: events.Permissions{Audit: "write"}}}, no: "permissions_invalid"},
		{name: "an expired strong key does not weaken the others",
			actor: commands.Actor{User: childID, At: firstDay.Add(1), Permissions: commands.Whole()},
			given: and(family(), fact{childID,
				events.APIKeyAdded{APIKey: events.APIKey{ID: apiID, Hash: "x", Permissions: all,
					ExpiresAt: firstDay}}}),
			when: commands.RevokeAPIKey{ID: childID, KeyID: apiID},
			then: []events.Event{events.APIKeyRevoked{ID: apiID}}},
		{name: "a hash that was made elsewhere is not for oneself", given: family(), actor: child,
			when: commands.UpdateUser{ID: childID, PasswordHash: the(events.Secret("h")), PasswordImported: true},
			no:   "not_allowed"},
		{name: "a weak key does not renew a strong one",
			given: and(family(), fact{childID,
				events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK2", Secret: "s", Permissions: all}}}),
			actor: by(childID, "none"), when: commands.RotateSigningKey{ID: childID, KeyID: "AK2", Secret: "t"},
			no: "not_allowed"},
		{name: "a strong one renews a weak one",
			given: and(family(), fact{childID,
				events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK2", Secret: "s", Permissions: all}}}),
			actor: by(childID, "all"), when: commands.RotateSigningKey{ID: childID, KeyID: "AKchild", Secret: "t"},
			then: []events.Event{events.SigningKeyRotated{ID: "AKchild", Secret: "t"}}},
		{name: "a signing key gets a new secret", given: family(), actor: child,
			when: commands.RotateSigningKey{ID: childID, KeyID: "AKchild", Secret: "t"},
			then: []events.Event{events.SigningKeyRotated{ID: "AKchild", Secret: "t"}}},
		{name: "an unknown signing key does not", given: family(), actor: child,
			when: commands.RotateSigningKey{ID: childID, KeyID: "AKparent", Secret: "t"}, no: "signing_key_not_found"},
		{name: "a signing key is removed", given: family(), actor: child, when: commands.RemoveSigningKey{ID: childID,
			KeyID: "AKchild"}, then: []events.Event{events.SigningKeyRemoved{ID: "AKchild"}}},
		{name: "the last may be kept", given: family(), actor: child, when: commands.RemoveSigningKey{ID: childID,
			KeyID: "AKchild", KeepLast: true}, no: "last_signing_key"},
		{name: "storage keys keep their id", actor: child,
			given: and(family(), fact{childID,
				events.StorageKeySet{StorageKey: events.StorageKey{Kind: "s3", ID: "S3", Secret: "a"}}}),
			when: commands.RotateStorageKeys{ID: childID,
				Keys: []events.StorageKey{{Kind: "s3", ID: "new", Secret: "b"},
					{Kind: "swift", ID: "SW", Secret: "c"}}},
			then: []events.Event{events.StorageKeySet{StorageKey: events.StorageKey{Kind: "s3", ID: "S3", Secret: "b"}},
				events.StorageKeySet{StorageKey: events.StorageKey{Kind: "swift", ID: "SW", Secret: "c"}}}},
		{name: "there is no other kind of them", given: family(), actor: child,
			when: commands.RotateStorageKeys{ID: childID,
				Keys: []events.StorageKey{{Kind: "tape", ID: "T", Secret: "d"}}}, no: "kind_invalid"},
		{name: "an API key is added", given: family(), actor: child, when: commands.AddAPIKey{ID: childID, Key: api},
			then: []events.Event{events.APIKeyAdded{APIKey: api}}},
		{name: "and revoked", given: and(family(), fact{childID, events.APIKeyAdded{APIKey: api}}), actor: child,
			when: commands.RevokeAPIKey{ID: childID, KeyID: apiID},
			then: []events.Event{events.APIKeyRevoked{ID: apiID}}},
		{name: "not by a stranger", given: and(family(), fact{childID, events.APIKeyAdded{APIKey: api}}),
			actor: by(strangerID, "all"), when: commands.RevokeAPIKey{ID: childID, KeyID: apiID}, no: "user_not_found"},
		{name: "a bad address in the allow-list", given: family(), actor: child,
			when: commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: apiID, Hash: "x",
				AllowedIPs: []string{"10.0.0.0/99"}}}, no: "allowed_ips_invalid"},
		{name: "the service rehashes", given: and(family(), fact{childID, events.PasswordChanged{Hash: "old"}}),
			actor: commands.Service(),
			when:  commands.RehashPassword{ID: childID, Old: "old", New: "new"},
			then:  []events.Event{events.PasswordChanged{Hash: "new", Rehash: true}}},
		{name: "not over a newer password", given: and(family(), fact{childID, events.PasswordChanged{Hash: "newer"}}),
			actor: commands.Service(), when: commands.RehashPassword{ID: childID, Old: "old", New: "new"}},
		{name: "nobody else rehashes", given: family(), actor: admin, when: commands.RehashPassword{ID: childID},
			no: "not_allowed"},
	})
}

func TestPasswordReset(t *testing.T) {
	hash := events.Secret(secrets.Hash("token"))
	until := firstDay.Add(time.Hour)
	open := events.PasswordResetRequested{Hash: hash, ExpiresAt: until}
	asked := and(family(), fact{childID, open})
	reset := func(hash events.Secret, now time.Time) commands.ResetPassword {
		return commands.ResetPassword{ID: childID, Hash: hash, Now: now, PasswordHash: "new"}
	}
	ask := commands.RequestPasswordReset{ID: childID, Hash: hash, ExpiresAt: until}
	mail := commands.RequestMail{ID: childID, Mail: events.MailPasswordReset}
	nobody, service := by(strangerID, ""), commands.Service()
	done := []events.Event{events.PasswordChanged{Hash: "new"}}
	run(t, []scenario{
		{name: "the service asks for one", given: family(), actor: service, when: ask, then: []events.Event{open}},
		{name: "again: the token before is void", given: asked, actor: service,
			when: commands.RequestPasswordReset{ID: childID, Hash: events.Secret(secrets.Hash("other")),
				ExpiresAt: until},
			then: []events.Event{events.PasswordResetRequested{Hash: events.Secret(secrets.Hash("other")),
				ExpiresAt: until}}},
		{name: "a stranger does not", given: family(), actor: nobody, when: ask, no: "user_not_found"},
		{name: "nor a credential that may only read", given: family(), actor: by(adminID, "read"), when: ask,
			no: "not_allowed"},
		{name: "a token instead of its hash", given: family(), actor: service,
			when: commands.RequestPasswordReset{ID: childID, Hash: "token", ExpiresAt: until},
			no:   "reset_token_invalid"},
		{name: "a token without end", given: family(), actor: service,
			when: commands.RequestPasswordReset{ID: childID, Hash: hash}, no: "reset_token_invalid"},
		{name: "the token sets a password, whoever has it", given: asked, actor: commands.Anonymous(),
			when: reset(hash, firstDay), then: done},
		{name: "not by a credential", given: asked, actor: nobody, when: reset(hash, firstDay), no: "not_allowed"},
		{name: "until it expires", given: asked, actor: service, when: reset(hash, until), no: "reset_token_invalid"},
		{name: "once", given: and(asked, fact{childID, events.PasswordChanged{Hash: "new"}}), actor: service,
			when: reset(hash, firstDay), no: "reset_token_invalid"},
		{name: "not when the password was set otherwise",
			given: and(asked, fact{childID, events.PasswordChanged{Hash: "mine"}}), actor: service,
			when: reset(hash, firstDay), no: "reset_token_invalid"},
		{name: "but when it was only rehashed",
			given: and(asked, fact{childID, events.PasswordChanged{Hash: "better", Rehash: true}}), actor: service,
			when: reset(hash, firstDay), then: done},
		{name: "not when the address is another",
			given: and(asked, fact{childID, events.ProfileUpdated{Email: the("new@example.org")}}), actor: service,
			when: reset(hash, firstDay), no: "reset_token_invalid"},
		{name: "another token", given: asked, actor: service, when: reset(events.Secret(secrets.Hash("x")), firstDay),
			no: "reset_token_invalid"},
		{name: "who manages the account has a link mailed", given: family(), actor: by(adminID, ""), when: mail,
			then: []events.Event{events.MailRequested{Mail: events.MailPasswordReset}}},
		{name: "nobody else does", given: family(), actor: nobody, when: mail, no: "user_not_found"},
		{name: "nor by a credential that may only read", given: family(), actor: by(adminID, "read"), when: mail,
			no: "not_allowed"},
		{name: "a mail that nobody knows", given: family(), actor: service,
			when: commands.RequestMail{ID: childID, Mail: "spam"}, no: "mail_invalid"},
		{name: "no token was asked for", given: family(), actor: service, when: reset("", firstDay),
			no: "reset_token_invalid"},
		{name: "no password", given: asked, actor: service, when: commands.ResetPassword{ID: childID, Hash: hash,
			Now: firstDay}, no: "password_required"},
		{name: "of nobody", given: asked, actor: service, when: commands.ResetPassword{ID: freshID, Hash: hash,
			Now: firstDay}, no: "user_not_found"},
	})
}

func TestQuestionsOfThePolicy(t *testing.T) {
	states := statesOf(t, and(family(), fact{parentID, events.RightsChanged{SuperAdmin: the(true)}},
		fact{parentID, events.UserDisabled{}}))
	for _, c := range []struct {
		users                                  string
		actor                                  uuid.UUID
		superAdmin, reads, writes, readServers bool
	}{
		{"", adminID, true, true, true, true},
		{"all", adminID, true, true, true, true},
		{"read", adminID, true, true, false, true},
		{"write", adminID, true, false, true, true},
		{"none", adminID, true, false, false, true},
		{"all", childID, false, false, false, false},
		{"all", parentID, false, false, false, false}, // disabled
		{"all", freshID, false, false, false, false},  // nobody
	} {
		a := by(c.actor, c.users)
		require.Equal(t, c.superAdmin, commands.IsSuperAdmin(states, a), "%+v", c)
		require.Equal(t, c.reads, commands.MayReadUsers(states, a), "%+v", c)
		require.Equal(t, c.writes, commands.MayWriteUsers(states, a), "%+v", c)
		require.Equal(t, c.readServers, commands.MayReadServers(states, a), "%+v", c)
		a.Permissions.Servers = commands.LevelNone
		require.False(t, commands.MayReadServers(states, a), "%+v", c)
	}
	require.True(t, commands.MayReadUsers(states, commands.Service()) && commands.MayWriteUsers(states,
		commands.Service()))
}

func TestWhoMayReadTheLog(t *testing.T) {
	states := statesOf(t, and(family(), fact{parentID, events.UserDisabled{}}))
	for _, c := range []struct {
		actor        uuid.UUID
		users, audit string
		may          bool
	}{
		{adminID, "", "", true},
		{adminID, "read", "", true},
		{adminID, "write", "", false},
		{adminID, "none", "", false},
		{adminID, "all", "none", false},
		{adminID, "none", "read", true},
		{childID, "all", "", false},
		{childID, "", "read", true},
		{parentID, "", "read", false}, // disabled
		{freshID, "", "read", false},  // nobody
	} {
		a := commands.Actor{User: c.actor, Permissions: commands.Granted(events.Permissions{Users: c.users,
			Audit: c.audit})}
		require.Equal(t, c.may, commands.MayReadLog(states, a), "%+v", c)
	}
	require.True(t, commands.MayReadLog(states, commands.Service()))
}

func TestACallThatLastsEndsWithItsKey(t *testing.T) {
	key := events.APIKey{ID: uuid.MustParse("0198c0de-0000-7000-8000-0000000000a1"), Hash: "x", ExpiresAt: firstDay}
	states := statesOf(t, and(family(), fact{childID, events.APIKeyAdded{APIKey: key}}))
	a := commands.Actor{User: childID, Credential: "api-key:" + key.ID.String(), Permissions: commands.Whole()}
	require.False(t, commands.Ended(states, a, firstDay.Add(-time.Second)))
	require.True(t, commands.Ended(states, a, firstDay))
	require.True(t, commands.Ended(statesOf(t, family()), a, firstDay.Add(-time.Second)), "revoked")
	until, old := firstDay.Add(-time.Second), a
	old.Secret = "x"
	rotated := statesOf(t, and(family(), fact{childID, events.APIKeyAdded{APIKey: key}},
		fact{childID, events.APIKeyRotated{ID: key.ID, Hash: "y", OldUntil: until}}))
	require.False(t, commands.Ended(rotated, old, until.Add(-1)))
	require.True(t, commands.Ended(rotated, old, until), "the secret has ended, the key has not")
	require.False(t, commands.Ended(states, commands.Actor{User: childID, Credential: "session:1",
		Permissions: commands.Whole()}, firstDay))

	a.Secret, a.Address = "x", "192.0.2.7"
	for name, c := range map[string]struct {
		since events.Event
		ended bool
	}{
		"nothing changed":     {events.APIKeyUpdated{ID: key.ID, Memo: the("m")}, false},
		"a new secret":        {events.APIKeyRotated{ID: key.ID, Hash: "y"}, true},
		"the old one goes on": {events.APIKeyRotated{ID: key.ID, Hash: "y", OldUntil: firstDay}, false},
		"other permissions": {events.APIKeyUpdated{ID: key.ID,
			Permissions: &events.Permissions{Audit: commands.LevelNone}}, true},
		"its address may not":  {events.APIKeyUpdated{ID: key.ID, AllowedIPs: &[]string{"10.0.0.0/8"}}, true},
		"its address still is": {events.APIKeyUpdated{ID: key.ID, AllowedIPs: &[]string{"192.0.2.0/24"}}, false},
	} {
		now := statesOf(t, and(family(), fact{childID, events.APIKeyAdded{APIKey: key}}, fact{childID, c.since}))
		require.Equal(t, c.ended, commands.Ended(now, a, firstDay.Add(-time.Second)), name)
	}
}

func TestProvisioningAndResources(t *testing.T) {
	admin := by(adminID, "")
	creating := and(family()[:3], fact{strangerID,
		created(4, "stranger", func(e *events.UserCreated) { e.State = commands.StateCreating })})
	server := events.ResourceLinked{Kind: "server", ID: "7", Name: "web", Data: `{"cpu":1}`}
	run(t, []scenario{
		{name: "another system reports it done", given: creating, actor: admin,
			when: commands.CompleteProvisioning{ID: strangerID}, then: []events.Event{events.ProvisioningCompleted{}}},
		{name: "or failed", given: creating, actor: admin, when: commands.FailProvisioning{ID: strangerID,
			Reason: "no disk"}, then: []events.Event{events.ProvisioningFailed{Reason: "no disk"}}},
		{name: "and done after all", given: and(creating, fact{strangerID, events.ProvisioningFailed{}}), actor: admin,
			when: commands.CompleteProvisioning{ID: strangerID}, then: []events.Event{events.ProvisioningCompleted{}}},
		{name: "done twice is done", given: family(), actor: admin,
			when: commands.CompleteProvisioning{ID: strangerID}},
		{name: "what is done cannot fail", given: family(), actor: admin,
			when: commands.FailProvisioning{ID: strangerID}, no: "already_created"},
		{name: "not by the user", given: creating, actor: by(strangerID, "all"),
			when: commands.CompleteProvisioning{ID: strangerID}, no: "account_inactive"},
		{name: "not by a parent", given: and(creating, fact{childID, events.ProvisioningFailed{}}),
			actor: by(parentID, "all"), when: commands.CompleteProvisioning{ID: childID}, no: "not_allowed"},
		{name: "who may not see a user is not told that there is one", given: creating, actor: by(parentID, "all"),
			when: commands.CompleteProvisioning{ID: strangerID}, no: "user_not_found"},
		{name: "a user that is creating may do nothing", given: creating, actor: by(strangerID, ""),
			when: commands.UpdateUser{ID: strangerID, Profile: events.ProfileUpdated{Phone: the("1")}},
			no:   "account_inactive"},
		{name: "a resource is linked", given: family(), actor: admin, when: commands.LinkResource{ID: childID,
			Resource: server}, then: []events.Event{server}},
		{name: "twice is once", given: and(family(), fact{childID, server}), actor: admin,
			when: commands.LinkResource{ID: childID, Resource: server}},
		{name: "an unknown kind", given: family(), actor: admin, when: commands.LinkResource{ID: childID,
			Resource: events.ResourceLinked{Kind: "car", ID: "1"}}, no: "kind_invalid"},
		{name: "no id", given: family(), actor: admin, when: commands.LinkResource{ID: childID,
			Resource: events.ResourceLinked{Kind: "vm"}}, no: "id_required"},
		{name: "broken data", given: family(), actor: admin, when: commands.LinkResource{ID: childID,
			Resource: events.ResourceLinked{Kind: "vm", ID: "1", Data: "{"}}, no: "data_invalid"},
		{name: "one links nothing to oneself", given: family(), actor: by(childID, ""),
			when: commands.LinkResource{ID: childID, Resource: server}, no: "not_allowed"},
		{name: "an unknown resource", given: family(), actor: admin, when: commands.UnlinkResource{ID: childID,
			Kind: "vm", ResourceID: "1"}, no: "resource_not_found"},
	})
}

func TestSeesSecrets(t *testing.T) {
	strong := events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK2", Secret: "s",
		Permissions: events.Permissions{Users: "all"}}}
	raised := events.RightsChanged{SuperAdmin: the(true)}
	weak := events.Permissions{}
	silent := by(adminID, "")
	silent.Permissions.Audit = commands.LevelNone
	ownChild := and(family()[:2], fact{childID,
		created(3, "child", func(e *events.UserCreated) { e.Parent = adminID })})
	for _, c := range []struct {
		name   string
		given  []fact
		actor  commands.Actor
		target uuid.UUID
		of     events.Permissions
		want   bool
	}{
		{"the service", family(), commands.Service(), childID, weak, true},
		{"one's own", family(), by(childID, ""), childID, weak, true},
		{"one's own weak one by a weak key", and(family(), fact{childID, strong}), by(childID, ""), childID, weak,
			true},
		{"not one's own strong one by a weak key", and(family(), fact{childID, strong}), by(childID, "none"), childID,
			strong.Permissions, false},
		{"one's own by the strong key", and(family(), fact{childID, strong}), by(childID, "all"), childID,
			strong.Permissions, true},
		{"a super admin's own by a reading key", family(), by(adminID, "read"), adminID, weak, false},
		{"a super admin everybody's", family(), by(adminID, ""), childID, weak, true},
		{"but not by a reading key", family(), by(adminID, "read"), childID, weak, false},
		{"nor by a writing key", family(), by(adminID, "write"), childID, weak, false},
		{"another super admin's by a whole key", and(family(), fact{strangerID, raised}), by(adminID, ""), strangerID,
			weak, true},
		{"but not by one that may less", and(family(), fact{strangerID, raised}), silent, strangerID, weak, false},
		{"a parent its child's", family(), by(parentID, "write"), childID, weak, true},
		{"but not by a key that may not manage it", family(), by(parentID, ""), childID, weak, false},
		{"a super admin's weak key not those of its own child", ownChild, by(adminID, "none"), childID, weak, false},
		{"nor a writing one", ownChild, by(adminID, "write"), childID, weak, false},
		{"not those of a child that was raised", and(family(), fact{childID, raised}), by(parentID, "all"), childID,
			weak, false},
		{"nor of one with a stronger key", and(family(), fact{childID, strong}), by(parentID, "all"), childID, weak,
			false},
		{"a stranger nobody's", family(), by(strangerID, "all"), childID, weak, false},
		{"a disabled parent nobody's", and(family(), fact{parentID, events.UserDisabled{}}), by(parentID, ""), childID,
			weak, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := statesOf(t, c.given)
			require.Equal(t, c.want, commands.SeesSecrets(s, c.actor, s.User(c.target), c.of))
		})
	}
}

func TestVisibleUsers(t *testing.T) {
	for _, c := range []struct {
		name  string
		given []fact
		actor commands.Actor
		want  commands.Scope
	}{
		{"the service", family(), commands.Service(), commands.Scope{All: true}},
		{"a super admin", family(), by(adminID, ""), commands.Scope{All: true}},
		{"by a reading key", family(), by(adminID, "read"), commands.Scope{All: true}},
		{"by a key that may only write", family(), by(adminID, "write"), commands.Scope{Self: adminID}},
		{"by a key that may do nothing", family(), by(adminID, "none"), commands.Scope{Self: adminID}},
		{"anybody by a key that may do nothing", family(), by(parentID, "none"), commands.Scope{Self: parentID}},
		{"anybody else", family(), by(parentID, "all"), commands.Scope{Parent: parentID, Self: parentID}},
		{"a disabled user", and(family(), fact{parentID, events.UserDisabled{}}), by(parentID, "all"),
			commands.Scope{}},
		{"nobody", family(), by(freshID, "all"), commands.Scope{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, commands.VisibleUsers(statesOf(t, c.given), c.actor))
		})
	}
	orphan := &commands.User{ID: freshID}
	require.False(t, commands.Scope{}.Sees(orphan), "who has no parent is nobody's child")
	require.False(t, commands.Scope{Datacenters: []uuid.UUID{{}}}.Sees(orphan), "who has no datacenter is in none")
	member := &commands.User{ID: freshID, Datacenter: uuid.UUID{1}, Client: 2}
	require.True(t, commands.Scope{Datacenters: []uuid.UUID{{3}, {1}}}.Sees(member))
	require.True(t, commands.Scope{Datacenters: []uuid.UUID{{3}}, Client: 2}.Sees(member))
	require.False(t, commands.Scope{Datacenters: []uuid.UUID{{3}}, Client: 3}.Sees(member))
}
