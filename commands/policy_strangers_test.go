package commands_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// step is an Event of the child, and who asked for it by which credential; zero: the service.
type step struct {
	by         uuid.UUID
	credential string
	event      events.Event
}

// afterSteps is what there is when the child, without keys at first, has gone through them.
func afterSteps(t *testing.T, steps []step) *projections.Snapshot {
	t.Helper()
	history := records(and(and(world(), family()...), fact{childID, events.SigningKeyRemoved{ID: "AKchild"}},
		fact{parentID, events.SigningKeyUpdated{ID: "AKparent",
			Permissions: &events.Permissions{Users: commands.LevelWrite}}}))
	for _, s := range steps {
		r := records([]fact{{childID, s.event}})[0]
		r.Sequence = uint64(len(history) + 1)
		r.Time = history[len(history)-1].Time
		r.Cause = events.Cause{Actor: events.System, Credential: s.credential}
		if s.by != uuid.Nil {
			r.Cause.Actor = s.by.String()
		}
		history = append(history, r)
	}
	v := projections.NewView()
	require.NoError(t, v.Apply(history))
	v.Open()
	return v.Snapshot()
}

// TestWhoGainsPowerKeepsNoStrangersCredentials: what somebody left with an account who may not do what the account may
// from now on, such as its former parent, ends when it gains that; what its user and those made who may, stays.
func TestWhoGainsPowerKeepsNoStrangersCredentials(t *testing.T) {
	keyOf := func(who string) uuid.UUID { return person(who + "'s key") }
	key := func(who string) events.Event {
		return events.APIKeyAdded{APIKey: events.APIKey{ID: keyOf(who), Kind: "native", Hash: events.Secret(who)}}
	}
	signing := func(id string) events.Event {
		return events.SigningKeyAdded{SigningKey: events.SigningKey{ID: id, Secret: "s"}}
	}
	storage := events.StorageKeySet{StorageKey: events.StorageKey{Kind: commands.StorageS3, ID: "S"}}
	raise := commands.UpdateUser{ID: childID, Rights: events.RightsChanged{SuperAdmin: the(true)}}
	raised := events.RightsChanged{SuperAdmin: the(true)}
	ruling := events.MembershipChanged{Datacenter: the(southID), Groups: &[]uuid.UUID{managersID}}
	rule := commands.UpdateUser{ID: childID, Membership: ruling}
	const asHimself = "" // the child, by its password

	for name, c := range map[string]struct {
		steps []step
		when  commands.UpdateUser
		then  []events.Event
	}{
		"the parent set the password": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}}, raise,
			[]events.Event{raised, events.PasswordChanged{}}},
		"and somebody who knew it another one": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}},
			{childID, "", events.PasswordChanged{Hash: "i"}}}, raise, []events.Event{raised, events.PasswordChanged{}}},
		"the parent set the address, and a link went there": {[]step{{parentID, "",
			events.ProfileUpdated{Email: the("mine@example.net")}},
			{adminID, "", events.PasswordResetRequested{Hash: "r"}}, {uuid.Nil, "", events.PasswordChanged{Hash: "i"}}},
			raise, []events.Event{raised, events.EmailUnattested{}, events.PasswordChanged{}}},
		"which a super admin attested": {[]step{{parentID, "", events.ProfileUpdated{Email: the("mine@example.net")}},
			{adminID, "", events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}},
			{adminID, "", events.PasswordResetRequested{Hash: "r"}}, {uuid.Nil, "", events.PasswordChanged{Hash: "i"}}},
			raise, []events.Event{raised}},
		"the parent left keys to other things": {[]step{{parentID, "", events.SSHKeyAdded{Number: 7, Title: "t"}},
			{parentID, "", storage}}, raise,
			[]events.Event{raised, events.SSHKeyRemoved{Number: 7},
				events.StorageKeyRemoved{Kind: commands.StorageS3}}},
		"or by a token that was mailed": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}},
			{uuid.Nil, "", events.PasswordChanged{Hash: "i"}}}, raise, []events.Event{raised}},
		"the service hashed it anew": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}},
			{uuid.Nil, "", events.PasswordChanged{Hash: "i", Rehash: true}}}, raise,
			[]events.Event{raised, events.PasswordChanged{}}},
		"it gets another with its rights": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}},
			commands.UpdateUser{ID: childID, Rights: raise.Rights, PasswordHash: the(events.Secret("new"))},
			[]events.Event{raised, events.PasswordChanged{Hash: "new"}}},
		"the parent made keys": {[]step{{parentID, "", key("a")}, {parentID, "", signing("AKa")}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}, events.SigningKeyRemoved{ID: "AKa"}}},
		"or gave old ones a new secret": {[]step{{childID, "", key("a")}, {childID, "", signing("AKa")},
			{parentID, "", events.APIKeyRotated{ID: keyOf("a"), Hash: "b"}},
			{parentID, "", events.SigningKeyRotated{ID: "AKa", Secret: "t"}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}, events.SigningKeyRemoved{ID: "AKa"}}},
		"or made them as the child, whose password it knows": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}},
			{childID, asHimself, key("a")}, {adminID, "", events.PasswordChanged{Hash: "i"}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}}},
		"or by a key that it had made": {[]step{{parentID, "", key("a")}, {childID, "api-key:" + keyOf("a").String(),
			key("b")}, {childID, "", events.APIKeyRevoked{ID: keyOf("a")}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("b")}}},
		"or by a signing key": {[]step{{parentID, "", signing("AKa")}, {childID, "signing-key:AKa", key("b")},
			{childID, "", events.SigningKeyRemoved{ID: "AKa"}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("b")}}},
		"the child made its own": {[]step{{childID, "", events.PasswordChanged{Hash: "h"}}, {childID, "", key("a")},
			{childID, "", events.SSHKeyAdded{Number: 7, Title: "t"}}}, raise, []events.Event{raised}},
		"but the parent was shown it": {[]step{{childID, "", signing("AKa")}, {childID, "", storage}}, raise,
			[]events.Event{raised, events.SigningKeyRemoved{ID: "AKa"},
				events.StorageKeyRemoved{Kind: commands.StorageS3}}},
		"before the child was another's": {[]step{{childID, "", signing("AKa")}, {childID, "", storage},
			{adminID, "", events.MembershipChanged{Parent: &uuid.UUID{}}}}, raise,
			[]events.Event{raised, events.SigningKeyRemoved{ID: "AKa"},
				events.StorageKeyRemoved{Kind: commands.StorageS3}}},
		"not after": {[]step{{adminID, "", events.MembershipChanged{Parent: &uuid.UUID{}}},
			{childID, "", signing("AKa")}, {childID, "", storage}}, raise, []events.Event{raised}},
		"the secret before still opens the parent's key": {[]step{{parentID, "", key("a")}, {adminID, "",
			events.APIKeyRotated{ID: keyOf("a"), Hash: "b", OldUntil: firstDay.AddDate(1, 0, 0)}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}}},
		"and made another": {[]step{{parentID, "", key("a")},
			{adminID, "", events.APIKeyRotated{ID: keyOf("a"), Hash: "b", OldUntil: firstDay.AddDate(1, 0, 0)}},
			{childID, "api-key:" + keyOf("a").String(), key("c")}, {adminID, "", events.APIKeyRevoked{ID: keyOf("a")}}},
			raise, []events.Event{raised, events.APIKeyRevoked{ID: keyOf("c")}}},
		"it does not any more": {[]step{{parentID, "", key("a")}, {adminID, "",
			events.APIKeyRotated{ID: keyOf("a"), Hash: "b", OldUntil: firstDay}}}, raise, []events.Event{raised}},
		"a super admin did": {[]step{{adminID, "", events.PasswordChanged{Hash: "h"}}, {adminID, "", key("a")}}, raise,
			[]events.Event{raised}},
		"whose keys were shown to the parent": {[]step{{adminID, "", events.PasswordChanged{Hash: "h"}},
			{adminID, "", signing("AKa")}, {adminID, "", storage}}, raise,
			[]events.Event{raised, events.SigningKeyRemoved{ID: "AKa"},
				events.StorageKeyRemoved{Kind: commands.StorageS3}}},
		"or to whom the parent's key had let in": {[]step{{adminID, "", events.MembershipChanged{Parent: &uuid.UUID{}}},
			{parentID, "", key("a")},
			{adminID, "", signing("AKa")}, {adminID, "", events.APIKeyRevoked{ID: keyOf("a")}}}, raise,
			[]events.Event{raised, events.SigningKeyRemoved{ID: "AKa"}}},
		"or could be read by a password of the parent's": {[]step{{adminID, "",
			events.MembershipChanged{Parent: &uuid.UUID{}}}, {childID, "", signing("AKa")},
			{childID, "", events.APIKeyAdded{APIKey: events.APIKey{ID: keyOf("d"), Kind: commands.KeyDanube,
				Hash: "d"}}},
			{parentID, "", events.PasswordChanged{Hash: "h"}}, {adminID, "", events.PasswordChanged{Hash: "i"}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("d")}, events.SigningKeyRemoved{ID: "AKa"}}},
		"the parent made a second factor": {[]step{{parentID, "", key("a")}, {childID, "api-key:" + keyOf("a").String(),
			events.TOTPEnrolled{Secret: "s"}},
			{childID, "api-key:" + keyOf("a").String(), events.TOTPConfirmed{}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}, events.TOTPRemoved{}}},
		"or was shown its recovery codes": {[]step{{parentID, "", key("a")},
			{childID, "", events.TOTPEnrolled{Secret: "s"}},
			{childID, "", events.TOTPConfirmed{}}, {childID, "api-key:" + keyOf("a").String(),
				events.RecoveryCodesRenewed{}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}, events.TOTPRemoved{}}},
		"the child's own factor stays": {[]step{{childID, "", events.TOTPEnrolled{Secret: "s"}},
			{childID, "", events.TOTPConfirmed{}}}, raise, []events.Event{raised}},
		"so did the service": {[]step{{uuid.Nil, "", events.PasswordChanged{Hash: "h"}},
			{uuid.Nil, "", key("a")}}, raise, []events.Event{raised}},
		"one who is gone did": {[]step{{person("gone"), "", key("a")}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}}},
		"it becomes a place's own": {[]step{{parentID, "", key("a")}}, rule,
			[]events.Event{ruling, events.APIKeyRevoked{ID: keyOf("a")}}},
		"nothing is gained": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}, {parentID, "", key("a")}},
			commands.UpdateUser{ID: childID, Rights: events.RightsChanged{APIAccess: the(true)}},
			[]events.Event{events.RightsChanged{APIAccess: the(true)}}},
	} {
		t.Run(name, func(t *testing.T) {
			admin := by(adminID, "")
			admin.At = firstDay.AddDate(0, 6, 0)
			drafts, err := commands.Decide(afterSteps(t, c.steps), admin, c.when)
			require.NoError(t, err)
			got := []events.Event{}
			for _, d := range drafts {
				got = append(got, d.Event)
			}
			require.Equal(t, c.then, got)
		})
	}
}

