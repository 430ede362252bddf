package commands_test

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

var (
	apiKeyID = uuid.MustParse("00000000-0000-4000-8000-0000000000a1")
	group    = uuid.MustParse("00000000-0000-4000-8000-0000000000b1")

	link = events.ResourceLinked{Kind: "server", ID: "1", Name: "web"}
)

// rich is a user with one of everything, so that whatever ends has something to end.
func rich() *commands.User {
	u := commands.Evolve(nil, records([]fact{{childID, created(3, "child", func(e *events.UserCreated) {
		e.StorageKeys = []events.StorageKey{{Kind: "s3", ID: "S3", Secret: "a"}}
		e.APIKeys = []events.APIKey{{ID: apiKeyID, Hash: "h"}}
		e.Profile = &events.Profile{City: "Brno"}
	})}})[0])
	u.SSHKeys = []commands.SSHKey{{SSHKeyAdded: events.SSHKeyAdded{Number: 1, Title: "home"}}}
	u.Resources = []events.ResourceLinked{link}
	u.Consents = []commands.Consent{{Application: syncID, Sequence: 1, At: firstDay}}
	u.PasswordReset = &events.PasswordResetRequested{Hash: "r", ExpiresAt: firstDay}
	u.Locked = &events.LogInLocked{Until: firstDay}
	u.Ended = []commands.EndedSession{{ID: apiKeyID, Sequence: 1, At: firstDay}}
	u.SecondFactor = &commands.SecondFactor{Secret: "s", Confirmed: true, RecoveryCodes: []events.Secret{"c1", "c2"}}
	return u
}

