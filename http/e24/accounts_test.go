package e24

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/events"
	"accountd/http/rest"
	"accountd/projections"
)

const jan = `{"email":"jan@example.com","first_name":"Jan","last_name":"Kowalski","phone":"+48 61 123-45-67","password":"correct horse"}`

// An account that is made here is a full account in every other API.
func TestCreatedAccountIsWhole(t *testing.T) {
	s := start(t)
	w := answer(serve(s, Options{}), newRequest("PUT", "/v2/accounts", jan, adminKey))
	require.Equal(t, 200, w.Code, "%s", w.Body)
	u := s.Snapshot().UserByName("jan@example.com")
	require.NotNil(t, u)
	require.EqualValues(t, 4, u.ID.Version())
	require.Equal(t, []string{"jan", "Jan", "Kowalski", "", "+48 61 123-45-67"},
		[]string{u.Username, u.FirstName, u.LastName, u.DisplayName, u.Phone})
	require.True(t, u.Usable())
	require.Zero(t, u.Parent, "a super admin sees everybody, and is nobody's parent")
	require.Len(t, u.SigningKeys, 1)
	require.Regexp(t, `^AK[A-Z0-9]{18}$`, u.SigningKeys[0].ID)
	require.Regexp(t, `^[A-Za-z0-9]{40}$`, u.SigningKeys[0].Secret.Reveal())
	for _, kind := range []string{commands.StorageS3, commands.StorageSwift} {
		k, ok := u.StorageKey(kind)
		require.True(t, ok, kind)
		require.Regexp(t, `^SK[A-Z0-9]{18}$`, k.ID)
		require.Regexp(t, `^[A-Za-z0-9]{40}$`, k.Secret.Reveal())
	}
	requirePassword(t, s, "jan@example.com", "correct horse")
	require.NotContains(t, w.Body.String(), "correct horse")
	require.NotContains(t, w.Body.String(), "argon2")
}

func TestNewPasswordTakesEffectAtOnce(t *testing.T) {
	s := start(t)
	h := serve(s, Options{})
	require.Equal(t, 200, answer(h, newRequest("PUT", "/v2/accounts", jan, adminKey)).Code)
	key := s.Snapshot().UserByName("jan").SigningKeys[0].SigningKey
	require.Equal(t, 200, answer(h, newRequest("POST", "/v2/account/data", `{"password":"battery staple"}`, key)).Code)
	requirePassword(t, s, "jan", "battery staple")
}

func requirePassword(t *testing.T, s rest.Service, name, plain string) {
	t.Helper()
	ok, _, err := s.Hasher.Verify(context.Background(), s.Snapshot().UserByName(name).PasswordHash.Reveal(), plain)
	require.NoError(t, err)
	require.True(t, ok)
}

// A call that is refused never gets as far as the expensive hash.
func TestRefusedCallsHashNothing(t *testing.T) {
	s := start(t)
	s.Hasher = nil // whoever hashes now panics
	h := serve(s, Options{})
	reader := events.SigningKey{ID: "AKREADS", Secret: "secret",
		Permissions: events.Permissions{Users: commands.LevelRead}}
	run(t, s, commands.AddSigningKey{ID: adminID, Key: reader})
	for _, c := range []struct {
		method, path, body string
		key                events.SigningKey
		status             int
	}{
		{"PUT", "/v2/accounts", jan, reader, 403},
		{"PUT", "/v2/accounts", strings.Replace(jan, "jan@", "ADMIN@", 1), adminKey, 409},
		{"PUT", "/v2/accounts", strings.Replace(jan, "jan@", "jan", 1), adminKey, 400},
		{"PUT", "/v2/accounts", strings.Replace(jan, "correct horse", "short", 1), adminKey, 400},
		{"POST", "/v2/account/data", `{"password":"correct horse"}`, reader, 403},
		{"POST", "/v2/account/data", `{"password":"correct horse","first_name":" "}`, adminKey, 400},
	} {
		require.Equal(t, c.status, answer(h, newRequest(c.method, c.path, c.body, c.key)).Code, "%s %s", c.path, c.body)
	}
}