// TestWhoseAccountItWasKeepsNothingOfIt: when an account moves, what those made of it ends whose it was and is no more;
// so does, when it becomes a parent, what strangers to its children made.
func TestWhoseAccountItWasKeepsNothingOfIt(t *testing.T) {
	manager, member, reseller := person("place's admin"), person("full member"), person("reseller")
	key := events.APIKeyAdded{APIKey: events.APIKey{ID: anyKeyID, Kind: "native", Hash: "a"}}
	signing := func(id string) events.Event {
		return events.SigningKeyAdded{SigningKey: events.SigningKey{ID: id, Secret: "s"}}
	}
	danube := events.APIKeyAdded{APIKey: events.APIKey{ID: person("danube's key"), Kind: commands.KeyDanube, Hash: "d",
		Secret: "d"}}
	moves := func(e events.MembershipChanged) commands.Command {
		return commands.UpdateUser{ID: childID, Membership: e}
	}
	away, elsewhere := moves(events.MembershipChanged{Parent: &uuid.UUID{}}),
		moves(events.MembershipChanged{Parent: &reseller})
	placed := step{adminID, "", events.MembershipChanged{Datacenter: the(southID), Parent: &uuid.UUID{}}}
	joined := step{adminID, "", events.MembershipChanged{Client: the(int64(2)), Access: the(commands.AccessReadOnly),
		Parent: &uuid.UUID{}}}
	sells := commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: freshID, Kind: "native", Hash: "s",
		Permissions: events.Permissions{Users: commands.LevelWrite}}}
	planted := []step{{parentID, "", events.PasswordChanged{Hash: "h"}},
		{parentID, "", events.ProfileUpdated{Email: the("mine@example.net")}}}
	left := []events.Event{events.EmailUnattested{}, events.PasswordChanged{}}

	for name, c := range map[string]struct {
		steps []step
		when  commands.Command
		then  []events.Event // besides what was asked for
	}{
		"the parent's password and address": {planted, away, left},
		"where it gets another parent":      {planted, elsewhere, left},
		"not where it stays": {planted,
			commands.UpdateUser{ID: childID, Rights: events.RightsChanged{APIAccess: the(true)}}, nil},
		"nor what an honest colleague made": {[]step{{adminID, "", events.PasswordChanged{Hash: "h"}},
			{adminID, "", key}}, away, nil},
		"nor the child": {[]step{{childID, "", key}}, elsewhere, nil},
		"a key of who manages the place": {[]step{placed, {manager, "", key}},
			moves(events.MembershipChanged{Datacenter: &uuid.UUID{}}),
			[]events.Event{events.APIKeyRevoked{ID: anyKeyID}}},
		"of a member of the client": {[]step{joined, {member, "", key}},
			moves(events.MembershipChanged{Client: the(int64(0)), Access: the("")}),
			[]events.Event{events.APIKeyRevoked{ID: anyKeyID}}},
		"where it becomes a member that reads": {planted,
			moves(events.MembershipChanged{Client: the(int64(2)), Access: the(commands.AccessReadOnly)}), left},
		"where it may have children of its own": {planted, sells, left},
		"by a signing key, which its parent is not shown any more": {nil,
			commands.AddSigningKey{ID: childID, Key: events.SigningKey{ID: "AKsells", Secret: "s",
				Permissions: events.Permissions{Users: commands.LevelAll}}}, nil},
		"where it gets some": {planted, commands.UpdateUser{ID: person("customer"),
			Membership: events.MembershipChanged{Parent: the(childID)}}, left},
		"where somebody makes it some": {planted,
			commands.CreateUser{ID: freshID, User: events.UserCreated{Username: "fresh", Email: "fresh@example.org",
				Active: true, State: commands.StateCreated, Parent: childID}}, left},
		"what a former manager of the place made": {[]step{placed, {parentID, "", key}},
			moves(events.MembershipChanged{Datacenter: &uuid.UUID{}}),
			[]events.Event{events.APIKeyRevoked{ID: anyKeyID}}},
		"what one made who is gone": {[]step{{person("gone"), "", key}}, elsewhere,
			[]events.Event{events.APIKeyRevoked{ID: anyKeyID}}},
		"not where it stays, either": {[]step{{person("gone"), "", key}},
			commands.UpdateUser{ID: childID, Rights: events.RightsChanged{APIAccess: the(true)}}, nil},
		"a password set by a signing key that the parent is shown": {[]step{{adminID, "", signing("AKa")},
			{childID, "signing-key:AKa", events.PasswordChanged{Hash: "h"}},
			{childID, "signing-key:AKa", events.ProfileUpdated{Email: the("mine@example.net")}}, {childID, "", key}},
			elsewhere,
			[]events.Event{events.EmailUnattested{}, events.PasswordChanged{}, events.APIKeyRevoked{ID: anyKeyID},
				events.SigningKeyRemoved{ID: "AKa"}}},
		"and by a key of Danube's that somebody read": {[]step{placed, {adminID, "", danube},
			{manager, "", events.PasswordChanged{Hash: "h"}},
			{childID, "api-key:" + danube.ID.String(), events.PasswordChanged{Hash: "i"}},
			{childID, "api-key:" + danube.ID.String(), events.SSHKeyAdded{Number: 7}}},
			moves(events.MembershipChanged{Datacenter: &uuid.UUID{}}),
			[]events.Event{events.PasswordChanged{}, events.APIKeyRevoked{ID: danube.ID},
				events.SSHKeyRemoved{Number: 7}}},
		"what an application did in its name": {[]step{joined, {childID, "application:" + publicID.String(),
			events.PasswordChanged{Hash: "h"}},
			{childID, "application:" + publicID.String(), events.ProfileUpdated{Email: the("mine@example.net")}},
			{childID, "session:1", key}}, sells,
			[]events.Event{events.EmailUnattested{}, events.PasswordChanged{}, events.APIKeyRevoked{ID: anyKeyID}}},
		"a callback key": {[]step{{parentID, "", events.CallbackKeySet{Secret: "c"}}}, away,
			[]events.Event{events.CallbackKeySet{}}},
		"one of its own that the parent's password shows": {[]step{{adminID, "",
			events.MembershipChanged{Parent: &uuid.UUID{}}}, {childID, "", events.CallbackKeySet{Secret: "c"}},
			{parentID, "", events.PasswordChanged{Hash: "h"}}, {adminID, "", events.PasswordChanged{Hash: "i"}}}, sells,
			[]events.Event{events.CallbackKeySet{}}},
		"a consent that was given by the parent's password": {[]step{joined,
			{parentID, "", events.PasswordChanged{Hash: "h"}},
			{childID, "", events.ConsentGiven{Application: publicID}},
			{adminID, "", events.PasswordChanged{Hash: "i"}}}, sells,
			[]events.Event{events.ConsentWithdrawn{Application: publicID}}},
	} {
		t.Run(name, func(t *testing.T) {
			drafts, err := commands.Decide(afterSteps(t, c.steps), by(adminID, ""), c.when)
			require.NoError(t, err)
			var got []events.Event
			for _, d := range drafts[1:] {
				require.Equal(t, events.User(childID), d.Aggregate)
				got = append(got, d.Event)
			}
			require.Equal(t, c.then, got)
		})
	}
}

