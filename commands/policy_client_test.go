package commands_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

var (
	bossID   = uuid.MustParse("00000000-0000-4000-8000-0000000000d1") // full member of client 2
	clerkID  = uuid.MustParse("00000000-0000-4000-8000-0000000000d2") // read-only member
	thirdID  = uuid.MustParse("00000000-0000-4000-8000-0000000000d3") // full member
	rootID   = uuid.MustParse("00000000-0000-4000-8000-0000000000d4") // super admin and full member
	tenantID = uuid.MustParse("00000000-0000-4000-8000-0000000000d5") // client 2
	allID    = uuid.MustParse("00000000-0000-4000-8000-0000000000d6") // applications of client 2
	callID   = uuid.MustParse("00000000-0000-4000-8000-0000000000d7")
	publicID = uuid.MustParse("00000000-0000-4000-8000-0000000000d8")
	passID   = uuid.MustParse("00000000-0000-4000-8000-0000000000d9")
)

// tenant is a client with members, and applications by which they act.
func tenant() []fact {
	member := func(access string, admin bool) func(*events.UserCreated) {
		return func(e *events.UserCreated) { e.Client, e.Access, e.SuperAdmin, e.SigningKeys = 2, access, admin, nil }
	}
	app := func(n int64, kind, access string) events.ApplicationCreated {
		return events.ApplicationCreated{Number: n, Name: "App", AppID: appID[:31] + string(rune('0'+n)),
			SecretHash: "h", User: bossID, Client: 2, Kind: kind, Access: access}
	}
	return append(append(family(), firm()...),
		fact{tenantID, events.ClientCreated{Number: 2, Name: "Tenant"}},
		fact{bossID, created(5, "boss", member("full", false))},
		fact{clerkID, created(6, "clerk", member("read_only", false))},
		fact{thirdID, created(7, "third", member("full", false))},
		fact{rootID, created(8, "root", member("full", true))},
		fact{allID, app(2, "trusted", "all")}, fact{callID, app(3, "password_credentials", "call_api")},
		fact{publicID, app(4, "public", "all")}, fact{passID, app(5, "password_credentials", "all")})
}

func through(user, application uuid.UUID) commands.Actor {
	return commands.Actor{User: user, Application: application, Credential: "application:" + application.String(),
		Permissions: commands.Whole()}
}

// granted gives who asks by an application, and does not say by which grant, the one that the application would get
// now.
func granted(s commands.States, a commands.Actor) commands.Actor {
	if a.Application == uuid.Nil || a.Grant != (commands.Grant{}) {
		return a
	}
	a.Grant = commands.Grant{User: a.User, Application: a.Application}
	if u := s.User(a.User); u != nil {
		given, _ := u.Consent(a.Application)
		a.Grant.Since, a.Grant.Membership, a.Grant.Consent = u.LogInsSince, u.MemberSince, given.Sequence
	}
	if app := s.Directory().Application(a.Application); app != nil {
		a.Grant.Secret = app.SecretSince
	}
	return a
}