// While another system still sets up what belongs to an account, its keys are known and refused.
func TestAccountInCreation(t *testing.T) {
	s := startWith(t, committer.Options{ExternalProvisioning: true})
	h := serve(s, Options{})
	w := answer(h, newRequest("PUT", "/v2/accounts", jan, adminKey))
	require.Equal(t, 200, w.Code, "%s", w.Body)
	u := s.Snapshot().UserByName("jan")
	s3, _ := u.StorageKey(commands.StorageS3)
	key := u.SigningKeys[0].SigningKey
	require.Equal(t, fmt.Sprintf(`{"success":true,"user":{"id":"%s","state":"creating","name":"Jan Kowalski","active":false,`+
		`"email":"jan@example.com","phone":"+48 61 123-45-67","e24files":{"s3":{"api_id":"%s","secret_key":"%s"}},`+
		`"api":[{"api_key":"%s","secret_key":"%s"}],"sshkeys":[]}}`,
		u.ID, s3.ID, s3.Secret.Reveal(), key.ID, key.Secret.Reveal()), bodyOf(w))
	w = answer(h, newRequest("GET", "/v2/account", "", key))
	require.Equal(t, 403, w.Code)
	require.Contains(t, w.Body.String(), `"code":"account_creating"`)
	run(t, s, commands.CompleteProvisioning{ID: u.ID})
	require.Equal(t, 200, answer(h, newRequest("GET", "/v2/account", "", key)).Code)
}

// The private key that is handed over belongs to the public key that was added.
func TestGeneratedSSHKey(t *testing.T) {
	s := start(t)
	w := answer(serve(s, Options{}), newRequest("PUT", "/v2/account/sshkey", `{"name":"made here","method":"generate"}`,
		adminKey))
	require.Equal(t, 200, w.Code, "%s", w.Body)
	var got struct {
		SSHKeys struct {
			ID          int64
			Fingerprint string
			PrivateKey  string `json:"private_key"`
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
	private, err := ssh.ParseRawPrivateKey([]byte(got.SSHKeys.PrivateKey))
	require.NoError(t, err)
	public, err := ssh.NewPublicKey(private.(*ed25519.PrivateKey).Public())
	require.NoError(t, err)
	require.Equal(t, ssh.FingerprintLegacyMD5(public), got.SSHKeys.Fingerprint)
	added, ok := s.Snapshot().User(adminID).SSHKey(got.SSHKeys.ID)
	require.True(t, ok)
	require.Equal(t, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))), added.Key)
}

// Pages partition the list, whoever asks.
func TestPagesPartitionTheList(t *testing.T) {
	s := start(t)
	for i := range 25 {
		run(t, s, commands.CreateUser{ID: noID(byte(i)),
			User: events.UserCreated{Email: fmt.Sprintf("user%d@example.com", i), Active: true}})
	}
	h := serve(s, Options{})
	var emails []string
	for offset := 0; offset < 30; offset += 7 {
		var page struct {
			Users []struct{ Email string }
			Total int
		}
		w := answer(h, newRequest("GET", fmt.Sprintf("/v2/accounts?offset=%d&limit=7", offset), "", adminKey))
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
		require.Equal(t, 26, page.Total)
		for _, u := range page.Users {
			emails = append(emails, u.Email)
		}
	}
	want := []string{"admin@example.com"}
	for i := range 25 {
		want = append(want, fmt.Sprintf("user%d@example.com", i))
	}
	require.Equal(t, want, emails)
}