// TestApplicationsOfWhoRises: the secret that a former super admin was shown opens nothing more once more can be done
// by it.
func TestApplicationsOfWhoRises(t *testing.T) {
	former := person("former super admin")
	for name, c := range map[string]struct {
		by   uuid.UUID
		then []events.Event
	}{
		"made by a former super admin": {former, []events.Event{events.ApplicationSecretRotated{}}},
		"by one who still is":          {adminID, nil},
	} {
		t.Run(name, func(t *testing.T) {
			history := records(and(world(), fact{allID, events.ApplicationSecretRotated{SecretHash: "s"}},
				fact{former, events.RightsChanged{SuperAdmin: the(false)}},
				fact{bossID, events.MembershipChanged{Access: the(commands.AccessReadOnly)}}))
			history[len(history)-3].Cause.Actor = c.by.String()
			v := projections.NewView()
			require.NoError(t, v.Apply(history))
			v.Open()
			drafts, err := commands.Decide(v.Snapshot(), by(adminID, ""),
				commands.UpdateUser{ID: bossID, Membership: events.MembershipChanged{Access: the(commands.AccessFull)}})
			require.NoError(t, err)
			var got []events.Event
			for _, d := range drafts {
				if d.Aggregate == events.Application(allID) {
					got = append(got, d.Event)
				}
			}
			require.Equal(t, c.then, got)
		})
	}
}

