package native

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
)

// policy tells who may do what to a child's account. reader and writer are a super admin's tokens that may only read or
// only write, parent is the user who made the account with a key that may write users, parent- the same user with a key
// that may not.
const policy = `
                                  admin reader writer parent parent- child stranger disabled nobody
GET    /v1/users                  200   200    200    200    200     200   200      403      401
POST   /v1/users {"email":"NEW@e.org"} 201   403    201    201    403     403   403      403      401
POST   /v1/users {"super_admin":true,"email":"NEW@e.org"} 201   403    403    403    403     403   403      403      401
POST   /v1/users:import           200   200    200    200    200     200   200      403      401
GET    /v1/users:export           200   200    200    200    200     200   200      403      401
GET    USER                       200   200    404    200    200     200   404      403      401
GET    USER/history               200   200    404    403    403     200   404      403      401
GET    USER?at=0                  400   400    404    403    403     400   404      403      401
GET    /v1/users?at=0             400   400    403    403    403     403   403      403      401
PATCH  USER {"phone":"1"}         200   403    204    200    403     200   404      403      401
PATCH  USER {"email":"NEW@e.org"} 200   403    204    200    403     200   404      403      401
PATCH  USER {"password":"secret"} 200   403    204    200    403     200   404      403      401
PATCH  USER {"active":false}      200   403    204    200    403     403   404      403      401
PATCH  USER {"comment":"x"}       200   403    204    200    403     403   404      403      401
PATCH  USER {"external_id":"NEW"} 200   403    204    200    403     403   404      403      401
PATCH  USER {"profile":{"city":"x"}} 200 403   204    200    403     200   404      403      401
PATCH  USER {"profile":{"email_verified":true}} 200 403 204 403 403  403   404      403      401
PATCH  USER {"parent":null}       200   403    204    403    403     403   404      403      401
PATCH  USER {"super_admin":true}  200   403    403    403    403     403   404      403      401
PATCH  USER {"api_access":true}   200   403    204    403    403     403   404      403      401
PATCH  USER {"datacenter":"main"} 200   403    204    403    403     403   404      403      401
PATCH  USER {"datacenter":"none"} 400   403    400    403    403     403   404      403      401
PATCH  USER {"groups":[]}         200   403    204    200    403     200   404      403      401
PATCH  USER {"number":0}          400   403    400    400    403     400   404      403      401
DELETE USER                       204   403    204    204    403     403   404      403      401
POST   USER/erase                 204   403    204    204    403     403   404      403      401
POST   USER/provisioned           200   403    204    403    403     403   404      403      401
POST   USER/failed                409   403    409    403    403     403   404      403      401
POST   USER/password-reset        409   403    409    409    403     403   404      403      401
GET    USER/sessions              200   403    404    200    403     200   404      403      401
GET    USER/sessions/00000000-0000-4000-8000-000000000001 404 403 404 404 403 404 404 403 401
DELETE USER/sessions/00000000-0000-4000-8000-000000000001 404 403 404 404 403 404 404 403 401
DELETE USER/sessions              204   403    404    204    403     204   404      403      401
GET    USER/ssh-keys              200   200    404    200    200     200   404      403      401
POST   USER/ssh-keys {"title":"x","key":KEY} 201   403    201    201    403     201   404      403      401
GET    USER/ssh-keys/1            404   404    404    404    404     404   404      403      401
PATCH  USER/ssh-keys/1 {"title":"x"} 404   403    404    404    403     404   404      403      401
DELETE USER/ssh-keys/1            404   403    404    404    403     404   404      403      401
GET    USER/signing-keys          200   200    404    200    200     200   404      403      401
POST   USER/signing-keys          201   403    201    201    403     201   404      403      401
POST   USER/signing-keys {"permissions":{"users":"all"}} 201 403 404 403 403 403 404 403      401
GET    USER/signing-keys/AK1      404   404    404    404    404     404   404      403      401
PATCH  USER/signing-keys/AK1 {"name":"x"} 404   403    404    404    403     404   404      403      401
DELETE USER/signing-keys/AK1      404   403    404    404    403     404   404      403      401
GET    USER/storage-keys          200   200    404    200    200     200   404      403      401
POST   USER/storage-keys {"kind":"s3"} 201 403 201   201    403     201   404      403      401
GET    USER/storage-keys/s3       404   404    404    404    404     404   404      403      401
DELETE USER/storage-keys/s3       404   403    404    404    403     404   404      403      401
GET    USER/api-keys              200   200    404    200    200     200   404      403      401
POST   USER/api-keys              201   403    201    201    403     201   404      403      401
POST   USER/api-keys {"permissions":{"users":"read"}} 201 403 404 403 403 403 404    403      401
GET    USER/api-keys/TOKEN        200   200    404    200    200     200   404      403      401
PATCH  USER/api-keys/TOKEN {"memo":"x"} 200 403 204   200    403     200   404      403      401
PATCH  USER/api-keys/TOKEN {"memo":"x","kind":"x"} 400 403 400 400 403 400 404    403      401
PATCH  USER/api-keys/TOKEN {"permissions":{"users":"read"}} 200 403 404 403 403 403 404 403  401
POST   USER/api-keys/0/rotate     404   403    404    404    403     404   404      403      401
DELETE USER/api-keys/0            404   403    404    404    403     404   404      403      401
GET    USER/resources             200   200    404    200    200     200   404      403      401
POST   USER/resources {"kind":"vm","id":"1"} 201 403 201 201 403     403   404      403      401
GET    USER/resources/vm/1        404   404    404    404    404     404   404      403      401
PATCH  USER/resources/vm/1 {"name":"x"} 404 403 404 404 403     403   404      403      401
DELETE USER/resources/vm/1        404   403    404    404    403     403   404      403      401
GET    USER/consents              200   200    404    200    200     200   404      403      401
GET    USER/consents/0            404   404    404    404    404     404   404      403      401
DELETE USER/consents/0            404   403    404    404    403     404   404      403      401
PATCH  USER {"client_id":0}       200   403    204    200    403     200   404      403      401
PATCH  USER {"client_id":99999}   400   403    403    403    403     403   404      403      401
GET    /v1/clients                200   200    403    403    403     403   403      403      401
POST   /v1/clients {"name":"x"}   201   403    201    403    403     403   403      403      401
GET    /v1/clients/CLIENT         200   200    403    403    403     403   403      403      401
PATCH  /v1/clients/CLIENT {"name":"y"} 200 403 403    403    403     403   403      403      401
DELETE /v1/clients/CLIENT         409   403    403    403    403     403   403      403      401
GET    /v1/datacenters            200   200    403    403    403     403   403      403      401
POST   /v1/datacenters {"name":"NEW"} 201 403  201    403    403     403   403      403      401
GET    /v1/datacenters/DC         200   200    403    403    403     403   403      403      401
PATCH  /v1/datacenters/DC {"public":true} 200 403 403 403    403     403   403      403      401
DELETE /v1/datacenters/DC         204   403    403    403    403     403   403      403      401
GET    /v1/groups                 200   200    403    403    403     403   403      403      401
POST   /v1/groups {"name":"NEW"}  201   403    201    403    403     403   403      403      401
GET    /v1/groups/GROUP           200   200    403    403    403     403   403      403      401
PATCH  /v1/groups/GROUP {"permissions":["x"]} 200 403 403 403 403    403   403      403      401
DELETE /v1/groups/GROUP           204   403    403    403    403     403   403      403      401
GET    /v1/applications           200   200    403    403    403     403   403      403      401
POST   /v1/applications {"name":"x","type":"public","user":"OWNER"} 201 403 403 403 403 403 403 403 401
GET    /v1/applications/APP       200   200    403    403    403     403   403      403      401
PATCH  /v1/applications/APP {"name":"y"} 200 403 403  403    403     403   403      403      401
POST   /v1/applications/APP/secret 200  403    403    403    403     403   403      403      401
DELETE /v1/applications/APP       204   403    403    403    403     403   403      403      401
GET    /v1/webhooks               200   200    403    403    403     403   403      403      401
POST   /v1/webhooks {"url":"https://x.example"} 201 403 403 403 403  403   403      403      401
GET    /v1/webhooks/HOOK          200   200    403    403    403     403   403      403      401
PATCH  /v1/webhooks/HOOK {"enabled":false} 200 403 403 403  403     403   403      403      401
POST   /v1/webhooks/HOOK/secret   200   403    403    403    403     403   403      403      401
GET    /v1/webhooks/HOOK/deliveries 200 200    403    403    403     403   403      403      401
POST   /v1/webhooks/HOOK/replay {"sequence":9999999} 404 403 403 403 403 403 403     403      401
DELETE /v1/webhooks/HOOK          204   403    403    403    403     403   403      403      401
GET    /v1/subscriptions          200   200    403    403    403     403   403      403      401
POST   /v1/subscriptions {"name":"NEW"} 201 403 403   403    403     403   403      403      401
GET    /v1/subscriptions/SUB      200   200    403    403    403     403   403      403      401
POST   /v1/subscriptions/SUB/secret 200 403    403    403    403     403   403      403      401
DELETE /v1/subscriptions/SUB      204   403    403    403    403     403   403      403      401
POST   USER/unlock                200   403    204    200    403     403   404      403      401
GET    USER/totp                  404   403    404    404    403     404   404      403      401
POST   USER/totp                  403   403    404    403    403     201   404      403      401
POST   USER/totp/confirm {"code":"1"} 404 404  404    404    404     404   404      403      401
POST   USER/totp/recovery-codes {"code":"1"} 404 404 404 404 404     404   404      403      401
DELETE USER/totp                  404   403    404    404    403     404   404      403      401
GET    /v1/sessions/current       404   404    404    404    404     404   404      403      401
DELETE /v1/sessions/current       404   404    404    404    404     404   404      403      401
POST   /v1/sessions/current/reauthenticate {"password":"x"} 404 404 404 404 404 404 404 403      401
GET    /v1/mail                   200   200    403    403    403     403   403      403      401
GET    /v1/mail/x                404   404    403    403    403     403   403      403      401
POST   /v1/mail/x/send            404   403    404    403    403     403   403      403      401
DELETE /v1/mail/x                 404   403    404    403    403     403   403      403      401
`

