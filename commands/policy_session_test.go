package commands_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

// act is a command that its actor may have; proof says whether it takes one, by a session.
type act struct {
	name  string
	by    uuid.UUID
	do    commands.Command
	proof bool
	given []fact
}

func acts() []act {
	enrolled := fact{childID, events.TOTPEnrolled{Secret: "s"}}
	confirmed := []fact{enrolled, {childID, events.TOTPConfirmed{}}}
	profile := func(p events.ProfileUpdated) commands.UpdateUser { return commands.UpdateUser{ID: childID, Profile: p} }
	key := events.APIKey{ID: uuid.New(), Kind: "native", Hash: "another"}
	yes, no := true, false
	return []act{
		{"a new password", childID, commands.UpdateUser{ID: childID, PasswordHash: the(events.Secret("x"))}, true, nil},
		{"a password beside a phone", childID, commands.UpdateUser{ID: childID, PasswordHash: the(events.Secret("x")),
			Profile: events.ProfileUpdated{Phone: the("1")}}, true, nil},
		{"a link to set one, by a token", childID, commands.RequestPasswordReset{ID: childID,
			Hash: events.Secret(resetHash), ExpiresAt: firstDay}, true, nil},
		{"another e-mail address", childID, profile(events.ProfileUpdated{Email: the("kid@example.org")}), true, nil},
		{"another username", childID, profile(events.ProfileUpdated{Username: the("kid")}), true, nil},
		{"the same username", childID, profile(events.ProfileUpdated{Username: the("child"), Phone: the("1")}), false,
			nil},
		{"a phone", childID, profile(events.ProfileUpdated{Phone: the("1")}), false, nil},
		{"a secret for codes", childID, commands.EnrollTOTP{ID: childID, Secret: "t"}, true, nil},
		{"a second factor", childID, commands.ConfirmTOTP{ID: childID, Secret: "s"}, true, []fact{enrolled}},
		{"no second factor", childID, commands.RemoveTOTP{ID: childID}, true, confirmed},
		{"recovery codes", childID, commands.RenewRecoveryCodes{ID: childID, RecoveryCodes: []events.Secret{"c"}}, true,
			confirmed},
		{"an API key", childID, commands.AddAPIKey{ID: childID, Key: key}, true, nil},
		{"another secret of one", childID, commands.RotateAPIKey{ID: childID, KeyID: apiKeyID, Hash: "another"}, true,
			nil},
		{"no API key", childID, commands.RevokeAPIKey{ID: childID, KeyID: apiKeyID}, false, nil},
		{"a signing key", childID, commands.AddSigningKey{ID: childID, Key: events.SigningKey{ID: "AK9", Secret: "x"}},
			true, nil},
		{"another secret of one", childID, commands.RotateSigningKey{ID: childID, KeyID: "AKchild", Secret: "x"}, true,
			nil},
		{"no signing key", childID, commands.RemoveSigningKey{ID: childID, KeyID: "AKchild"}, false, nil},
		{"a storage key", childID, commands.RotateStorageKeys{ID: childID,
			Keys: []events.StorageKey{{Kind: "s3", ID: "SK", Secret: "x"}}}, true, nil},
		{"another name of one", childID, commands.UpdateSigningKey{ID: childID, KeyID: "AKchild", Name: the("x")},
			false, nil},
		{"what one may do", adminID, commands.UpdateSigningKey{ID: childID, KeyID: "AKchild",
			Permissions: commands.PermissionsChange{Users: the("all")}}, true, nil},
		{"a memo of an API key", childID, commands.UpdateAPIKey{ID: childID, KeyID: apiKeyID, Memo: the("x")}, false,
			nil},
		{"where one works", childID, commands.UpdateAPIKey{ID: childID, KeyID: apiKeyID,
			AllowedIPs: &[]string{"10.0.0.0/8"}}, true, nil},
		{"how long", childID, commands.UpdateAPIKey{ID: childID, KeyID: apiKeyID,
			ExpiresAt: the(firstDay.AddDate(9, 0, 0))}, true, nil},
		{"no storage key", childID, commands.RemoveStorageKey{ID: childID, Kind: "s3"}, false,
			[]fact{{childID, events.StorageKeySet{StorageKey: events.StorageKey{Kind: "s3", ID: "SK"}}}}},
		{"a title of an SSH key", childID, commands.UpdateSSHKey{ID: childID, Number: 1, Title: the("desk")}, false,
			nil},
		{"an SSH key", childID, commands.AddSSHKey{ID: childID, Title: "new", Key: edKey}, true, nil},
		{"no SSH key", childID, commands.RemoveSSHKey{ID: childID, Number: 1}, false, nil},
		{"a key and a callback key", childID, commands.UpdateUser{ID: childID, APIKey: &key,
			CallbackKey: the(events.Secret("x"))}, true, nil},
		{"an application that acts for one", childID, commands.GiveConsent{ID: childID, Application: publicID}, true,
			nil},
		{"no session", childID, commands.EndSession{ID: childID, Session: freshID, Kind: commands.SessionNative}, false,
			nil},
		{"no sessions", childID, commands.EndSessions{ID: childID}, false, nil},
		{"another's session", adminID, commands.EndSession{ID: childID, Session: freshID, Kind: commands.SessionDanube},
			false, nil},
		{"another's sessions", adminID, commands.EndSessions{ID: childID}, false, nil},
		{"no such application", childID, commands.WithdrawConsent{ID: childID, Application: publicID}, false,
			[]fact{{childID, events.ConsentGiven{Application: publicID}}}},

		{"a user", adminID, commands.CreateUser{ID: freshID, User: events.UserCreated{Email: "new@example.org",
			PasswordHash: "x"}}, false, nil},
		{"a super admin", adminID, commands.CreateUser{ID: freshID, User: events.UserCreated{Email: "new@example.org",
			SuperAdmin: true}}, true, nil},
		{"a user with a key that may do something", adminID,
			commands.CreateUser{ID: freshID, User: events.UserCreated{Email: "new@example.org",
				APIKeys: []events.APIKey{{ID: key.ID, Hash: "another",
					Permissions: events.Permissions{Users: "all"}}}}},
			true, nil},
		{"another's password", adminID, commands.UpdateUser{ID: childID, PasswordHash: the(events.Secret("x"))}, true,
			nil},
		{"another's rights", adminID, commands.UpdateUser{ID: childID, Rights: events.RightsChanged{SuperAdmin: &yes}},
			true, nil},
		{"another's membership", adminID, commands.UpdateUser{ID: childID,
			Membership: events.MembershipChanged{Client: the(int64(2))}}, true, nil},
		{"another's second factor", adminID, commands.RemoveTOTP{ID: childID}, true, confirmed},
		{"a comment", adminID, profile(events.ProfileUpdated{Comment: the("c")}), false, nil},
		{"a user who may do nothing", adminID, commands.UpdateUser{ID: childID, Active: &no}, true, nil},
		{"one who may again", adminID, commands.UpdateUser{ID: childID, Active: &yes}, true,
			[]fact{{childID, events.UserDisabled{}}}},
		{"more log-ins", adminID, commands.UnlockLogIn{ID: childID}, true,
			[]fact{{childID, events.LogInLocked{Until: firstDay}}}},
		{"no user", adminID, commands.DeleteUser{ID: childID}, true, nil},
		{"nobody", adminID, commands.EraseUser{ID: childID}, true, nil},
		{"an attested address", adminID, commands.UpdateUser{ID: childID,
			Profile: events.ProfileUpdated{Profile: &events.Profile{EmailVerified: &yes}}}, true, nil},
		{"a mail to the user", adminID, commands.RequestMail{ID: childID, Mail: events.MailPasswordReset}, false, nil},
		{"a server", adminID, commands.LinkResource{ID: childID, Resource: link}, false, nil},
		{"no server", adminID, commands.UnlinkResource{ID: childID, Kind: link.Kind, ResourceID: link.ID}, false,
			[]fact{{childID, link}}},
		{"an account that is set up", adminID, commands.CompleteProvisioning{ID: freshID}, false,
			[]fact{{freshID, created(9, "fresh", unfinished)}}},
		{"an account that is not", adminID, commands.FailProvisioning{ID: freshID, Reason: "x"}, false,
			[]fact{{freshID, created(9, "fresh", unfinished)}}},

		{"a datacenter", adminID, commands.CreateDatacenter{ID: freshID,
			Datacenter: events.DatacenterCreated{Name: "new"}}, true, nil},
		{"its owner", adminID, commands.UpdateDatacenter{ID: northID,
			Change: events.DatacenterUpdated{Owner: &childID}}, true, nil},
		{"a group", adminID, commands.CreateGroup{ID: freshID, Group: events.GroupCreated{Name: "new"}}, true, nil},
		{"what a group may do", adminID, commands.UpdateGroup{ID: staffID,
			Change: events.GroupUpdated{Permissions: &[]string{"user_admin"}}}, true, nil},
		{"no group", adminID, commands.DeleteGroup{ID: staffID}, true, nil},
		{"a client", adminID, commands.CreateClient{ID: freshID, Client: events.ClientCreated{Name: "new"}}, true, nil},
		{"a blocked client", adminID, commands.UpdateClient{ID: tenantID, Blocked: &yes}, true, nil},
		{"another secret of an application", adminID, commands.RotateApplicationSecret{ID: allID, SecretHash: "x"},
			true, nil},
		{"where it may lead", adminID, commands.UpdateApplication{ID: publicID,
			Change: events.ApplicationUpdated{RedirectURIs: &[]string{"https://example.net"}}}, true, nil},
		{"no application", adminID, commands.DeleteApplication{ID: allID}, true, nil},
		{"where events are sent", adminID, commands.CreateWebhook{ID: freshID,
			Webhook: events.WebhookCreated{URL: "https://example.net", Secret: "x"}}, true, nil},
		{"who reads events", adminID, commands.CreateSubscription{ID: freshID,
			Subscription: events.SubscriptionCreated{Name: "billing", SecretHash: "x"}}, true, nil},
		{"another password of a reader", adminID, commands.RotateSubscriptionSecret{ID: crmID, SecretHash: "x"}, true,
			nil},
		{"no reader", adminID, commands.DeleteSubscription{ID: crmID}, true, nil},
	}
}

const resetHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func unfinished(e *events.UserCreated) { e.State = commands.StateCreating }

// TestWhatTakesAProof has every act by every kind of credential, a session's proof being of any age.
func TestWhatTakesAProof(t *testing.T) {
	now := firstDay.Add(1000 * time.Hour)
	for _, a := range acts() {
		given := and(tenant(), fact{childID, events.PasswordChanged{Hash: "h"}},
			fact{childID, events.APIKeyAdded{APIKey: events.APIKey{ID: apiKeyID, Kind: "native", Hash: "h"}}},
			fact{childID, events.SSHKeyAdded{Number: 1, Title: "home", Key: "x", Fingerprint: "x"}})
		s := statesOf(t, and(given, a.given...))
		session := func(age time.Duration) commands.Session {
			return commands.Session{Hash: "h", Since: s.User(a.by).LogInsSince, ProvenAt: now.Add(-age),
				ExpiresAt: now.Add(time.Hour)}
		}
		for name, c := range map[string]struct {
			session commands.Session
			late    bool
		}{
			"a key":                         {},
			"a session just begun":          {session: session(0)},
			"proven a quarter of an hour":   {session: session(15*time.Minute - 1)},
			"and no longer":                 {session: session(15 * time.Minute), late: true},
			"a day ago":                     {session: session(24 * time.Hour), late: true},
			"proven by a clock that is off": {session: session(-time.Second)},
		} {
			_, err := commands.Decide(s, commands.Actor{User: a.by, Session: c.session, At: now,
				Permissions: commands.Whole()}, a.do)
			if !a.proof || !c.late {
				require.NoError(t, err, "%s: %s", a.name, name)
				continue
			}
			var refusal *commands.Refusal
			require.ErrorAs(t, err, &refusal, "%s: %s", a.name, name)
			require.Equal(t, commands.ReasonProof, refusal.Reason, "%s: %s", a.name, name)
			require.Equal(t, commands.Forbidden, refusal.Kind)
		}
	}
}