// TestCredentialsOfTheCreator are known to it from the beginning.
func TestCredentialsOfTheCreator(t *testing.T) {
	made := events.UserCreated{Number: 3, Username: "made", Active: true, PasswordHash: "h",
		APIKeys:     []events.APIKey{{ID: anyKeyID, Kind: "native", Hash: "k"}},
		SigningKeys: []events.SigningKey{{ID: "AKmade", Secret: "s"}},
		StorageKeys: []events.StorageKey{{Kind: commands.StorageS3, ID: "S"}}}
	r := events.Record{Sequence: 1, Aggregate: events.User(childID), Type: made.Type(), Event: made,
		Cause: events.Cause{Actor: parentID.String(), Credential: "session:1"}}
	authors := func() []commands.Author {
		u := commands.Evolve(nil, r)
		return []commands.Author{u.PasswordBy, u.EmailBy, u.APIKeys[0].By, u.SigningKeys[0].By, u.StorageKeys[0].By}
	}
	by := commands.Author{User: parentID, Credential: "session:1"}
	require.Equal(t, []commands.Author{by, by, by, by, by}, authors())
	r.Cause.Actor = events.System
	require.Equal(t, make([]commands.Author, 5), authors())
}

// TestPowerThatComesByTheDirectory: who gains it by a group or a datacenter keeps no stranger's credentials either.
func TestPowerThatComesByTheDirectory(t *testing.T) {
	staffID, northID := person("staff"), person("north")
	planted := events.APIKeyAdded{APIKey: events.APIKey{ID: anyKeyID, Kind: "native", Hash: "planted"}}
	base := and(and(world(), family()...),
		fact{staffID, events.GroupCreated{Number: 30, Name: "staff"}},
		fact{northID, events.DatacenterCreated{Number: 30, Name: "north"}},
		fact{childID, events.MembershipChanged{Groups: &[]uuid.UUID{staffID}}})
	both := []string{"admin", "user_admin"}
	attached := fact{northID, events.DatacenterUpdated{Groups: &[]uuid.UUID{staffID}}}
	for name, c := range map[string]struct {
		more []fact
		when commands.Command
		ends bool
	}{
		"the group gets permissions": {[]fact{attached},
			commands.UpdateGroup{ID: staffID, Change: events.GroupUpdated{Permissions: &both}}, true},
		"too few of them": {[]fact{attached},
			commands.UpdateGroup{ID: staffID, Change: events.GroupUpdated{Permissions: &[]string{"admin"}}}, false},
		"the group is attached": {[]fact{{staffID, events.GroupUpdated{Permissions: &both}}},
			commands.UpdateDatacenter{ID: northID, Change: events.DatacenterUpdated{Groups: &[]uuid.UUID{staffID}}},
			true},
		"to a new datacenter": {[]fact{{staffID, events.GroupUpdated{Permissions: &both}}},
			commands.CreateDatacenter{ID: freshID, Datacenter: events.DatacenterCreated{Name: "fresh",
				Groups: []uuid.UUID{staffID}}}, true},
		"a group's admin owns it": {[]fact{attached,
			{staffID, events.GroupUpdated{Permissions: &[]string{"user_admin"}}}},
			commands.UpdateDatacenter{ID: northID, Change: events.DatacenterUpdated{Owner: &childID}}, true},
		"full access to a client": {nil, commands.UpdateUser{ID: childID,
			Membership: events.MembershipChanged{Client: the(int64(2)), Access: the(commands.AccessFull)}}, true},
		"reading a client": {nil, commands.UpdateUser{ID: childID,
			Membership: events.MembershipChanged{Client: the(int64(2)), Access: the(commands.AccessReadOnly)}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			history := records(and(and(base, fact{childID, planted}), c.more...))
			for i := range history {
				if history[i].Event.Type() == planted.Type() && history[i].Aggregate.ID == childID {
					history[i].Cause = events.Cause{Actor: parentID.String()}
				}
			}
			v := projections.NewView()
			require.NoError(t, v.Apply(history))
			v.Open()
			drafts, err := commands.Decide(v.Snapshot(), by(adminID, ""), c.when)
			require.NoError(t, err)
			ended := false
			for _, d := range drafts {
				ended = ended || d.Aggregate == events.User(childID) && d.Event == events.APIKeyRevoked{ID: anyKeyID}
			}
			require.Equal(t, c.ends, ended, "%v", drafts)
		})
	}
}