func TestPolicy(t *testing.T) {
	s := start(t, committer.Options{})
	parent := s.create(commands.Service(), events.UserCreated{Email: "parent@example.com", Active: true})
	stranger := s.create(commands.Service(), events.UserCreated{Email: "stranger@example.com", Active: true})
	disabled := s.create(commands.Service(), events.UserCreated{Email: "disabled@example.com", SuperAdmin: true})
	tokens := map[string]string{
		"admin":    s.token,
		"reader":   s.key(s.admin.ID, events.Permissions{Users: commands.LevelRead}),
		"writer":   s.key(s.admin.ID, events.Permissions{Users: commands.LevelWrite}),
		"parent":   s.key(parent.ID, events.Permissions{Users: commands.LevelWrite}),
		"parent-":  s.key(parent.ID, events.Permissions{}),
		"stranger": s.key(stranger.ID, events.Permissions{}),
		"disabled": s.key(disabled.ID, events.Permissions{}),
		"nobody":   "",
	}
	lines := strings.Split(strings.TrimSpace(policy), "\n")
	callers := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		call, statuses := fields[:len(fields)-len(callers)], fields[len(fields)-len(callers):]
		for i, who := range callers {
			child := s.create(commands.Actor{User: parent.ID,
				Permissions: commands.Granted(events.Permissions{Users: commands.LevelWrite})},
				events.UserCreated{Email: uuid.NewString() + "@example.com", Active: true})
			tokens["child"] = s.key(child.ID, events.Permissions{})
			dc, group := s.place()
			app := s.application(events.ApplicationCreated{Kind: commands.ApplicationPublic})
			hook := uuid.New()
			if strings.Contains(line, "HOOK") {
				s.do(commands.Service(), commands.CreateWebhook{ID: hook,
					Webhook: events.WebhookCreated{URL: "https://x.example"}})
			}
			sub := uuid.NewString()
			if strings.Contains(line, "SUB") {
				s.do(commands.Service(), commands.CreateSubscription{ID: uuid.New(),
					Subscription: events.SubscriptionCreated{Name: sub}})
			}
			names := strings.NewReplacer("SUB", sub, "HOOK", hook.String(), "TOKEN",
				s.Snapshot().User(child.ID).APIKeys[0].ID.String(), "USER", "/v1/users/"+child.ID.String(), "CLIENT",
				strconv.FormatInt(app.Client, 10),
				"APP", app.ID.String(), "DC", dc.String(), "GROUP", group.String(), "OWNER", app.User.String())
			w := s.call(call[0], names.Replace(call[1]), tokens[who], names.Replace(policyBody(call[2:])))
			assert.Equal(t, statuses[i], strconv.Itoa(w.Code), "%s: %s", who, line)
		}
	}
}