// effects says what one event of every type does to the rich user.
func effects() map[string]struct {
	event events.Event
	apply func(*commands.User) *commands.User
} {
	type user = commands.User
	later := firstDay.Add(time.Hour)
	with := func(change func(*user)) func(*user) *user {
		return func(u *user) *user {
			u.Version, u.UpdatedAt = 2, later
			change(u)
			return u
		}
	}
	out := map[string]struct {
		event events.Event
		apply func(*user) *user
	}{}
	add := func(e events.Event, apply func(*user) *user) {
		out[e.Type()] = struct {
			event events.Event
			apply func(*user) *user
		}{e, apply}
	}
	// anew is a change after which one has to log in anew.
	anew := func(change func(*user)) func(*user) *user {
		return with(func(u *user) {
			change(u)
			u.LogInsSince, u.TokensSince = u.Version, u.Version
		})
	}
	end := func(*user) *user { return nil }
	same := func(u *user) *user { u.Version, u.UpdatedAt = 1, firstDay; return u }
	add(events.UserCreated{Number: 9}, same)
	add(events.ProfileUpdated{Username: the("u"), Email: the("e"), FirstName: the("f"), LastName: the("l"),
		DisplayName: the("d"),
		Phone:       the("p"), ExternalID: the("x"), Language: the("en"), Timezone: the("UTC"), Comment: the("c"),
		ExtraParams: the("ep"), Profile: &events.Profile{}}, with(func(u *user) {
		u.Username, u.Email, u.FirstName, u.LastName, u.DisplayName, u.Phone = "u", "e", "f", "l", "d", "p"
		u.ExternalID, u.Language, u.Timezone, u.Comment, u.ExtraParams, u.Profile = "x", "en", "UTC", "c", "ep", nil
		u.PasswordReset = nil // it was for the address before
	}))
	add(events.MembershipChanged{Client: the(int64(4)), Access: the("full"), Datacenter: the(group),
		Groups: &[]uuid.UUID{group}}, with(func(u *user) {
		u.Client, u.Access, u.Datacenter, u.Groups = 4, "full", group, []uuid.UUID{group}
		u.MemberSince, u.Consents = 2, nil // what was granted in the client before ends with it
	}))
	add(events.RightsChanged{SuperAdmin: the(true), APIAccess: the(true)},
		with(func(u *user) { u.SuperAdmin, u.APIAccess = true, true }))
	add(events.UserEnabled{}, with(func(u *user) { u.Active = true }))
	add(events.UserDisabled{}, with(func(u *user) {
		u.Active, u.DisabledSince, u.PasswordReset, u.LinksSince = false, 2,
			nil, 2
	}))
	add(events.ProvisioningCompleted{}, with(func(u *user) { u.State = commands.StateCreated }))
	add(events.ProvisioningFailed{}, with(func(u *user) { u.State = commands.StateFailed }))
	add(events.PasswordChanged{Hash: "new"}, anew(func(u *user) {
		u.PasswordHash, u.PasswordReset, u.LinksSince = "new",
			nil, 2
	}))
	reset := events.PasswordResetRequested{Hash: "r2", ExpiresAt: later}
	before := rich().UpdatedAt
	add(reset, with(func(u *user) { u.PasswordReset, u.UpdatedAt = &reset, before }))
	lock := events.LogInLocked{Until: later}
	add(lock, with(func(u *user) { u.Locked, u.UpdatedAt = &lock, before }))
	factor := func(f *commands.SecondFactor) func(*user) *user { return with(func(u *user) { u.SecondFactor = f }) }
	codes := []events.Secret{"c3"}
	add(events.TOTPEnrolled{Secret: "t"}, factor(&commands.SecondFactor{Secret: "t"}))
	add(events.TOTPConfirmed{RecoveryCodes: codes}, anew(func(u *user) { u.SecondFactor.RecoveryCodes = codes }))
	add(events.RecoveryCodesRenewed{RecoveryCodes: codes},
		factor(&commands.SecondFactor{Secret: "s", Confirmed: true, RecoveryCodes: codes}))
	add(events.RecoveryCodeUsed{Hash: "c1"}, with(func(u *user) {
		u.UpdatedAt = before
		u.SecondFactor = &commands.SecondFactor{Secret: "s", Confirmed: true, RecoveryCodes: []events.Secret{"c2"}}
	}))
	add(events.TOTPRemoved{}, anew(func(u *user) { u.SecondFactor = nil }))
	add(events.LogInUnlocked{}, with(func(u *user) { u.Locked, u.UpdatedAt = nil, before }))
	add(events.SessionEnded{ID: syncID, Kind: "native"}, with(func(u *user) {
		u.Ended, u.UpdatedAt = append(u.Ended, commands.EndedSession{ID: syncID, Sequence: 2, At: later}), before
	}))
	add(events.SessionsEnded{}, anew(func(u *user) { u.Ended, u.SessionsSince, u.UpdatedAt = nil, 2, before }))
	add(events.MailRequested{Mail: events.MailPasswordReset}, with(func(u *user) { u.UpdatedAt = before }))
	add(events.UserDeleted{}, end)
	add(events.UserErased{}, end)
	add(events.SSHKeyAdded{Number: 2}, with(func(u *user) {
		u.SSHKeys = append(u.SSHKeys, commands.SSHKey{SSHKeyAdded: events.SSHKeyAdded{Number: 2}, AddedAt: later})
	}))
	add(events.SSHKeyRenamed{Number: 1, Title: "desk"}, with(func(u *user) { u.SSHKeys[0].Title = "desk" }))
	add(events.SSHKeyRemoved{Number: 1}, with(func(u *user) { u.SSHKeys = nil }))
	add(events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK2"}}, with(func(u *user) {
		u.SigningKeys = append(u.SigningKeys, commands.SigningKey{SigningKey: events.SigningKey{ID: "AK2"},
			AddedAt: later})
	}))
	add(events.SigningKeyRotated{ID: "AKchild", Secret: "t"}, with(func(u *user) { u.SigningKeys[0].Secret = "t" }))
	add(events.SigningKeyUpdated{ID: "AKchild", Permissions: &events.Permissions{Users: "read"}, Name: the("CI")},
		with(func(u *user) {
			u.SigningKeys[0].Permissions.Users, u.SigningKeys[0].Name = "read", "CI"
		}))
	add(events.SigningKeyRemoved{ID: "AKchild"}, with(func(u *user) { u.SigningKeys = nil }))
	add(events.StorageKeySet{StorageKey: events.StorageKey{Kind: "s3", ID: "S3", Secret: "b"}},
		with(func(u *user) { u.StorageKeys[0].Secret = "b" }))
	add(events.StorageKeyRemoved{Kind: "s3"}, with(func(u *user) { u.StorageKeys = nil }))
	add(events.APIKeyAdded{APIKey: events.APIKey{Hash: "h2"}}, with(func(u *user) {
		u.APIKeys = append(u.APIKeys, commands.APIKey{APIKey: events.APIKey{Hash: "h2"}, AddedAt: later})
	}))
	add(events.APIKeyRotated{ID: apiKeyID, Hash: "h2", OldUntil: later},
		with(func(u *user) { u.APIKeys[0].Hash, u.APIKeys[0].Old, u.APIKeys[0].OldUntil = "h2", "h", later }))
	add(events.APIKeyUpdated{ID: apiKeyID, Permissions: &events.Permissions{Users: "none"},
		AllowedIPs: &[]string{"10.0.0.1"}, ExpiresAt: &later, Memo: the("m")}, with(func(u *user) {
		k := &u.APIKeys[0]
		k.Permissions, k.AllowedIPs, k.ExpiresAt, k.Memo = events.Permissions{Users: "none"}, []string{"10.0.0.1"},
			later, "m"
	}))
	add(events.APIKeyRevoked{ID: apiKeyID}, with(func(u *user) { u.APIKeys = nil }))
	add(events.EmailUnattested{}, with(func(u *user) {
		u.EmailUnattested, u.PasswordReset, u.LinksSince = true, nil,
			2
	}))
	add(events.CallbackKeySet{Secret: "c"}, with(func(u *user) { u.CallbackKey = &commands.CallbackKey{Secret: "c"} }))
	add(events.ResourceLinked{Kind: "server", ID: "1", Name: "new"},
		with(func(u *user) { u.Resources[0].Name = "new" }))
	add(events.ResourceUnlinked{Kind: "server", ID: "1"}, with(func(u *user) { u.Resources = nil }))
	add(events.ConsentGiven{Application: group}, with(func(u *user) {
		u.Consents = append(u.Consents, commands.Consent{Application: group, Sequence: 2, At: later})
	}))
	add(events.ConsentWithdrawn{Application: syncID}, with(func(u *user) { u.Consents = nil }))
	return out
}