// TestWhoMadeItByANarrowCredential could not have done more by it, whoever that is.
func TestWhoMadeItByANarrowCredential(t *testing.T) {
	for credential, ends := range map[string]bool{"writing token": true, "ending token": true,
		"token of an office": true, "panel's writing key": false, "session": false, "gone": true} {
		v := projections.NewView()
		history := records(and(world(), fact{person("customer"), events.PasswordChanged{Hash: "h"}}))
		cause := events.Cause{Actor: person("super admin").String(), Credential: "api-key:" +
			person(credential+"'s key").String()}
		if credential == "session" {
			cause.Credential = "session:1"
		}
		history[len(history)-1].Cause = cause
		require.NoError(t, v.Apply(history))
		v.Open()
		drafts, err := commands.Decide(v.Snapshot(), asks(t, v.Snapshot(), "super admin"),
			asked(t, "raise", person("customer")))
		require.NoError(t, err)
		require.Equal(t, ends, len(drafts) > 1, "%s: %v", credential, drafts)
	}
}

// TestLinksDoNotGoToStrangers: an address that a former parent set is no way into what the account has become.
func TestLinksDoNotGoToStrangers(t *testing.T) {
	raised := fact{childID, events.RightsChanged{SuperAdmin: the(true)}}
	mine := fact{childID, events.ProfileUpdated{Email: the("mine@example.net")}}
	link := commands.RequestMail{ID: childID, Mail: events.MailPasswordReset}
	for name, c := range map[string]struct {
		more []fact
		no   string
	}{
		"the parent's address": {[]fact{mine, raised}, "email_unattested"},
		"attested since": {[]fact{mine, raised,
			{childID, events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}}}, ""},
		"whose phone was attested": {[]fact{mine, raised,
			{childID, events.ProfileUpdated{Profile: &events.Profile{PhoneVerified: the(true)}}}}, "email_unattested"},
		"another since": {[]fact{mine, raised,
			{childID, events.ProfileUpdated{Email: the("ours@example.net")}}}, ""},
		"an account that reaches nobody's": {[]fact{mine}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			history := records(and(family(), c.more...))
			for i := range history {
				if e, ok := history[i].Event.(events.ProfileUpdated); ok {
					author := adminID
					if e.Email != nil && *e.Email == "mine@example.net" {
						author = parentID
					}
					history[i].Cause.Actor = author.String()
				}
			}
			v := projections.NewView()
			require.NoError(t, v.Apply(history))
			v.Open()
			_, err := commands.Decide(v.Snapshot(), by(adminID, ""), link)
			assertReason(t, c.no, err, name)
		})
	}
}