// policyBody returns the body of a call, with values that nobody has yet.
func policyBody(call []string) string {
	body := strings.ReplaceAll(strings.Join(call, " "), "NEW", uuid.NewString())
	return strings.Replace(body, "KEY", `"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"`, 1)
}

func TestPolicyCoversEveryRoute(t *testing.T) {
	for _, r := range newAPI(rest.Service{}, Options{}).calls() {
		segments := strings.Split(strings.Replace(r.Path, "/v1/users/:id", "USER", 1), "/:")
		covered := false
		for line := range strings.Lines(policy) {
			fields := strings.Fields(line)
			covered = covered || len(fields) > 1 && fields[0] == r.Method &&
				(fields[1] == segments[0]) == (len(segments) == 1) &&
				strings.HasPrefix(fields[1], segments[0])
		}
		assert.True(t, covered, "%s %s", r.Method, r.Path)
	}
}

// TestScope checks that a list shows to each caller whom it may see.
func TestScope(t *testing.T) {
	s := start(t, committer.Options{})
	parent := s.create(commands.Service(), events.UserCreated{Username: "parent", Email: "parent@example.com",
		Active: true})
	child := s.create(commands.Actor{User: parent.ID,
		Permissions: commands.Granted(events.Permissions{Users: commands.LevelWrite})},
		events.UserCreated{Username: "child", Email: "child@example.com", Active: true})
	s.key(parent.ID, events.Permissions{Users: commands.LevelWrite})
	for token, want := range map[string][]string{
		s.token: {"admin", "parent", "child"},
		s.key(s.admin.ID, events.Permissions{Users: commands.LevelWrite}): {"admin"},
		s.key(parent.ID, events.Permissions{}):                            {"parent", "child"},
		s.key(child.ID, events.Permissions{}):                             {"child"},
	} {
		var got call.ListAnswer[struct{ Username string }]
		decodeBody(t, s.call("GET", "/v1/users?sort=number", token, ""), &got)
		var names []string
		for _, u := range got.Data {
			names = append(names, u.Username)
		}
		assert.Equal(t, want, names)
		assert.Equal(t, len(want), got.Meta.Total)
	}
	require.NotEqual(t, uuid.Nil, child.Parent)
}