func TestMembersManageTheirClient(t *testing.T) {
	have, boss := tenant(), through(bossID, allID)
	made := events.UserCreated{Username: "new", Email: "new@example.org", DisplayName: "New One", Active: true,
		Client: 2}
	with := func(change func(*events.UserCreated)) commands.CreateUser {
		e := made
		change(&e)
		return commands.CreateUser{ID: freshID, User: e}
	}
	none := func(*events.UserCreated) {}
	update := func(id uuid.UUID, c commands.UpdateUser) commands.UpdateUser { c.ID = id; return c }
	off, hash := commands.UpdateUser{Active: the(false)}, commands.UpdateUser{PasswordHash: the(events.Secret("x"))}
	readOnly := commands.UpdateUser{Membership: events.MembershipChanged{Access: the("read_only")}}
	comment := commands.UpdateUser{Profile: events.ProfileUpdated{Comment: the("c")}}
	mail := commands.UpdateUser{Profile: events.ProfileUpdated{Email: the("n@example.org")}}
	elevate := fact{thirdID, events.APIKeyAdded{APIKey: events.APIKey{ID: freshID, Hash: "k",
		Permissions: events.Permissions{Users: "all"}}}}
	run(t, []scenario{
		{name: "a full member makes users, with full access unless told", given: have, actor: boss, when: with(none),
			then: []events.Event{
				events.UserCreated{Number: 9, Username: "new", Email: "new@example.org", DisplayName: "New One",
					FirstName: "New", LastName: "One", Active: true, State: "created", Client: 2, Access: "full"}}},
		{name: "not for another client", given: have, actor: boss,
			when: with(func(e *events.UserCreated) { e.Client = 1 }), no: "not_allowed"},
		{name: "nor for none", given: have, actor: boss, when: with(func(e *events.UserCreated) { e.Client = 0 }),
			no: "not_allowed"},
		{name: "nor with rights", given: have, actor: boss,
			when: with(func(e *events.UserCreated) { e.SuperAdmin = true }), no: "not_allowed"},
		{name: "nor in groups, even for a super admin", given: have, actor: through(rootID, passID),
			when: with(func(e *events.UserCreated) { e.Groups = []uuid.UUID{staffID} }), no: "not_allowed"},
		{name: "a read-only member does not", given: have, actor: through(clerkID, passID), when: with(none),
			no: "member_read_only"},
		{name: "nor an application that only calls", given: have, actor: through(bossID, callID), when: with(none),
			no: "application_limited"},
		{name: "of the two, the application counts first", given: have, actor: through(clerkID, callID),
			when: with(none), no: "application_limited"},
		{name: "nor a blocked user", given: and(have, fact{bossID, events.UserDisabled{}}), actor: boss,
			when: with(none), no: "account_inactive"},
		{name: "nor one of a blocked client", given: and(have, fact{tenantID, events.ClientBlocked{}}), actor: boss,
			when: with(none), no: "client_blocked"},
		{name: "nor by an application that is gone", given: and(have, fact{allID, events.ApplicationDeleted{}}),
			actor: boss, when: with(none), no: "grant_ended"},

		{name: "members are changed", given: have, actor: boss, when: update(clerkID, mail),
			then: []events.Event{mail.Profile}},
		{name: "and get passwords", given: have, actor: boss, when: update(clerkID, hash),
			then: []events.Event{events.PasswordChanged{Hash: "x"}}},
		{name: "and blocked", given: have, actor: boss, when: update(thirdID, off),
			then: []events.Event{events.UserDisabled{}}},
		{name: "and demoted", given: have, actor: boss, when: update(thirdID, readOnly),
			then: []events.Event{readOnly.Membership}},
		{name: "and deleted", given: have, actor: boss, when: commands.DeleteUser{ID: thirdID},
			then: []events.Event{events.UserDeleted{}}},
		{name: "the users of others are not there", given: have, actor: boss, when: update(strangerID, comment),
			no: "user_not_found"},
		{name: "nor to be deleted, even for a super admin", given: have, actor: through(rootID, passID),
			when: commands.DeleteUser{ID: strangerID}, no: "user_not_found"},
		{name: "nobody leaves the client", given: have, actor: boss,
			when: update(clerkID, commands.UpdateUser{Membership: events.MembershipChanged{Client: the(int64(1))}}),
			no:   "not_allowed"},
		{name: "or gets rights", given: have, actor: boss,
			when: update(clerkID, commands.UpdateUser{Rights: events.RightsChanged{SuperAdmin: the(true)}}),
			no:   "not_allowed"},
		{name: "or keys of other APIs", given: have, actor: boss,
			when: update(clerkID, commands.UpdateUser{APIKey: &events.APIKey{Hash: "h"}}), no: "not_allowed"},
		{name: "or is said to be verified", given: have, actor: boss,
			when: update(clerkID, commands.UpdateUser{Profile: events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}}), no: "not_allowed"},

		{name: "one's own data are changed", given: have, actor: boss, when: update(bossID, mail),
			then: []events.Event{mail.Profile}},
		{name: "but not by a read-only member", given: have, actor: through(clerkID, passID),
			when: update(clerkID, hash), no: "member_read_only"},
		{name: "nobody blocks oneself", given: have, actor: boss, when: update(bossID, off), no: "oneself"},
		{name: "or demotes", given: have, actor: boss, when: update(bossID, readOnly), no: "oneself"},
		{name: "or deletes", given: have, actor: boss, when: commands.DeleteUser{ID: bossID}, no: "oneself"},

		{name: "a super admin is left alone", given: have, actor: boss, when: update(rootID, comment),
			no: "not_allowed"},
		{name: "and stays", given: have, actor: boss, when: commands.DeleteUser{ID: rootID}, no: "not_allowed"},
		{name: "whoever has a strong credential, too", given: and(have, elevate), actor: boss,
			when: update(thirdID, hash), no: "not_allowed"},
		{name: "whoever is in a group, too", given: and(have,
			fact{thirdID, events.MembershipChanged{Groups: &[]uuid.UUID{staffID}}}), actor: boss,
			when: update(thirdID, mail), no: "not_allowed"},
		{name: "a super admin describes oneself", given: have, actor: through(rootID, passID),
			when: update(rootID, comment), then: []events.Event{comment.Profile}},
		{name: "but no application gets at the password", given: have, actor: through(rootID, passID),
			when: update(rootID, hash), no: "not_allowed"},
		{name: "and its rights do not count", given: have, actor: through(rootID, callID),
			when: update(clerkID, comment), no: "application_limited"},

		{name: "nothing else goes by an application", given: have, actor: through(rootID, passID),
			when: commands.AddSSHKey{ID: rootID, Title: "t", Key: edKey}, no: "not_allowed"},
		{name: "nor the directory", given: have, actor: through(rootID, passID),
			when: commands.DeleteClient{ID: tenantID}, no: "not_allowed"},
		{name: "nor a consent", given: have, actor: through(bossID, allID),
			when: commands.GiveConsent{ID: bossID, Application: publicID}, no: "not_allowed"},
	})
}