func TestEvolveKnowsEveryType(t *testing.T) {
	all := effects()
	for _, name := range events.Types() {
		effect, ok := all[name]
		if _, other := directoryEffects()[name]; other && !ok {
			continue
		}
		require.True(t, ok, "no effect is written down for %s", name)
		t.Run(name, func(t *testing.T) {
			before := rich()
			r := events.Record{Sequence: 2, Time: firstDay.Add(time.Hour), Aggregate: events.User(childID), Type: name,
				Event: effect.event}
			require.Equal(t, effect.apply(rich()), commands.Evolve(before, r))
			require.Equal(t, rich(), before, "the State before was changed")
		})
	}
}

func TestRehashKeepsTheReset(t *testing.T) {
	rehashed := events.Record{Sequence: 2, Time: firstDay, Event: events.PasswordChanged{Hash: "better", Rehash: true}}
	require.Equal(t, rich().PasswordReset, commands.Evolve(rich(), rehashed).PasswordReset)
	renamed := events.Record{Sequence: 2, Time: firstDay, Event: events.ProfileUpdated{FirstName: the("f")}}
	require.Equal(t, rich().PasswordReset, commands.Evolve(rich(), renamed).PasswordReset)
}

func TestEvolveIgnoresWhatItCannotRead(t *testing.T) {
	erased := events.Record{Sequence: 2, Type: "ProfileUpdated.v1", Erased: true}
	u := rich()
	require.Same(t, u, commands.Evolve(u, erased))
	require.Nil(t, commands.Evolve(nil, erased))
	require.Nil(t, commands.Evolve(nil, events.Record{Sequence: 2, Event: events.UserDisabled{}}))
}

func TestAPIKeyAllows(t *testing.T) {
	now := firstDay
	for _, c := range []struct {
		name string
		key  events.APIKey
		from string
		want bool
	}{
		{"open", events.APIKey{}, "", true},
		{"not expired", events.APIKey{ExpiresAt: now.Add(time.Second)}, "", true},
		{"expired this moment", events.APIKey{ExpiresAt: now}, "", false},
		{"an allowed address", events.APIKey{AllowedIPs: []string{"10.0.0.1"}}, "10.0.0.1", true},
		{"the same as IPv6", events.APIKey{AllowedIPs: []string{"10.0.0.1"}}, "::ffff:10.0.0.1", true},
		{"another address", events.APIKey{AllowedIPs: []string{"10.0.0.1"}}, "10.0.0.2", false},
		{"an allowed block", events.APIKey{AllowedIPs: []string{"192.0.2.1", "10.0.0.0/8"}}, "10.9.9.9", true},
		{"an unknown address", events.APIKey{AllowedIPs: []string{"0.0.0.0/0"}}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, _ := netip.ParseAddr(c.from)
			require.Equal(t, c.want, commands.APIKey{APIKey: c.key}.Allows(now, from))
		})
	}
}

func TestSecretsOfAStateDoNotPrint(t *testing.T) {
	b, err := json.Marshal(events.Mask(events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK", Secret: "hush"}}))
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"AK","secret":"***"}`, string(b))
}
