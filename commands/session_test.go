package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

// TestWhatEndsLogIns tells of each event whether it ends a session, and whether it ends a token of Danube's API.
func TestWhatEndsLogIns(t *testing.T) {
	enrolled := fact{childID, events.TOTPEnrolled{Secret: "s"}}
	confirmed := fact{childID, events.TOTPConfirmed{RecoveryCodes: []events.Secret{"c1", "c2"}}}
	for name, c := range map[string]struct {
		given                     []fact
		event                     events.Event
		endsSessions, endsDanubes bool
	}{
		"a new password": {event: events.PasswordChanged{Hash: "two"}, endsSessions: true,
			endsDanubes: true},
		"one that keeps tokens": {event: events.PasswordChanged{Hash: "two", KeepsTokens: true},
			endsSessions: true},
		"a better hash":                {event: events.PasswordChanged{Hash: "two", Rehash: true}},
		"no account":                   {event: events.UserDeleted{}, endsSessions: true, endsDanubes: true},
		"another name":                 {event: events.ProfileUpdated{Username: the("kid")}},
		"a factor that does not count": {event: events.TOTPEnrolled{Secret: "s"}},
		"one that is taken back":       {given: []fact{enrolled}, event: events.TOTPRemoved{}},
		"a second factor": {given: []fact{enrolled}, event: confirmed.event, endsSessions: true,
			endsDanubes: true},
		"no second factor any more": {given: []fact{enrolled, confirmed}, event: events.TOTPRemoved{},
			endsSessions: true, endsDanubes: true},
		"a recovery code that was used": {given: []fact{enrolled, confirmed},
			event: events.RecoveryCodeUsed{Hash: "c1"}},
		"the account disabled": {event: events.UserDisabled{}, endsSessions: true},
		"all sessions":         {event: events.SessionsEnded{}, endsSessions: true, endsDanubes: true},
		"this one": {event: events.SessionEnded{ID: sessionID, Kind: "native"}, endsSessions: true,
			endsDanubes: true},
		"another one":        {event: events.SessionEnded{ID: freshID, Kind: "native"}},
		"new recovery codes": {given: []fact{enrolled, confirmed}, event: events.RecoveryCodesRenewed{}},
	} {
		given := and(and(family(), fact{childID, events.PasswordChanged{Hash: "one"}}), c.given...)
		before := statesOf(t, given).User(childID)
		all := records(and(given, fact{childID, c.event}))
		after := commands.Evolve(before, all[len(all)-1])
		by := commands.Session{ID: sessionID, Since: before.LogInSince(), ExpiresAt: firstDay.Add(time.Hour)}
		require.True(t, by.Holds(before, firstDay), name)
		require.Equal(t, c.endsSessions, !by.Holds(after, firstDay), name)
		by.Danube = true
		require.True(t, by.Holds(before, firstDay), name)
		require.Equal(t, c.endsDanubes, !by.Holds(after, firstDay), name)
	}
}

func TestSessionsExpire(t *testing.T) {
	u := &commands.User{LogInsSince: 7}
	by := commands.Session{Since: 7, ExpiresAt: firstDay}
	require.True(t, by.Holds(u, firstDay.Add(-1)))
	require.False(t, by.Holds(u, firstDay))
	require.False(t, by.Holds(nil, firstDay.Add(-1)))
	require.True(t, commands.Session{Since: 8, ExpiresAt: firstDay}.Holds(u, firstDay.Add(-1)),
		"this instance has not come so far yet")
}
