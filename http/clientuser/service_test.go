package clientuser

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/testing/contract"
	"accountd/testing/testservice"
)

const (
	testAddress  = "192.0.2.7"
	testPassword = "correct horse"
	redirectURI  = "https://example.org/back"
)

// service is a whole service on a log of its own. Client 1 has the administrator, client 2 the users boss, with full
// access, and clerk, who only reads; client 3 has other. Applications of client 2 are known as trusted, reader
// (trusted, call_api), public and password; what the users have is known by their names.
type service struct {
	*testservice.Running
	opts  Options
	http  http.Handler
	shift time.Duration // of the clock
	apps  map[string]application
	token map[string]string // access tokens by what the transcript calls them
}

type application struct{ id, secret string }

func start(t testing.TB, o Options) *service {
	t.Helper()
	s := &service{Running: testservice.Start(t), opts: o, apps: map[string]application{}, token: map[string]string{}}
	s.open()
	s.client("main", "")
	s.user(events.UserCreated{Username: "admin", Email: "admin@example.com", SuperAdmin: true, Client: 1})
	s.client("Acme", "Europe/Prague")
	boss := s.user(events.UserCreated{Username: "boss", Email: "boss@example.org", DisplayName: "Big Boss", Client: 2})
	s.user(events.UserCreated{Username: "clerk", Email: "clerk@example.org", FirstName: "Carl", LastName: "Clerk",
		Client: 2, Access: "read_only"})
	s.client("Other", "")
	s.user(events.UserCreated{Username: "other", Email: "other@example.org", Client: 3})
	s.user(events.UserCreated{Username: "nobody", Email: "nobody@example.org"})
	for name, e := range map[string]events.ApplicationCreated{
		"trusted": {Kind: commands.ApplicationTrusted, Access: commands.AccessAll},
		"reader":  {Kind: commands.ApplicationTrusted, Access: commands.AccessCallAPI},
		"public": {Kind: commands.ApplicationPublic, Access: commands.AccessAll,
			RedirectURIs: []string{redirectURI, "https://example.org/q?a=1", "org.example.app:/back"}},
		"password": {Kind: commands.ApplicationPassword, Access: commands.AccessAll},
		"calls":    {Kind: commands.ApplicationPassword, Access: commands.AccessCallAPI},
	} {
		id, secret, hash := secrets.Application()
		e.Name, e.AppID, e.SecretHash, e.User, e.Client = "PBX "+name, id, events.Secret(hash), boss.ID, 2
		s.Given(commands.CreateApplication{ID: uuid.New(), Application: e})
		s.apps[name] = application{id, secret}
	}
	return s
}

// open starts the dialect.
func (s *service) open() {
	s.opts.Now = func() time.Time { return time.Now().Add(s.shift) }
	s.http = contract.Watch(s.T, openapi.Document(Describe()), contract.Rules{Lenient: true, Call: described},
		New(s.Service, s.Sessions, s.opts))
}

// restart closes everything and opens it again.
func (s *service) restart() {
	s.Restart()
	s.open()
}

func (s *service) client(name, timezone string) {
	s.T.Helper()
	s.Given(commands.CreateClient{ID: uuid.New(), Client: events.ClientCreated{Name: name, Timezone: timezone}})
}

// hashed returns the hash of testPassword, which is costly on purpose.
var hashed = sync.OnceValue(func() events.Secret {
	hash, err := password.New(password.Options{}).Hash(context.Background(), testPassword)
	if err != nil {
		panic(err)
	}
	return events.Secret(hash)
})

// user makes a user as another API would.
func (s *service) user(u events.UserCreated) *commands.User {
	s.T.Helper()
	u.Active, u.PasswordHash = true, hashed()
	return s.Given(commands.CreateUser{ID: uuid.New(), User: u}).User
}

// serve answers the request as http/server would.
func (s *service) serve(r *http.Request) *httptest.ResponseRecorder {
	return s.Serve(s.http, r, rest.Info{ID: "id", Dialect: "clientuser", Address: testAddress})
}

// call sends a request with a token. Headers are names and values in turn.
func (s *service) call(token, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	s.T.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.serve(r)
}

const typeForm = "application/x-www-form-urlencoded"

// post sends a form, names and values in turn.
func (s *service) post(target string, form ...string) *httptest.ResponseRecorder {
	s.T.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	return s.call("", http.MethodPost, target, values.Encode(), "Content-Type", typeForm)
}

// asks sends a token request of the application.
func (s *service) asks(app, grant string, form ...string) *httptest.ResponseRecorder {
	s.T.Helper()
	a := s.apps[app]
	return s.post("/oauth/token", append([]string{"grant_type", grant, "client_id", a.id, "client_secret", a.secret},
		form...)...)
}

// pair is the answer of the token endpoint.
type pair struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Error   string
}

// access returns the user's tokens by the application, which takes passwords.
func (s *service) access(app, user string) pair {
	s.T.Helper()
	return s.pair(s.asks(app, "password", "username", user, "password", testPassword))
}

func (s *service) pair(w *httptest.ResponseRecorder) (p pair) {
	s.T.Helper()
	require.Equal(s.T, http.StatusOK, w.Code, "%s", w.Body)
	return decoded[pair](s.T, w)
}

// code drives the log-in by hand, as programs do, and returns the code. More are names and values of the request.
func (s *service) code(user string, more ...string) string {
	s.T.Helper()
	to := s.byHand(user, testPassword, more...)
	_, code, ok := strings.Cut(to, "=")
	require.True(s.T, ok, to)
	return code
}

// byHand drives the log-in by hand and returns where it ends.
func (s *service) byHand(user, password string, more ...string) string {
	s.T.Helper()
	query := url.Values{"response_type": {"code"}, "client_id": {s.apps["public"].id}, "redirect_uri": {redirectURI},
		"scope": {"all"}}
	for i := 0; i < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	first := s.call("", http.MethodPost, "/oauth/authorize?"+query.Encode(), "")
	second := s.post(s.located(first), "username", user, "password", password)
	third := s.call("", http.MethodGet, s.located(second), "", "Cookie", cookieOf(second))
	if third.Code == http.StatusOK {
		return ""
	}
	return third.Header().Get("Location")
}

// located returns the address that the answer leads to, on this service.
func (s *service) located(w *httptest.ResponseRecorder) string {
	s.T.Helper()
	to := w.Header().Get("Location")
	require.True(s.T, strings.HasPrefix(to, "http://example.com/"), "%d %q", w.Code, to)
	return to
}

var cookiePair = regexp.MustCompile(`^[^;]*`)

func cookieOf(w *httptest.ResponseRecorder) string {
	return cookiePair.FindString(w.Header().Get("Set-Cookie"))
}

// described is the call as the document has it: without a version and a slash at its end. The pages under /oauth are
// not in it.
func described(method, path string) (string, string) {
	if strings.HasPrefix(path, oauthPath) && path != oauthPath+"/token" {
		return method, ""
	}
	return method, strings.TrimSuffix(strings.TrimPrefix(path, versioned), "/")
}