func TestMembershipAndAccess(t *testing.T) {
	have, admin := tenant(), by(adminID, "")
	join := commands.UpdateUser{ID: strangerID, Membership: events.MembershipChanged{Client: the(int64(2))}}
	leave := commands.UpdateUser{ID: bossID, Membership: events.MembershipChanged{Client: the(int64(0))}}
	run(t, []scenario{
		{name: "a member has full access unless told", given: have, actor: admin, when: join,
			then: []events.Event{events.MembershipChanged{Client: the(int64(2)), Access: the("full")}}},
		{name: "who leaves has none", given: have, actor: admin, when: leave,
			then: []events.Event{events.MembershipChanged{Client: the(int64(0)), Access: the("")}}},
		{name: "nor has anybody else", given: have, actor: admin, when: commands.UpdateUser{ID: strangerID,
			Membership: events.MembershipChanged{Access: the("full")}}, no: "access_invalid"},
		{name: "from the beginning", given: have, actor: admin,
			when: commands.CreateUser{ID: freshID, User: events.UserCreated{Email: "x@example.org", Access: "full"}},
			no:   "access_invalid"},
	})
}

func TestConsents(t *testing.T) {
	have := tenant()
	given := and(have, fact{strangerID, events.ConsentGiven{Application: publicID}})
	give := commands.GiveConsent{ID: strangerID, Application: publicID}
	withdraw := commands.WithdrawConsent{ID: strangerID, Application: publicID}
	run(t, []scenario{
		{name: "one gives it", given: have, actor: by(strangerID, ""), when: give,
			then: []events.Event{events.ConsentGiven{Application: publicID}}},
		{name: "once", given: given, actor: by(strangerID, ""), when: give},
		{name: "for oneself", given: have, actor: by(adminID, ""), when: give, no: "not_allowed"},
		{name: "while active", given: and(have, fact{strangerID, events.UserDisabled{}}), actor: by(strangerID, ""),
			when: give, no: "account_inactive"},
		{name: "to what there is", given: have, actor: by(strangerID, ""), when: commands.GiveConsent{ID: strangerID,
			Application: freshID}, no: "application_not_found"},
		{name: "one takes it back", given: given, actor: by(strangerID, ""), when: withdraw,
			then: []events.Event{events.ConsentWithdrawn{Application: publicID}}},
		{name: "or who manages the account", given: given, actor: by(adminID, ""), when: withdraw,
			then: []events.Event{events.ConsentWithdrawn{Application: publicID}}},
		{name: "nobody else", given: given, actor: by(childID, ""), when: withdraw, no: "user_not_found"},
		{name: "when it is there", given: have, actor: by(strangerID, ""), when: withdraw, no: "consent_not_found"},
	})
}