// TestMailedLinksDoNotOutliveWhatTheyWereFor: a link to set a password, mailed to somebody who may do less than the
// account by now.
func TestMailedLinksDoNotOutliveWhatTheyWereFor(t *testing.T) {
	raised := step{adminID, "", events.RightsChanged{SuperAdmin: the(true)}}
	mine := step{parentID, "", events.ProfileUpdated{Email: the("mine@example.net")}}
	sent := step{uuid.Nil, "", events.PasswordResetRequested{Hash: openResetHash, ExpiresAt: firstDay.AddDate(1, 0, 0)}}
	attested := step{adminID, "", events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}}
	narrow := step{person("super admin"), "api-key:" + person("ending token's key").String(), attested.event}
	for name, c := range map[string]struct {
		steps []step
		no    string
	}{
		"to the parent, of a plain account":            {[]step{mine, sent}, ""},
		"to the parent of who is a super admin by now": {[]step{mine, sent, raised}, "reset_token_invalid"},
		"to one's own address":                         {[]step{sent, raised}, ""},
		"to an address that was attested":              {[]step{mine, attested, sent, raised}, ""},
		"by a credential with an end":                  {[]step{mine, narrow, sent, raised}, "reset_token_invalid"},
		"of which the account moved away": {[]step{mine, sent, {adminID, "", events.EmailUnattested{}}},
			"reset_token_invalid"},
		"the account was disabled": {[]step{sent, {adminID, "", events.UserDisabled{}},
			{adminID, "", events.UserEnabled{}}}, "reset_token_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := commands.Decide(afterSteps(t, c.steps), commands.Anonymous(),
				commands.ResetPassword{ID: childID, Hash: openResetHash, Now: firstDay.AddDate(0, 6, 0),
					PasswordHash: "new"})
			assertReason(t, c.no, err, name)
		})
	}
}

