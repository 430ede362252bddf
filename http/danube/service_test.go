package danube

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/events/session"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/testing/contract"
	"accountd/testing/testservice"
)

// testAddress is the address of every request that does not say otherwise.
const testAddress = "192.0.2.7"

// service is a whole service on a log of its own, with what a first start makes.
type service struct {
	*testservice.Running
	http   http.Handler
	ahead  time.Duration // of the real time, in which sessions end
	tokens map[string]string
}

func start(t testing.TB, o Options) *service {
	t.Helper()
	s := &service{Running: testservice.Start(t), tokens: map[string]string{}}
	o.Now = func() time.Time { return time.Now().Add(s.ahead) }
	s.http = contract.Watch(t, openapi.Document(Describe()), contract.Rules{Lenient: true, Call: described,
		Bare: []string{"Resource not found", "Server Error"}}, New(s.Service, s.Sessions, o))
	s.user("admin", events.UserCreated{Email: "admin@example.com", FirstName: "Danube", LastName: "Cloud",
		SuperAdmin: true, APIAccess: true})
	s.datacenter("main", commands.CreateDatacenter{Datacenter: events.DatacenterCreated{Public: true,
		Owner: s.Named("admin").ID}})
	s.datacenter("admin", commands.CreateDatacenter{Datacenter: events.DatacenterCreated{Owner: s.Named("admin").ID}})
	s.group("admins", "", []string{"admin"})
	return s
}

// user makes a user as another API would, but with an API key of this one, and a token.
func (s *service) user(name string, u events.UserCreated) {
	s.T.Helper()
	u.Username, u.Active, u.State = name, true, commands.StateCreated
	if u.Email == "" {
		u.Email = name + "@example.org"
	}
	key := "key of " + name
	u.APIKeys = []events.APIKey{{ID: uuid.New(), Kind: commands.KeyDanube, Hash: events.Secret(secrets.Hash(key)),
		Secret: events.Secret(key)}}
	u.CallbackKey = events.Secret("callback of " + name)
	s.Given(commands.CreateUser{ID: uuid.New(), User: u})
	s.tokens[name] = s.token(name)
}

// token returns a token that does not end another one of the user's.
func (s *service) token(name string) string {
	s.T.Helper()
	token, hash := secrets.DanubeToken()
	now := time.Now()
	require.NoError(s.T, s.Sessions.Put(context.Background(), hash,
		session.Token{Kind: tokenKind, User: s.Named(name).ID, Since: s.Named(name).LogInsSince, CreatedAt: now,
			ExpiresAt: now.Add(tokenTime + tokenGrace)}))
	return token
}

// group makes a group that is bound to the datacenter (empty for none) and attached to others.
func (s *service) group(name, bound string, permissions []string, attached ...string) {
	s.T.Helper()
	cmd := commands.CreateGroup{ID: uuid.New(), Group: events.GroupCreated{Name: name, Permissions: permissions}}
	if bound != "" {
		cmd.Group.Datacenter = s.dc(bound)
	}
	for _, d := range attached {
		cmd.Datacenters = append(cmd.Datacenters, s.dc(d))
	}
	s.Given(cmd)
}

func (s *service) datacenter(name string, cmd commands.CreateDatacenter) {
	s.T.Helper()
	cmd.ID, cmd.Datacenter.Name = uuid.New(), name
	s.Given(cmd)
}

func (s *service) dc(name string) uuid.UUID {
	s.T.Helper()
	d := s.Snapshot().Directory().DatacenterByName(name)
	require.NotNil(s.T, d, name)
	return d.ID
}

func (s *service) groups(names ...string) (out []uuid.UUID) {
	s.T.Helper()
	for _, name := range names {
		g := s.Snapshot().Directory().GroupByName(name)
		require.NotNil(s.T, g, name)
		out = append(out, g.ID)
	}
	return out
}

// doAs runs a command of the user's, by another API.
func (s *service) doAs(name string, c commands.Command) {
	s.T.Helper()
	_, err := s.Do(context.Background(), commands.Actor{User: s.Named(name).ID, Permissions: commands.Whole()}, c)
	require.NoError(s.T, err)
}

// provider adds two datacenters with a user admin each, users of theirs, and somebody of none.
func (s *service) provider() {
	s.datacenter("alpha", commands.CreateDatacenter{})
	s.datacenter("beta", commands.CreateDatacenter{})
	s.group("alpha-admins", "alpha", []string{"admin", "user_admin"}, "alpha")
	s.group("alpha-users", "alpha", []string{"vm_list"}, "alpha")
	s.group("beta-admins", "beta", []string{"admin", "user_admin"}, "beta")
	s.group("loose", "", nil)
	s.user("uadmin", events.UserCreated{FirstName: "User", LastName: "Admin", APIAccess: true,
		Datacenter: s.dc("alpha"), Groups: s.groups("alpha-admins")})
	s.user("aplain", events.UserCreated{FirstName: "Alpha", LastName: "Plain", APIAccess: true,
		Datacenter: s.dc("alpha"), Groups: s.groups("alpha-users")})
	s.user("bplain", events.UserCreated{FirstName: "Beta", LastName: "Plain", APIAccess: true,
		Datacenter: s.dc("beta")})
	s.user("normal", events.UserCreated{FirstName: "Nor", LastName: "Mal", APIAccess: true})
}

// call sends a JSON request with the token of that user, nobody for an empty name.
func (s *service) call(as, method, target, body string) *httptest.ResponseRecorder {
	s.T.Helper()
	r := request(method, target, body)
	if as != "" {
		r.Header.Set("Authorization", "Token "+s.tokens[as])
	}
	return s.serve(r, testAddress)
}

// request returns a request as it comes over a wire.
func request(method, target, body string) *http.Request {
	r := testservice.Request(method, "cloud.example.com", target, body)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// serve answers the request as http/server would.
func (s *service) serve(r *http.Request, address string) *httptest.ResponseRecorder {
	s.T.Helper()
	return s.Serve(s.http, r, rest.Info{ID: "request-1", Dialect: "danube", Address: address})
}

func decoded[T any](t testing.TB, text string) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}

// described is the call as the document has it: with the prefix that may be left away.
func described(method, path string) (string, string) {
	return method, prefix + strings.TrimPrefix(path, prefix)
}
