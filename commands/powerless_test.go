package commands_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

// subscribedID is the subscription of equipped.
var subscribedID = uuid.MustParse("00000000-0000-4000-8000-0000000000e2")

// anyKeyID is that of the API key that the child of equipped has.
var anyKeyID = uuid.MustParse("00000000-0000-4000-8000-0000000000e1")

const openResetHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// equipped is a history in which each of everyCommand has something to change.
func equipped() []fact {
	child := func(e events.Event) fact { return fact{childID, e} }
	return and(tenant(),
		fact{southID, events.DatacenterCreated{Number: 9, Name: "south"}},
		fact{spareID, events.GroupCreated{Number: 9, Name: "spare"}},
		fact{subscribedID, events.SubscriptionCreated{Number: 9, Name: "billing", SecretHash: "h"}},
		fact{farID, events.ClientCreated{Number: 9, Name: "Empty"}},
		child(events.PasswordChanged{Hash: "old"}),
		child(events.PasswordResetRequested{Hash: openResetHash, ExpiresAt: firstDay.AddDate(1, 0, 0)}),
		child(events.SSHKeyAdded{Number: 1, Title: "t", Key: edKey, Fingerprint: "f"}),
		child(events.APIKeyAdded{APIKey: events.APIKey{ID: anyKeyID, Kind: "native", Hash: "k"}}),
		child(events.StorageKeySet{StorageKey: events.StorageKey{Kind: commands.StorageS3, ID: "SK1", Secret: "s"}}),
		child(events.ResourceLinked{Kind: "server", ID: "1"}),
		child(events.ConsentGiven{Application: publicID}), child(events.LogInLocked{Until: firstDay.AddDate(1, 0, 0)}),
		child(events.TOTPEnrolled{Secret: "totp"}), child(events.TOTPConfirmed{RecoveryCodes: []events.Secret{"code"}}),
		fact{strangerID, events.TOTPEnrolled{Secret: "totp"}},
		fact{parentID, events.ProvisioningFailed{}},
	)
}

// everyCommand has each Command, as somebody who may do everything would give it.
func everyCommand() []commands.Command {
	late := firstDay.AddDate(1, 0, 0)
	return []commands.Command{
		commands.SetUp{ID: freshID},
		commands.CreateUser{ID: freshID, User: events.UserCreated{Email: "new@example.org"}},
		commands.UpdateUser{ID: childID, Profile: events.ProfileUpdated{Comment: the("c")}},
		commands.DeleteUser{ID: strangerID},
		commands.EraseUser{ID: strangerID},
		commands.RehashPassword{ID: childID, Old: "old", New: "new"},
		commands.RequestPasswordReset{ID: childID, Hash: openResetHash, ExpiresAt: late},
		commands.ResetPassword{ID: childID, Hash: openResetHash, Now: firstDay, PasswordHash: "h"},
		commands.RequestMail{ID: childID, Mail: events.MailPasswordReset},
		commands.CompleteProvisioning{ID: parentID},
		commands.FailProvisioning{ID: parentID, Reason: "again"},
		commands.AddSSHKey{ID: strangerID, Title: "t", Key: edKey},
		commands.UpdateSSHKey{ID: childID, Number: 1, Title: the("u")},
		commands.RemoveSSHKey{ID: childID, Number: 1},
		commands.AddSigningKey{ID: childID, Key: events.SigningKey{ID: "AKnew", Secret: "s"}},
		commands.UpdateSigningKey{ID: childID, KeyID: "AKchild", Name: the("n")},
		commands.RotateSigningKey{ID: childID, KeyID: "AKchild", Secret: "s"},
		commands.RemoveSigningKey{ID: childID, KeyID: "AKchild"},
		commands.RotateStorageKeys{ID: childID,
			Keys: []events.StorageKey{{Kind: commands.StorageS3, ID: "SK2", Secret: "t"}}},
		commands.RemoveStorageKey{ID: childID, Kind: commands.StorageS3},
		commands.AddAPIKey{ID: childID, Key: events.APIKey{ID: freshID, Kind: "native", Hash: "new"}},
		commands.UpdateAPIKey{ID: childID, KeyID: anyKeyID, Memo: the("m")},
		commands.RotateAPIKey{ID: childID, KeyID: anyKeyID, Hash: "new"},
		commands.RevokeAPIKey{ID: childID, KeyID: anyKeyID},
		commands.LinkResource{ID: childID, Resource: events.ResourceLinked{Kind: "server", ID: "2"}},
		commands.UpdateResource{ID: childID, Kind: "server", ResourceID: "1", Name: the("n")},
		commands.UnlinkResource{ID: childID, Kind: "server", ResourceID: "1"},
		commands.GiveConsent{ID: adminID, Application: publicID},
		commands.WithdrawConsent{ID: childID, Application: publicID},
		commands.LockLogIn{ID: childID, Until: late},
		commands.UnlockLogIn{ID: childID},
		commands.EnrollTOTP{ID: adminID, Secret: "s"},
		commands.ConfirmTOTP{ID: strangerID, Secret: "totp", RecoveryCodes: []events.Secret{"c"}},
		commands.RenewRecoveryCodes{ID: childID, RecoveryCodes: []events.Secret{"c"}},
		commands.UseRecoveryCode{ID: childID, Hash: "code"},
		commands.RemoveTOTP{ID: childID},
		commands.CreateDatacenter{ID: freshID, Datacenter: events.DatacenterCreated{Name: "new"}},
		commands.UpdateDatacenter{ID: southID, Change: events.DatacenterUpdated{Name: the("new")}},
		commands.DeleteDatacenter{ID: southID},
		commands.CreateGroup{ID: freshID, Group: events.GroupCreated{Name: "new"}},
		commands.UpdateGroup{ID: spareID, Change: events.GroupUpdated{Name: the("new")}},
		commands.DeleteGroup{ID: spareID},
		commands.CreateClient{ID: freshID, Client: events.ClientCreated{Name: "new"}},
		commands.UpdateClient{ID: farID, Change: events.ClientUpdated{Name: the("new")}},
		commands.DeleteClient{ID: farID},
		commands.CreateApplication{ID: freshID, Application: events.ApplicationCreated{Name: "new",
			AppID: strings.Repeat("0", 32), SecretHash: "h",
			User: bossID, Client: 2, Kind: commands.ApplicationTrusted, Access: commands.AccessAll}},
		commands.UpdateApplication{ID: allID, Change: events.ApplicationUpdated{Name: the("new")}},
		commands.RotateApplicationSecret{ID: allID, SecretHash: "new"},
		commands.DeleteApplication{ID: allID},
		commands.CreateWebhook{ID: freshID, Webhook: events.WebhookCreated{URL: "https://y.example", Secret: "s"}},
		commands.UpdateWebhook{ID: hookID, Change: events.WebhookUpdated{URL: the("https://y.example")}},
		commands.RotateWebhookSecret{ID: hookID, Secret: "t"},
		commands.DisableWebhook{ID: hookID, Reason: "gone"},
		commands.DeleteWebhook{ID: hookID},
		commands.CreateSubscription{ID: freshID, Subscription: events.SubscriptionCreated{Name: "new",
			SecretHash: openResetHash}},
		commands.RotateSubscriptionSecret{ID: subscribedID, SecretHash: openResetHash},
		commands.DeleteSubscription{ID: subscribedID},
		commands.EndSession{ID: childID, Session: anyKeyID, Kind: commands.SessionNative},
		commands.EndSessions{ID: childID},
	}
}