// Every shape of error goes through one function, whoever fails.
func TestProblem(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		body   string
	}{
		{rest.RequestError{Status: 429, Reason: "too_many_failures", Detail: "Slow down."}, 429,
			`{"success":false,"error":{"code":"too_many_failures","message":"Slow down.","request_id":""}}`},
		{password.ErrBusy, 503, `{"success":false,"error":{"code":"unavailable","message":"The service cannot do this right now.","request_id":""}}`},
		{fmt.Errorf("disk %q is full", "/dev/sda"), 500,
			`{"success":false,"error":{"code":"internal_error","message":"Something went wrong inside the service.","request_id":""}}`},
		{&commands.Refusal{Kind: commands.Invalid, Reason: "r", Field: "title", Detail: "<d>"}, 400,
			`{"success":false,"error":{"code":"r","message":"\u003cd\u003e","field":"name","request_id":""}}`},
	} {
		w := httptest.NewRecorder()
		Problem(w, httptest.NewRequest("GET", "/v2/account", nil), c.err)
		require.Equal(t, c.status, w.Code)
		require.Equal(t, c.body, bodyOf(w))
	}
}

// Whatever JSON is sent to whichever call, the answer is one that clients can read.
func FuzzBodies(f *testing.F) {
	s := start(f)
	h := serve(s, Options{Swift: true})
	routes := api{}.routes()
	for i := range routes {
		for _, body := range []string{"", "{}", "null", `{"api_key":"AK1"}`, `{"name":"k","method":"generate"}`,
			`{"first_name":"A","phone":"123456"}`,
			`{"email":"a@example.com","first_name":"A","last_name":"B","phone":"123456","password":"short"}`,
			`{"name":"k","content":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"}`,
			`{"email":{},"first_name":1,"last_name":[],"phone":true,"password":"\ud800"}`, "\xff", `{"api_key":"` +
				adminKey.ID + `"}`} {
			f.Add(uint(i), body)
		}
	}
	f.Fuzz(func(t *testing.T, i uint, body string) {
		route := routes[i%uint(len(routes))]
		admin := s.Snapshot().User(adminID) // its keys change
		checkAnswer(t, answer(h, newRequest(route.Method, strings.Replace(route.Path, ":id", "1", 1), body,
			admin.SigningKeys[0].SigningKey)))
	})
}

// manyUsers returns a service with so many accounts besides the administrator, on no log.
func manyUsers(n int) rest.Service {
	view := projections.NewView()
	records := make([]events.Record, 0, n+1)
	add := func(e events.UserCreated, id uuid.UUID) {
		e.Number = int64(len(records)) + 1
		records = append(records, events.Record{Sequence: uint64(e.Number), Time: noon, Aggregate: events.User(id),
			Type: e.Type(), Event: e, Assigned: e.Assigned()})
	}
	admin := events.UserCreated{Username: "admin", Email: "admin@example.com", Active: true,
		State: commands.StateCreated, SuperAdmin: true, SigningKeys: []events.SigningKey{adminKey}}
	add(admin, adminID)
	for i := range n {
		e := createAccountRequest{Email: fmt.Sprintf("user%d@example.com", i), FirstName: "Jan", LastName: "Kowalski",
			Phone: "+48 61 123-45-67"}.command().User
		e.Username, e.State, e.Parent = fmt.Sprintf("user%d", i), commands.StateCreated, adminID
		add(e, uuid.New())
	}
	if err := view.Apply(records); err != nil {
		panic(err)
	}
	view.Open()
	return rest.Service{View: view}
}

func BenchmarkList50Of10000(b *testing.B) {
	h := serve(manyUsers(10_000), Options{})
	for _, offset := range []string{"0", "9000"} {
		b.Run("offset="+offset, func(b *testing.B) { benchmarkGet(b, h, "/v2/accounts?limit=50&offset="+offset) })
	}
}

func BenchmarkAccount(b *testing.B) { benchmarkGet(b, serve(manyUsers(10), Options{}), "/v2/account") }

func benchmarkGet(b *testing.B, h http.Handler, target string) {
	r := newRequest("GET", target, "", adminKey)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
	if w.status != http.StatusOK {
		b.Fatal(w.status)
	}
	b.SetBytes(int64(w.bytes) / int64(max(b.N, 1)))
}

// discard is a ResponseWriter that costs nothing.
type discard struct {
	header        http.Header
	status, bytes int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { d.bytes += len(b); return len(b), nil }
