package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

func TestLockAndUnlock(t *testing.T) {
	until := firstDay.Add(time.Hour)
	locked := and(family(), fact{childID, events.LogInLocked{Until: until}})
	lock := commands.LockLogIn{ID: childID, Until: until.In(time.FixedZone("", 3600))}
	unlock := commands.UnlockLogIn{ID: childID}
	unlocked := []events.Event{events.LogInUnlocked{}}
	run(t, []scenario{
		{name: "the service locks", given: family(), actor: commands.Service(), when: lock,
			then: []events.Event{events.LogInLocked{Until: until}}},
		{name: "nobody else does", given: family(), actor: by(adminID, ""), when: lock, no: "not_allowed"},
		{name: "nobody is locked", given: family(), actor: commands.Service(), when: commands.LockLogIn{ID: freshID},
			no: "user_not_found"},
		{name: "an administrator unlocks", given: locked, actor: by(adminID, ""), when: unlock, then: unlocked},
		{name: "the parent whose key writes users does", given: locked, actor: by(parentID, "write"), when: unlock,
			then: unlocked},
		{name: "one whose key only reads does not", given: locked, actor: by(adminID, "read"), when: unlock,
			no: "not_allowed"},
		{name: "the user does not", given: locked, actor: by(childID, ""), when: unlock, no: "not_allowed"},
		{name: "a stranger does not", given: locked, actor: by(strangerID, "all"), when: unlock, no: "user_not_found"},
		{name: "there is nothing to unlock", given: family(), actor: by(adminID, ""), when: unlock},
	})
}

func TestLockedUntil(t *testing.T) {
	until := firstDay.Add(time.Hour)
	u := statesOf(t, and(family(), fact{childID, events.LogInLocked{Until: until}})).User(childID)
	require.Equal(t, until, u.LockedUntil(until.Add(-1)))
	require.Zero(t, u.LockedUntil(until))
	require.Zero(t, (&commands.User{}).LockedUntil(until))
}