// TestProofsComeLast wants who may not do something to be told so, and who has nothing to do to be asked for nothing.
func TestProofsComeLast(t *testing.T) {
	late := func(user uuid.UUID) commands.Actor {
		return commands.Actor{User: user, Session: commands.Session{ExpiresAt: firstDay.Add(time.Hour)}, At: firstDay,
			Permissions: commands.Whole()}
	}
	run(t, []scenario{
		{name: "whom one does not see", given: family(), actor: late(strangerID),
			when: commands.DeleteUser{ID: childID}, no: "user_not_found"},
		{name: "what one may not do", given: family(), actor: late(childID), when: commands.DeleteUser{ID: childID},
			no: "not_allowed"},
		{name: "what is wrong", given: family(), actor: late(childID),
			when: commands.UpdateUser{ID: childID, Profile: events.ProfileUpdated{Email: the("no address")}},
			no:   "email_invalid"},
		{name: "what is so already", given: family(), actor: late(adminID), when: commands.UnlockLogIn{ID: childID}},
		{name: "a session that has ended", given: and(family(), fact{childID, events.PasswordChanged{Hash: "h"}}),
			actor: late(childID),
			when:  commands.UpdateUser{ID: childID, Profile: events.ProfileUpdated{Phone: the("1")}},
			no:    "session_ended"},
	})
}

// TestApplicationsKnowNoProof has a member's token of long ago change another member's password.
func TestApplicationsKnowNoProof(t *testing.T) {
	a := through(bossID, callID)
	a.Session, a.At = commands.Session{Hash: "h", ExpiresAt: firstDay.Add(time.Hour)}, firstDay
	open := fact{callID, events.ApplicationUpdated{Access: the(commands.AccessAll)}}
	hash := events.Secret("x")
	run(t, []scenario{{name: "by OAuth", given: and(tenant(), open), actor: a,
		when: commands.UpdateUser{ID: clerkID, PasswordHash: &hash},
		then: []events.Event{events.PasswordChanged{Hash: hash}}}})
}
