package commands_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// TestWhoGainsPowerKeepsNoStrangersCredentials: what somebody left with an account who may not do what the account may from now on,
// such as its former parent, ends when it gains that; what its user and those made who may, stays.
func TestWhoGainsPowerKeepsNoStrangersCredentials(t *testing.T) {
	keyOf := func(who string) uuid.UUID { return person(who + "'s key") }
	key := func(who string) events.Event {
		return events.APIKeyAdded{APIKey: events.APIKey{ID: keyOf(who), Kind: "native", Hash: events.Secret(who)}}
	}
	signing := func(id string) events.Event {
		return events.SigningKeyAdded{SigningKey: events.SigningKey{ID: id, Secret: "s"}}
	}
	raise := commands.UpdateUser{ID: childID, Rights: events.RightsChanged{SuperAdmin: the(true)}}
	raised := events.RightsChanged{SuperAdmin: the(true)}
	ruling := events.MembershipChanged{Datacenter: the(southID), Groups: &[]uuid.UUID{managersID}}
	rule := commands.UpdateUser{ID: childID, Membership: ruling}
	const asHimself = "" // the child, by its password

	type step struct {
		by         uuid.UUID
		credential string
		event      events.Event
	}
	for name, c := range map[string]struct {
		steps []step
		when  commands.UpdateUser
		then  []events.Event
	}{
		"the parent set the password": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}}, raise,
			[]events.Event{raised, events.PasswordChanged{}}},
		"and the child another one since": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}, {childID, "", events.PasswordChanged{Hash: "i"}}}, raise,
			[]events.Event{raised}},
		"or by a token that was mailed": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}, {uuid.Nil, "", events.PasswordChanged{Hash: "i"}}}, raise,
			[]events.Event{raised}},
		"the service hashed it anew": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}, {uuid.Nil, "", events.PasswordChanged{Hash: "i", Rehash: true}}}, raise,
			[]events.Event{raised, events.PasswordChanged{}}},
		"it gets another with its rights": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}},
			commands.UpdateUser{ID: childID, Rights: raise.Rights, PasswordHash: the(events.Secret("new"))},
			[]events.Event{raised, events.PasswordChanged{Hash: "new"}}},
		"the parent made keys": {[]step{{parentID, "", key("a")}, {parentID, "", signing("AKa")}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}, events.SigningKeyRemoved{ID: "AKa"}}},
		"or gave old ones a new secret": {[]step{{childID, "", key("a")}, {childID, "", signing("AKa")},
			{parentID, "", events.APIKeyRotated{ID: keyOf("a"), Hash: "b"}}, {parentID, "", events.SigningKeyRotated{ID: "AKa", Secret: "t"}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}, events.SigningKeyRemoved{ID: "AKa"}}},
		"or made them as the child, whose password it knows": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}},
			{childID, asHimself, key("a")}, {childID, "", events.PasswordChanged{Hash: "i"}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}}},
		"or by a key that it had made": {[]step{{parentID, "", key("a")}, {childID, "api-key:" + keyOf("a").String(), key("b")},
			{childID, "", events.APIKeyRevoked{ID: keyOf("a")}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("b")}}},
		"or by a signing key": {[]step{{parentID, "", signing("AKa")}, {childID, "signing-key:AKa", key("b")},
			{childID, "", events.SigningKeyRemoved{ID: "AKa"}}}, raise,
			[]events.Event{raised, events.APIKeyRevoked{ID: keyOf("b")}}},
		"the child made its own": {[]step{{childID, "", events.PasswordChanged{Hash: "h"}}, {childID, "", key("a")}, {childID, "", signing("AKa")}}, raise,
			[]events.Event{raised}},
		"a super admin did":        {[]step{{adminID, "", events.PasswordChanged{Hash: "h"}}, {adminID, "", key("a")}}, raise, []events.Event{raised}},
		"so did the service":       {[]step{{uuid.Nil, "", events.PasswordChanged{Hash: "h"}}, {uuid.Nil, "", key("a")}}, raise, []events.Event{raised}},
		"one who is gone did":      {[]step{{person("gone"), "", key("a")}}, raise, []events.Event{raised, events.APIKeyRevoked{ID: keyOf("a")}}},
		"it becomes a place's own": {[]step{{parentID, "", key("a")}}, rule, []events.Event{ruling, events.APIKeyRevoked{ID: keyOf("a")}}},
		"nothing is gained": {[]step{{parentID, "", events.PasswordChanged{Hash: "h"}}, {parentID, "", key("a")}},
			commands.UpdateUser{ID: childID, Rights: events.RightsChanged{APIAccess: the(true)}}, []events.Event{events.RightsChanged{APIAccess: the(true)}}},
	} {
		t.Run(name, func(t *testing.T) {
			given := and(world(), family()...)
			history := records(given)
			for _, s := range c.steps {
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
			drafts, err := commands.Decide(v.Snapshot(), by(adminID, ""), c.when)
			require.NoError(t, err)
			got := []events.Event{}
			for _, d := range drafts {
				got = append(got, d.Event)
			}
			require.Equal(t, c.then, got)
		})
	}
}

// TestCredentialsOfTheCreator are known to it from the beginning.
func TestCredentialsOfTheCreator(t *testing.T) {
	made := events.UserCreated{Number: 3, Username: "made", Active: true, PasswordHash: "h",
		APIKeys: []events.APIKey{{ID: anyKeyID, Kind: "native", Hash: "k"}}, SigningKeys: []events.SigningKey{{ID: "AKmade", Secret: "s"}}}
	r := events.Record{Sequence: 1, Aggregate: events.User(childID), Type: made.Type(), Event: made, Cause: events.Cause{Actor: parentID.String()}}
	u := commands.Evolve(nil, r)
	require.Equal(t, []uuid.UUID{parentID, parentID, parentID}, []uuid.UUID{u.PasswordBy, u.APIKeys[0].By, u.SigningKeys[0].By})
	r.Cause.Actor = events.System
	u = commands.Evolve(nil, r)
	require.Equal(t, []uuid.UUID{{}, {}, {}}, []uuid.UUID{u.PasswordBy, u.APIKeys[0].By, u.SigningKeys[0].By})
}