// TestMailsThatWaitLetNobodyIn that a link sent at once would not: what ends a link ends it also before it is made.
func TestMailsThatWaitLetNobodyIn(t *testing.T) {
	asked := step{adminID, "", events.MailRequested{Mail: events.MailPasswordReset}}
	due := afterSteps(t, []step{asked}).Head().Sequence
	for name, c := range map[string]struct {
		since []step
		no    string
	}{
		"nothing came between": {nil, ""},
		"another password": {[]step{{adminID, "", events.PasswordChanged{Hash: "h"}}},
			commands.ReasonLinkEnded},
		"a better hash of the same one": {[]step{{uuid.Nil, "",
			events.PasswordChanged{Hash: "h", Rehash: true}}}, ""},
		"the account was disabled for a while": {[]step{{adminID, "", events.UserDisabled{}},
			{adminID, "", events.UserEnabled{}}}, commands.ReasonLinkEnded},
		"it moved away from who set its address": {[]step{{adminID, "", events.EmailUnattested{}}},
			commands.ReasonLinkEnded},
		"also when somebody attested it then": {[]step{{adminID, "", events.EmailUnattested{}},
			{adminID, "", events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}}},
			commands.ReasonLinkEnded},
		"the address was corrected": {[]step{{adminID, "",
			events.ProfileUpdated{Email: the("right@example.org")}}}, ""},
		"an honest colleague gave it a membership": {[]step{{adminID, "",
			events.MembershipChanged{Client: the(int64(2)), Access: the(commands.AccessReadOnly)}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := commands.Decide(afterSteps(t, append([]step{asked}, c.since...)), commands.Service(),
				commands.RequestPasswordReset{ID: childID, Hash: openResetHash, ExpiresAt: firstDay.AddDate(1, 0, 0),
					Due: due})
			assertReason(t, c.no, err, name)
		})
	}
}