// TestTokenHolds grants a token and then looks what else there is: what ends it for good, and what only stops it.
func TestTokenHolds(t *testing.T) {
	consented := and(tenant(), fact{clerkID, events.ConsentGiven{Application: publicID}})
	moved := func(user uuid.UUID, clients ...int64) (facts []fact) {
		for _, c := range clients {
			facts = append(facts, fact{user, events.MembershipChanged{Client: the(c), Access: the("full")}})
		}
		return facts
	}
	newSecret := func(app uuid.UUID) fact { return fact{app, events.ApplicationSecretRotated{SecretHash: "h2"}} }
	changed := events.PasswordChanged{Hash: "h"}
	for name, c := range map[string]struct {
		more   []fact
		late   bool // it is granted after them
		user   uuid.UUID
		app    uuid.UUID
		forged func(*commands.Grant)
		holds  bool
		no     string // why no new token is given
	}{
		"a trusted application's maker": {user: bossID, app: allID, holds: true},
		"nobody else":                   {user: thirdID, app: allID, no: "not_allowed"},
		"by password":                   {user: clerkID, app: callID, holds: true},
		"not for who is of no client":   {user: strangerID, app: callID, no: "not_allowed"},
		"by consent":                    {user: clerkID, app: publicID, holds: true},
		"not by another consent": {user: clerkID, app: publicID,
			forged: func(g *commands.Grant) { g.Consent-- }, no: "not_allowed"},
		"not without": {user: bossID, app: publicID, no: "not_allowed"},
		"not by one taken back": {more: []fact{{clerkID,
			events.ConsentWithdrawn{Application: publicID}}}, user: clerkID, app: publicID, no: "not_allowed"},
		"not by one from before it could do more": {more: []fact{{publicID,
			events.ApplicationUpdated{Access: the(commands.AccessCallAPI)}},
			{publicID, events.ApplicationUpdated{Access: the(commands.AccessAll)}}}, user: clerkID, app: publicID,
			no: "not_allowed"},
		"not by one given anew": {more: []fact{{clerkID, events.ConsentGiven{Application: publicID}}},
			user: clerkID, app: publicID, no: "not_allowed"},
		"not when the application is gone": {more: []fact{{allID, events.ApplicationDeleted{}}}, user: bossID,
			app: allID, no: "not_allowed"},
		"not when the user is gone": {more: []fact{{bossID, events.UserDeleted{}}}, user: bossID,
			app: allID, no: "not_allowed"},
		"a trusted application's logs nobody in": {more: []fact{{bossID, changed}}, user: bossID, app: allID,
			holds: true},
		"not with another password": {more: []fact{{clerkID, changed}}, user: clerkID, app: callID,
			no: "not_allowed"},
		"but by a log-in with that one": {more: []fact{{clerkID, changed}}, late: true, user: clerkID,
			app: callID, holds: true},
		"nor by consent with another password": {more: []fact{{clerkID, changed}}, user: clerkID, app: publicID,
			no: "not_allowed"},
		"but by a log-in after it": {more: []fact{{clerkID, changed}}, late: true, user: clerkID,
			app: publicID, holds: true},
		"a blocked user's waits": {more: []fact{{bossID, events.UserDisabled{}}}, user: bossID,
			app: allID, holds: true, no: "account_inactive"},
		"so does one of a blocked client": {more: []fact{{tenantID, events.ClientBlocked{}}}, user: bossID,
			app: allID, holds: true, no: "client_blocked"},
		"the application's client is blocked": {more: and(moved(adminID, 1), fact{tenantID, events.ClientBlocked{}}),
			late: true, user: adminID, app: callID, no: "not_allowed"},
		"it serves the members of other clients": {more: moved(adminID, 1), late: true, user: adminID, app: callID,
			holds: true},

		"not when the user has left": {more: moved(bossID, 0), user: bossID, app: allID,
			no: "not_allowed"},
		"or is of another client": {more: moved(bossID, 1), user: bossID, app: allID,
			no: "not_allowed"},
		"or has come back": {more: moved(bossID, 0, 2), user: bossID, app: allID,
			no: "not_allowed"},
		"or was elsewhere meanwhile": {more: moved(bossID, 1, 2), user: bossID, app: allID,
			no: "not_allowed"},
		"nor does a trusted application get more": {more: moved(bossID, 1), late: true, user: bossID, app: allID,
			no: "not_allowed"},
		"not even when its user has come back": {more: moved(bossID, 1, 2), late: true, user: bossID, app: allID,
			no: "not_allowed"},
		"but with a secret that is made then": {more: and(moved(bossID, 1, 2), newSecret(allID)), late: true,
			user: bossID, app: allID, holds: true},
		"and not with one made in another client": {more: and(moved(bossID, 1), newSecret(allID)), late: true,
			user: bossID, app: allID, no: "not_allowed"},
		"not by password in the client before": {more: moved(clerkID, 1), user: clerkID, app: callID,
			no: "not_allowed"},
		"or before coming back": {more: moved(clerkID, 1, 2), user: clerkID, app: callID,
			no: "not_allowed"},
		"but by a log-in in that client": {more: moved(clerkID, 1), late: true, user: clerkID, app: callID,
			holds: true},
		"not by consent in the client before": {more: moved(clerkID, 1), user: clerkID, app: publicID,
			no: "not_allowed"},
		"or before coming back, by consent": {more: moved(clerkID, 1, 2), user: clerkID, app: publicID,
			no: "not_allowed"},
		"the consent does not come along": {more: moved(clerkID, 1), late: true, user: clerkID,
			app: publicID, no: "not_allowed"},
		"nor back": {more: moved(clerkID, 0, 2), late: true, user: clerkID,
			app: publicID, no: "not_allowed"},
		"another access is the same membership": {more: []fact{{clerkID,
			events.MembershipChanged{Access: the("full")}}}, user: clerkID, app: publicID, holds: true},
		"so is the same client": {more: moved(clerkID, 2), user: clerkID, app: publicID,
			holds: true},
		"not with the secret before": {more: []fact{newSecret(allID)}, user: bossID, app: allID,
			no: "not_allowed"},
		"but with the new one": {more: []fact{newSecret(allID)}, late: true, user: bossID,
			app: allID, holds: true},
		"not with the secret before, by password": {more: []fact{newSecret(callID)}, user: clerkID, app: callID,
			no: "not_allowed"},
		"not with the secret before, by consent": {more: []fact{newSecret(publicID)}, user: clerkID, app: publicID,
			no: "not_allowed"},
		"another application's secret means nothing": {more: []fact{newSecret(allID)}, user: clerkID, app: publicID,
			holds: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, all := statesOf(t, consented), statesOf(t, and(consented, c.more...))
			if c.late {
				s = all
			}
			g := granted(s, through(c.user, c.app)).Grant
			if c.forged != nil {
				c.forged(&g)
			}
			require.Equal(t, c.holds, commands.TokenHolds(all, g))
			requireReason(t, c.no, commands.MayGetTokens(all, g))
			if !c.holds { // it is refused as well what was let in before it ended
				a := through(c.user, c.app)
				a.Grant = g
				_, err := commands.Decide(all, a,
					commands.UpdateUser{ID: c.user, Profile: events.ProfileUpdated{Phone: the("+1")}})
				requireReason(t, "grant_ended", err)
				require.Equal(t, commands.Scope{}, commands.VisibleUsers(all, a))
			}
		})
	}
	require.False(t, commands.TokenHolds(statesOf(t, tenant()), commands.Grant{}))
}

