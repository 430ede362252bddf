package commands_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

func TestEraseUser(t *testing.T) {
	linked := events.ResourceLinked{Kind: "server", ID: "7", Name: "web"}
	erase := commands.EraseUser{ID: childID}
	deleted := and(family(), fact{childID, events.UserDeleted{}})
	erased := and(deleted, fact{childID, events.UserErased{}})
	admin := by(adminID, "")
	run(t, []scenario{
		{name: "it is deleted, too", given: family(), actor: admin, when: erase,
			then: []events.Event{events.UserDeleted{}, events.UserErased{}}},
		{name: "a parent may", given: family(), actor: by(parentID, "write"), when: erase,
			then: []events.Event{events.UserDeleted{}, events.UserErased{}}},
		{name: "one may not erase oneself", given: family(), actor: by(childID, ""), when: erase, no: "not_allowed"},
		{name: "the administrator stays", given: family(), actor: admin, when: commands.EraseUser{ID: adminID},
			no: "protected"},
		{name: "resources hold it", given: and(family(), fact{childID, linked}), actor: admin, when: erase,
			no: "has_resources"},
		{name: "only of that version", given: family(), actor: admin, when: commands.OnVersion{Command: erase,
			Version: 3}, then: []events.Event{events.UserDeleted{}, events.UserErased{}}},
		{name: "not of another", given: family(), actor: admin, when: commands.OnVersion{Command: erase, Version: 9},
			no: "version_differs"},
		{name: "nobody", given: family(), actor: admin, when: commands.EraseUser{ID: freshID}, no: "user_not_found"},

		{name: "who was deleted", given: deleted, actor: admin, when: erase, then: []events.Event{events.UserErased{}}},
		{name: "by whom the parent was", given: deleted, actor: by(parentID, "write"), when: erase,
			then: []events.Event{events.UserErased{}}},
		{name: "not by a stranger", given: deleted, actor: by(strangerID, "write"), when: erase, no: "user_not_found"},
		{name: "not by a credential that may not write", given: deleted, actor: by(parentID, "read"), when: erase,
			no: "user_not_found"},
		{name: "nor by an administrator's", given: deleted, actor: by(adminID, "read"), when: erase, no: "not_allowed"},
		{name: "nor by one who is gone", given: deleted, actor: by(childID, ""), when: erase, no: "account_inactive"},
		{name: "deleted at another version", given: deleted, actor: admin, when: commands.OnVersion{Command: erase,
			Version: 3}, no: "version_differs"},

		{name: "twice", given: erased, actor: admin, when: erase},
		{name: "whom nobody can change any more", given: erased, actor: admin, when: commands.DeleteUser{ID: childID},
			no: "user_not_found"},
	})
}

// TestEraseSealsWithTheKeyOfTheUser looks at where the records go that end an account.
func TestEraseSealsWithTheKeyOfTheUser(t *testing.T) {
	s := statesOf(t, family())
	key := s.User(childID).Key
	for _, given := range [][]fact{family(), and(family(), fact{childID, events.UserDeleted{}})} {
		drafts, err := commands.Decide(statesOf(t, given), commands.Service(), commands.EraseUser{ID: childID})
		require.NoError(t, err)
		require.NotEmpty(t, drafts)
		for _, d := range drafts {
			require.Equal(t, key, d.Key)
			require.Equal(t, events.User(childID), d.Aggregate)
		}
	}
}

// TestWhatIsRememberedOfTheErased is the same whether or not the records could be read.
func TestWhatIsRememberedOfTheErased(t *testing.T) {
	facts := and(family(), fact{childID, events.UserDeleted{}}, fact{childID, events.UserErased{}})
	readable := records(facts)
	var live, later *commands.Deleted
	var u *commands.User
	for _, r := range readable {
		if r.Aggregate.ID != childID {
			continue
		}
		live = commands.EvolveDeleted(live, u, r)
		u = commands.Evolve(u, r)
		r.Event, r.Erased = nil, true
		later = commands.EvolveDeleted(later, nil, r)
	}
	require.Nil(t, u)
	require.Equal(t, live, later)
	require.Equal(t, &commands.Deleted{ID: childID, Key: readable[2].Key, Version: 6, Erased: true}, live)
}

// TestARecordThatCannotBeReadEndsAnAccount stands for a key that is destroyed between two records that are read.
func TestARecordThatCannotBeReadEndsAnAccount(t *testing.T) {
	for _, e := range []events.Event{events.UserDeleted{}, events.UserErased{}} {
		u := rich()
		require.Nil(t, commands.Evolve(u, events.Record{Sequence: 2, Aggregate: events.User(u.ID), Type: e.Type(),
			Erased: true}))
	}
	u := rich()
	require.Same(t, u, commands.Evolve(u, events.Record{Sequence: 2, Aggregate: events.User(u.ID),
		Type: events.UserDisabled{}.Type(), Erased: true}))
}

// TestIDsAreNotTakenAgain by a user who is made after another one has ended.
func TestIDsAreNotTakenAgain(t *testing.T) {
	for _, end := range []events.Event{events.UserDeleted{}, events.UserErased{}} {
		s := statesOf(t, and(family(), fact{strangerID, end}))
		_, err := commands.Decide(s, commands.Service(), commands.CreateUser{ID: strangerID,
			User: events.UserCreated{Username: "new", Email: "new@example.net"}})
		assertReason(t, "id_taken", err, "%T", end)
	}
}
