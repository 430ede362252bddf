package commands_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

func TestRotateAPIKey(t *testing.T) {
	until := firstDay.Add(24 * time.Hour)
	key := func(with func(*events.APIKey)) []fact {
		k := events.APIKey{ID: apiKeyID, Kind: "native", Hash: "h"}
		if with != nil {
			with(&k)
		}
		return and(family(), fact{childID, events.APIKeyAdded{APIKey: k}})
	}
	ending := key(func(k *events.APIKey) { k.ExpiresAt = firstDay.Add(time.Hour) })
	strong := key(func(k *events.APIKey) { k.Permissions.Users = commands.LevelRead })
	rotate := commands.RotateAPIKey{ID: childID, KeyID: apiKeyID, Hash: "new",
		OldUntil: until.In(time.FixedZone("", 3600))}
	done := []events.Event{events.APIKeyRotated{ID: apiKeyID, Hash: "new", OldUntil: until}}
	at := func(a commands.Actor, now time.Time) commands.Actor { a.At = now; return a }
	itself := commands.Actor{User: childID, Credential: "api-key:" + apiKeyID.String(), At: firstDay,
		Permissions: commands.Whole()}
	run(t, []scenario{
		{name: "by the user", given: key(nil), actor: by(childID, ""), when: rotate, then: done},
		{name: "by the parent", given: key(nil), actor: by(parentID, "write"), when: rotate, then: done},
		{name: "at once", given: key(nil), actor: by(childID, ""), when: commands.RotateAPIKey{ID: childID,
			KeyID: apiKeyID, Hash: "new"}, then: []events.Event{events.APIKeyRotated{ID: apiKeyID, Hash: "new"}}},
		{name: "not by a stranger", given: key(nil), actor: by(strangerID, "all"), when: rotate, no: "user_not_found"},
		{name: "not one that is not there", given: family(), actor: by(childID, ""), when: rotate,
			no: "api_key_not_found"},
		{name: "not a stronger one", given: strong, actor: by(childID, ""), when: rotate, no: "not_allowed"},
		{name: "a key rotates itself", given: ending, actor: itself, when: rotate,
			then: []events.Event{events.APIKeyRotated{ID: apiKeyID, Hash: "new", OldUntil: firstDay.Add(time.Hour)}}},
		{name: "not one that ends later", given: and(ending,
			fact{childID, events.APIKeyAdded{APIKey: events.APIKey{ID: group, Hash: "other"}}}), actor: itself,
			when: commands.RotateAPIKey{ID: childID, KeyID: group, Hash: "new"}, no: "not_allowed"},
		{name: "not when it has expired", given: ending, actor: at(by(childID, ""), firstDay.Add(time.Hour)),
			when: rotate, no: "api_key_expired"},
		{name: "not Danube's", given: key(func(k *events.APIKey) { k.Kind = commands.KeyDanube }),
			actor: by(childID, ""), when: rotate, no: "api_key_kind_invalid"},
		{name: "not to a key that there is", given: key(func(k *events.APIKey) { k.Hash = "new" }),
			actor: by(childID, ""), when: rotate, no: "api_key_taken"},
		{name: "nor to one that was there before", given: and(key(func(k *events.APIKey) { k.Hash = "new" }),
			fact{childID, events.APIKeyRotated{ID: apiKeyID, Hash: "x", OldUntil: until}}),
			actor: by(childID, ""), when: rotate, no: "api_key_taken"},
	})
}

// TestOldKeyIsFound looks for the owner of both secrets, and of those that are gone.
func TestOldKeyIsFound(t *testing.T) {
	until := firstDay.Add(time.Hour)
	have := and(family(), fact{childID, events.APIKeyAdded{APIKey: events.APIKey{ID: apiKeyID, Hash: "one"}}},
		fact{childID, events.APIKeyRotated{ID: apiKeyID, Hash: "two", OldUntil: until}})
	owner := func(facts []fact, hash string) bool { return statesOf(t, facts).UserByAPIKey(hash) != nil }
	require.True(t, owner(have, "one"))
	require.True(t, owner(have, "two"))
	u := statesOf(t, have).User(childID)
	require.Equal(t, apiKeyID, u.APIKeyOpened("one", until.Add(-1)).ID)
	require.Equal(t, apiKeyID, u.APIKeyOpened("two", until).ID)
	for _, none := range []string{"one", "", "three"} {
		require.Equal(t, uuid.Nil, u.APIKeyOpened(none, until).ID, none)
	}
	have = and(have, fact{childID, events.APIKeyRotated{ID: apiKeyID, Hash: "three"}})
	require.False(t, owner(have, "one"))
	require.False(t, owner(have, "two"))
	require.True(t, owner(have, "three"))
	have = and(have, fact{childID, events.APIKeyRotated{ID: apiKeyID, Hash: "four", OldUntil: until}},
		fact{childID, events.APIKeyRevoked{ID: apiKeyID}})
	require.False(t, owner(have, "three"))
	require.False(t, owner(have, "four"))
}

// TestTheSecretBeforeMakesNothingThatOutlastsIt, and one that opens the key no more makes nothing at all.
func TestTheSecretBeforeMakesNothingThatOutlastsIt(t *testing.T) {
	until := firstDay.AddDate(1, 0, 0)
	states := statesOf(t, and(family(), fact{childID,
		events.APIKeyAdded{APIKey: events.APIKey{ID: apiKeyID, Hash: "old"}}},
		fact{childID, events.APIKeyRotated{ID: apiKeyID, Hash: "new", OldUntil: until}}))
	for secret, c := range map[string]struct {
		ends time.Time
		no   string
	}{
		"new": {}, "old": {no: "not_allowed"}, "none": {ends: until, no: commands.ReasonKeyEnded}, "": {},
	} {
		a := by(childID, "")
		a.Credential, a.Secret = "api-key:"+apiKeyID.String(), events.Secret(secret)
		_, err := commands.Decide(states, a, commands.AddAPIKey{ID: childID,
			Key: events.APIKey{ID: freshID, Kind: "native", Hash: "h", ExpiresAt: c.ends}})
		assertReason(t, c.no, err, secret)
	}
	gone := by(childID, "")
	gone.Credential = "api-key:" + freshID.String()
	_, err := commands.Decide(states, gone, commands.UpdateUser{ID: childID,
		Profile: events.ProfileUpdated{Phone: the("1")}})
	assertReason(t, commands.ReasonKeyEnded, err, "a key that was revoked since the request came")
	a := by(childID, "")
	a.Credential, a.Secret = "api-key:"+apiKeyID.String(), "old"
	_, err = commands.Decide(states, a, commands.AddAPIKey{ID: childID,
		Key: events.APIKey{ID: freshID, Kind: "native", Hash: "h", ExpiresAt: until}})
	require.NoError(t, err)
}
