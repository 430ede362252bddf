package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

func TestSessionHolds(t *testing.T) {
	have := and(family(), fact{childID, events.PasswordChanged{Hash: "one"}})
	now := firstDay
	u := statesOf(t, have).User(childID)
	by := commands.Session{Hash: "x", Password: commands.PasswordMark(u), ExpiresAt: now.Add(time.Hour)}
	require.True(t, by.Holds(u, now))
	require.False(t, by.Holds(u, by.ExpiresAt))
	require.False(t, by.Holds(nil, now), "deleted")
	for name, after := range map[string]struct {
		fact fact
		ends bool
	}{
		"another password": {fact{childID, events.PasswordChanged{Hash: "two"}}, true},
		"no account":       {fact{childID, events.UserDeleted{}}, true},
		"another name":     {fact{childID, events.ProfileUpdated{Username: the("kid")}}, false},
	} {
		s := statesOf(t, and(have, after.fact))
		require.Equal(t, after.ends, commands.Ended(s, commands.Actor{User: childID, Session: by}, now), name)
		require.NotContains(t, by.Password, "one")
	}
}
