package commands_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

var sessionID = uuid.MustParse("00000000-0000-4000-8000-0000000000e1")

func TestEndSessions(t *testing.T) {
	have := family()
	one := commands.EndSession{ID: childID, Session: sessionID, Kind: commands.SessionNative}
	all := commands.EndSessions{ID: childID}
	ended := events.SessionEnded{ID: sessionID, Kind: commands.SessionNative}
	reused := one
	reused.Reason = commands.EndedByRefresh
	root := and(have, fact{freshID, created(5, "root", func(e *events.UserCreated) { e.SuperAdmin = true })})
	ofRoot := commands.EndSessions{ID: freshID}
	granted := commands.EndSession{ID: childID, Session: syncID, Application: syncID, Kind: commands.SessionApplication}
	run(t, []scenario{
		{name: "one ends one's own", given: have, actor: by(childID, ""), when: one, then: []events.Event{ended}},
		{name: "and all of them", given: have, actor: by(childID, ""), when: all,
			then: []events.Event{events.SessionsEnded{}}},
		{name: "not by what may not write", given: have, actor: by(childID, commands.LevelNone), when: all,
			no: "not_allowed"},
		{name: "a super admin ends another's", given: have, actor: by(adminID, ""), when: one,
			then: []events.Event{ended}},
		{name: "and all of them", given: have, actor: by(adminID, ""), when: all,
			then: []events.Event{events.SessionsEnded{}}},
		{name: "and those of super admins", given: root, actor: by(adminID, ""), when: ofRoot,
			then: []events.Event{events.SessionsEnded{}}},
		{name: "the parent may who may write users", given: have, actor: by(parentID, commands.LevelWrite), when: all,
			then: []events.Event{events.SessionsEnded{}}},
		{name: "not one who may only read them", given: have, actor: by(parentID, commands.LevelRead), when: all,
			no: "user_not_found"},
		{name: "nor a super admin's reading key", given: have, actor: by(adminID, commands.LevelRead), when: all,
			no: "not_allowed"},
		{name: "which ends not even its owner's", given: have, actor: by(adminID, commands.LevelRead),
			when: commands.EndSessions{ID: adminID}, no: "not_allowed"},
		{name: "nobody else", given: have, actor: by(strangerID, commands.LevelAll), when: one, no: "user_not_found"},
		{name: "nobody of a super admin's", given: root, actor: by(parentID, commands.LevelAll), when: ofRoot,
			no: "user_not_found"},
		{name: "nor who may do nothing any more", given: and(have, fact{childID, events.UserDisabled{}}),
			actor: by(childID, ""), when: all, no: "account_inactive"},
		{name: "of nobody", given: have, actor: by(adminID, ""), when: commands.EndSessions{ID: freshID},
			no: "user_not_found"},
		{name: "no application does", given: tenant(), actor: through(bossID, allID),
			when: commands.EndSessions{ID: bossID}, no: "not_allowed"},

		{name: "once", given: and(have, fact{childID, ended}), actor: by(childID, ""), when: one},
		{name: "what an application gets by its secret, each time",
			given: and(have, fact{childID, events.SessionEnded{ID: syncID, Application: syncID, Kind: "application"}}),
			actor: by(adminID, ""), when: granted,
			then: []events.Event{events.SessionEnded{ID: syncID, Application: syncID, Kind: "application"}}},
		{name: "the service says why", given: have, actor: commands.Service(), when: reused,
			then: []events.Event{events.SessionEnded{ID: sessionID, Kind: commands.SessionNative,
				Reason: "refresh_token_reused"}}},
		{name: "and nobody else", given: have, actor: by(adminID, ""), when: reused, no: "not_allowed"},
		{name: "not without end one by one", given: and(have, manyEnded(600)...), actor: by(childID, ""), when: one,
			no: "sessions_ended"},
		{name: "but by the service", given: and(have, manyEnded(600)...), actor: commands.Service(), when: one,
			then: []events.Event{ended}},
		{name: "or all of them", given: and(have, manyEnded(600)...), actor: by(childID, ""), when: all,
			then: []events.Event{events.SessionsEnded{}}},
		{name: "and then one by one again", given: and(and(have, manyEnded(600)...),
			fact{childID, events.SessionsEnded{}}), actor: by(childID, ""), when: one, then: []events.Event{ended}},
	})
}

