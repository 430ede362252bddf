package pterodactyl

import (
	"encoding/json"
	"io"
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
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/testing/contract"
	"accountd/testing/testservice"
)

// The address and time of every request that does not say otherwise.
const testAddress = "192.0.2.7"

var noon = time.Date(2030, 6, 1, 12, 0, 0, 0, time.UTC)

// service is a whole service on a log of its own, with users 1, a root administrator, and 2, who is none.
type service struct {
	*testservice.Running
	http http.Handler
	now  time.Time
	keys map[string]string // by name
}

func start(t testing.TB, o Options) *service {
	t.Helper()
	s := &service{Running: testservice.Start(t), now: noon, keys: map[string]string{}}
	o.Now = func() time.Time { return s.now }
	s.http = contract.Watch(t, openapi.Document(Describe()), contract.Rules{Lenient: true, Call: described},
		New(s.Service, o))
	s.make(events.UserCreated{Username: "admin", Email: "admin@example.com", FirstName: "Main",
		LastName: "Administrator", SuperAdmin: true})
	s.make(events.UserCreated{Username: "plain", Email: "plain@example.com", FirstName: "Plain", LastName: "User"})
	for name, p := range map[string]events.Permissions{
		"admin": {Users: "all", Servers: "all"}, "read": {Users: "read", Servers: "none"},
		"write": {Users: "write", Servers: "none"},
		"none":  {Users: "none", Servers: "none"}, "servers": {Users: "none", Servers: "read"}, "account": {},
	} {
		s.key(name, 1, events.APIKey{Permissions: p})
	}
	s.key("plain", 2, events.APIKey{Permissions: events.Permissions{Users: "all", Servers: "all"}})
	return s
}

// make makes a user as another API would.
func (s *service) make(u events.UserCreated) *commands.User {
	s.T.Helper()
	u.Active, u.State = true, commands.StateCreated
	return s.Given(commands.CreateUser{ID: uuid.New(), User: u}).User
}

// key gives the user a key under that name.
func (s *service) key(name string, user int64, k events.APIKey) {
	s.T.Helper()
	prefix := secrets.PanelApplication
	if k.Permissions == (events.Permissions{}) {
		prefix = secrets.PanelAccount
	}
	text, hash := secrets.PanelKey(prefix)
	k.ID, k.Hash = uuid.New(), events.Secret(hash)
	if k.Kind == "" {
		k.Kind = commands.KeyPterodactyl
	}
	s.Given(commands.AddAPIKey{ID: s.number(user).ID, Key: k})
	s.keys[name] = text
}

func (s *service) number(n int64) *commands.User {
	s.T.Helper()
	u := s.Snapshot().UserByNumber(n)
	require.NotNil(s.T, u, "user %d", n)
	return u
}

// call sends a request with the key of that name. Headers are names and values in turn.
func (s *service) call(key, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	s.T.Helper()
	r := request(method, target, body)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+s.keys[key])
	}
	if strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[") {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.serve(r, testAddress)
}

// request returns a request as it comes over a wire.
func request(method, target, body string) *http.Request {
	return testservice.Request(method, "panel.example.com", target, body)
}

// serve answers the request as http/server would.
func (s *service) serve(r *http.Request, address string) *httptest.ResponseRecorder {
	s.T.Helper()
	return s.Serve(s.http, r, rest.Info{ID: "request-1", Dialect: "pterodactyl", Address: address})
}

// tokens returns a JSON text as its tokens: two texts with the same say the same, in the same order.
func tokens(t testing.TB, text string) (out []json.Token) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out
		}
		require.NoError(t, err, text)
		out = append(out, token)
	}
}

// revoke ends the key of that name, which is remembered.
func (s *service) revoke(name string) {
	s.T.Helper()
	hash := secrets.Hash(s.keys[name])
	owner := s.Snapshot().UserByAPIKey(hash)
	s.Given(commands.RevokeAPIKey{ID: owner.ID, KeyID: owner.APIKeyOpened(hash, time.Now()).ID})
}

// described is the call as the document has it: without a slash at its end. A form that is posted may stand for any
// call of its path, which the document does not have.
func described(method, path string) (string, string) {
	path = strings.TrimSuffix(path, "/")
	if method == http.MethodPost && strings.HasPrefix(path, usersPath+"/") {
		path = ""
	}
	return method, path
}