// TestWhoHadTheWelcomeMailSentElsewhere knows the password that was set by its link, whoever's the address is.
func TestWhoHadTheWelcomeMailSentElsewhere(t *testing.T) {
	by := commands.Author{User: parentID, Credential: "session:1"}
	for to, want := range map[string]commands.Author{"boss@example.net": by, "": {User: adminID}} {
		made := events.UserCreated{Number: 3, Username: "made", Email: "made@example.net", Active: true,
			Welcome: events.WelcomeAccessData, WelcomeTo: to}
		var u *commands.User
		for i, s := range []step{{by.User, by.Credential, made},
			{adminID, "", events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}},
			{uuid.Nil, "", events.PasswordResetRequested{Hash: "r"}},
			{uuid.Nil, "", events.PasswordChanged{Hash: "h"}}} {
			r := events.Record{Sequence: uint64(i + 1), Aggregate: events.User(childID), Type: s.event.Type(),
				Event: s.event, Cause: events.Cause{Actor: events.System, Credential: s.credential}}
			if s.by != uuid.Nil {
				r.Cause.Actor = s.by.String()
			}
			u = commands.Evolve(u, r)
		}
		require.Equal(t, want, u.PasswordBy, to)
	}
}

// TestKeysOfStrangersAreNotWidened: what a key gains, those gain who know its secret.
func TestKeysOfStrangersAreNotWidened(t *testing.T) {
	key := events.APIKeyAdded{APIKey: events.APIKey{ID: anyKeyID, Kind: "native", Hash: "a",
		ExpiresAt: firstDay.AddDate(2, 0, 0)}}
	read := the(commands.LevelRead)
	widen := commands.UpdateAPIKey{ID: childID, KeyID: anyKeyID, Permissions: commands.PermissionsChange{Audit: read}}
	sign := commands.UpdateSigningKey{ID: childID, KeyID: "AKa", Permissions: commands.PermissionsChange{Audit: read}}
	longer := commands.UpdateAPIKey{ID: childID, KeyID: anyKeyID, ExpiresAt: the(firstDay.AddDate(3, 0, 0))}
	shorter := commands.UpdateAPIKey{ID: childID, KeyID: anyKeyID, ExpiresAt: the(firstDay.AddDate(1, 0, 0))}
	moved := step{adminID, "", events.MembershipChanged{Parent: &uuid.UUID{}}}
	rotated := func(until time.Time) step {
		return step{adminID, "", events.APIKeyRotated{ID: anyKeyID, Hash: "b", OldUntil: until}}
	}
	signing := events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AKa", Secret: "s"}}
	for name, c := range map[string]struct {
		steps []step
		when  commands.Command
		no    string
	}{
		"the parent's key":  {[]step{{parentID, "", key}}, widen, "key_unattested"},
		"with a new secret": {[]step{{parentID, "", key}, rotated(time.Time{})}, widen, ""},
		"while the old one works": {[]step{{parentID, "", key}, rotated(firstDay.AddDate(1, 0, 0))},
			widen, "key_unattested"},
		"when it does no more": {[]step{{parentID, "", key}, rotated(firstDay.AddDate(0, 1, 0))},
			widen, ""},
		"a super admin's":          {[]step{{adminID, "", key}}, widen, ""},
		"one's own":                {[]step{{childID, "", key}}, widen, ""},
		"the parent's, for longer": {[]step{{parentID, "signing-key:AKparent", key}}, longer, ""},
		"when it is the parent no more": {[]step{{parentID, "signing-key:AKparent", key}, moved}, longer,
			"key_unattested"},
		"which gives it nothing":   {[]step{{parentID, "", key}, moved}, shorter, ""},
		"the parent's signing key": {[]step{{parentID, "", signing}}, sign, "key_unattested"},
		"with a new secret, which it is shown, too": {[]step{{parentID, "", signing},
			{adminID, "", events.SigningKeyRotated{ID: "AKa", Secret: "t"}}}, sign, "key_unattested"},
		"the former parent's, with a new secret": {[]step{{parentID, "", signing}, moved,
			{adminID, "", events.SigningKeyRotated{ID: "AKa", Secret: "t"}}}, sign, ""},
		"the parent is shown those of the child": {[]step{{childID, "", signing}}, sign, "key_unattested"},
		"not when it is another's":               {[]step{moved, {childID, "", signing}}, sign, ""},
	} {
		t.Run(name, func(t *testing.T) {
			admin := by(adminID, "")
			admin.At = firstDay.AddDate(0, 6, 0)
			_, err := commands.Decide(afterSteps(t, c.steps), admin, c.when)
			assertReason(t, c.no, err, name)
		})
	}
}