// TestNobodyMayDoAnything: an Actor that nobody filled in is refused every Command, and somebody who has not said who
// it is all but what a log-in needs. That each is let through for somebody shows that it is the Actor which is refused.
func TestNobodyMayDoAnything(t *testing.T) {
	states := statesOf(t, equipped())
	of := commands.Actor{Dialect: "native", RequestID: "r", Address: "203.0.113.9"}
	let := func(a commands.Actor, c commands.Command) bool {
		_, err := commands.Decide(states, a, c)
		return err == nil
	}
	anonymous := map[reflect.Type]bool{reflect.TypeFor[commands.LockLogIn](): true,
		reflect.TypeFor[commands.ResetPassword](): true}
	known := map[string]bool{"OnVersion": true} // which is a Command around another
	for _, c := range everyCommand() {
		name := reflect.TypeOf(c).Name()
		known[name] = true
		users := []commands.Actor{commands.Service(), by(adminID, ""), by(c.Of().ID, "")}
		passes := false
		for _, a := range users {
			passes = passes || let(a.Within(commands.Actor{At: firstDay}), c)
		}
		if _, isSetUp := c.(commands.SetUp); !isSetUp { // once there is something it is refused to the service, too
			require.True(t, passes, "nobody at all may do %s: the test's history does not fit it", name)
		}
		var refusal *commands.Refusal
		for _, a := range []commands.Actor{{}, of, {Permissions: commands.Whole()}, {User: adminID},
			{User: c.Of().ID}} {
			_, err := commands.Decide(states, a, c)
			require.Error(t, err, "%s by %+v", name, a)
			require.ErrorAs(t, err, &refusal)
			require.Contains(t, []commands.RefusalKind{commands.Forbidden, commands.NotFound}, refusal.Kind, name)
		}
		require.Equal(t, anonymous[reflect.TypeOf(c)], let(commands.Anonymous().Within(of), c), name)
	}
	for _, name := range declaredCommands(t) {
		require.True(t, known[name], "everyCommand in powerless_test.go lacks %s", name)
	}
}

// TestNobodySeesAnything: the zero values of what rights are told by.
func TestNobodySeesAnything(t *testing.T) {
	s := statesOf(t, equipped())
	for _, a := range []commands.Actor{{}, {User: adminID}, {User: parentID}, {User: bossID, Application: allID},
		commands.Anonymous()} {
		require.Zero(t, commands.VisibleUsers(s, a), "%+v", a)
		require.False(t, commands.IsSuperAdmin(s, a) || commands.MayReadUsers(s, a) || commands.MayWriteUsers(s, a) ||
			commands.MayReadLog(s, a) ||
			commands.MayReadServers(s, a) || commands.MayReadDirectory(s, a) || a.IsService(), "%+v", a)
		require.Error(t, commands.MayCreateUsers(s, a))
		require.Empty(t, commands.AdministeredDatacenters(s, a))
		for _, u := range []uuid.UUID{adminID, parentID, childID} {
			require.False(t, commands.SeesSecrets(s, a, s.User(u), events.Permissions{}), "%+v", a)
			require.False(t, commands.MayAdminister(s, a, s.User(u)))
		}
	}
	require.Equal(t, commands.Permissions{}, commands.Actor{}.Permissions)
	require.Equal(t, commands.Scope{Self: adminID}, commands.VisibleUsers(s, by(adminID, commands.LevelNone)),
		"one's own account by what may do nothing else")
}

// declaredCommands returns the names of the package's types that have the method Target.
func declaredCommands(t *testing.T) (names []string) {
	t.Helper()
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Name.Name != "Of" {
				continue
			}
			if id, ok := fn.Recv.List[0].Type.(*ast.Ident); ok {
				names = append(names, id.Name)
			}
		}
	}
	require.NotEmpty(t, names)
	return names
}