// requireReason wants a refusal with that reason, none for no reason.
func requireReason(t *testing.T, reason string, err error) {
	t.Helper()
	if reason == "" {
		require.NoError(t, err)
		return
	}
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, reason, refusal.Reason)
}

// TestNobodyActsByAnothersGrant has the grant of one user or application named by another.
func TestNobodyActsByAnothersGrant(t *testing.T) {
	s := statesOf(t, tenant())
	for name, other := range map[string]commands.Actor{"no grant": {}, "another user's": through(clerkID, callID),
		"another application's": through(bossID, callID)} {
		a := through(bossID, allID)
		a.Grant = granted(s, other).Grant
		require.Equal(t, commands.Scope{}, commands.VisibleUsers(s, a), name)
		_, err := commands.Decide(s, a, commands.DeleteUser{ID: thirdID})
		requireReason(t, "grant_ended", err)
	}
}

func TestApplicationsSeeTheirClient(t *testing.T) {
	s := statesOf(t, tenant())
	root := granted(s, through(rootID, callID))
	require.Equal(t, commands.Scope{Client: 2}, commands.VisibleUsers(s, root))
	require.Equal(t, commands.Scope{}, commands.VisibleUsers(statesOf(t,
		and(tenant(), fact{tenantID, events.ClientBlocked{}})), root))
	require.True(t, commands.Scope{Client: 2}.Sees(s.User(clerkID)))
	require.False(t, commands.Scope{Client: 2}.Sees(s.User(adminID)))
	require.False(t, commands.IsSuperAdmin(s, root))
	require.False(t, commands.SeesSecrets(s, root, s.User(rootID), events.Permissions{}))
}