func manyEnded(n int) (facts []fact) {
	for range n {
		facts = append(facts, fact{childID, events.SessionEnded{ID: uuid.New(), Kind: "native"}})
	}
	return facts
}

// TestWhoSeesSessions has the same right as to end them, but that one always sees one's own.
func TestWhoSeesSessions(t *testing.T) {
	s := statesOf(t, tenant())
	for name, c := range map[string]struct {
		by     commands.Actor
		of     uuid.UUID
		reason string
	}{
		"one's own":                   {by: by(childID, commands.LevelNone), of: childID},
		"a super admin's":             {by: by(adminID, commands.LevelRead), of: adminID},
		"another's, by a super admin": {by: by(adminID, ""), of: childID},
		"not to read alone":           {by: by(adminID, commands.LevelRead), of: childID, reason: "not_allowed"},
		"by the parent":               {by: by(parentID, commands.LevelAll), of: childID},
		"who may do so":               {by: by(parentID, ""), of: childID, reason: "user_not_found"},
		"nobody else":                 {by: by(strangerID, commands.LevelAll), of: childID, reason: "user_not_found"},
		"the service":                 {by: commands.Service(), of: childID},
		"of somebody":                 {by: commands.Service(), of: freshID, reason: "user_not_found"},
		"no application":              {by: granted(s, through(bossID, allID)), of: bossID, reason: "not_allowed"},
	} {
		t.Run(name, func(t *testing.T) { requireReason(t, c.reason, commands.MaySeeSessions(s, c.by, s.User(c.of))) })
	}
}

// TestAnEndedGrantHoldsNoMore ends what applications were granted, one by one and together.
func TestAnEndedGrantHoldsNoMore(t *testing.T) {
	have := and(tenant(), fact{bossID, events.ConsentGiven{Application: publicID}})
	s := statesOf(t, have)
	for _, app := range []uuid.UUID{allID, callID, publicID} {
		g := granted(s, through(bossID, app)).Grant
		g.Session = sessionID
		if app == allID {
			g.Session = allID
		}
		one := fact{bossID, events.SessionEnded{ID: g.Session, Kind: "application", Application: app}}
		require.True(t, commands.TokenHolds(s, g))
		for _, end := range []fact{one, {bossID, events.SessionsEnded{}}} {
			require.False(t, commands.TokenHolds(statesOf(t, and(have, end)), g), end)
		}
		require.True(t, commands.TokenHolds(statesOf(t, and(have, fact{bossID, events.SessionEnded{ID: freshID}})), g),
			"another one")
		again := statesOf(t, and(have, one))
		g.Since = again.User(bossID).EndedSince(g.Session)
		require.True(t, commands.TokenHolds(again, g), "what is granted after that")
	}
}

// TestEndedSessionsAreForgotten wants the State to remember no more than it must.
func TestEndedSessionsAreForgotten(t *testing.T) {
	end := func(id uuid.UUID, after time.Duration, sequence uint64) events.Record {
		return events.Record{Sequence: sequence, Time: firstDay.Add(after), Aggregate: events.User(childID),
			Event: events.SessionEnded{ID: id}}
	}
	u := statesOf(t, family()).User(childID)
	u = commands.Evolve(u, end(sessionID, 0, 10))
	u = commands.Evolve(u, end(freshID, time.Hour, 11))
	u = commands.Evolve(u, end(freshID, 2*time.Hour, 12))
	require.Equal(t, []uint64{10, 12, 0}, []uint64{u.EndedSince(sessionID), u.EndedSince(freshID),
		u.EndedSince(syncID)})
	u = commands.Evolve(u, end(syncID, commands.LongestSession+time.Minute, 13))
	require.Equal(t, []uint64{0, 12, 13}, []uint64{u.EndedSince(sessionID), u.EndedSince(freshID),
		u.EndedSince(syncID)})
	u = commands.Evolve(u, events.Record{Sequence: 14, Time: firstDay, Aggregate: events.User(childID),
		Event: events.SessionsEnded{}})
	require.Empty(t, u.Ended)
	require.EqualValues(t, 14, u.EndedSince(sessionID))
}
