package e24

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/events"
	"accountd/http/rest"
	"accountd/projections"
	"accountd/testing/testlog"
)

// The first administrator of every test, and the time of every test.
var (
	adminID  = uuid.MustParse("00000000-0000-4000-8000-000000000001")
	adminKey = events.SigningKey{ID: "AK00000000000000ADMIN", Secret: "secret of the admin"}
	noon     = time.Date(2026, time.June, 1, 10, 0, 0, 0, time.UTC)
)

const noonDate = "Mon, 01 Jun 2026 10:00:00 GMT"

// start returns a service on a log of its own, in which there is the administrator.
func start(t testing.TB) rest.Service { return startWith(t, committer.Options{}) }

func startWith(t testing.TB, o committer.Options) rest.Service {
	t.Helper()
	log, view := testlog.Start(t).Log, projections.NewView()
	view.Open()
	s := rest.Service{Handler: committer.New(log, view, o), View: view, Hasher: password.New(password.Options{})}
	t.Cleanup(s.Handler.Close)
	run(t, s, commands.CreateUser{ID: adminID, User: events.UserCreated{
		Username: "admin", Email: "admin@example.com", FirstName: "Ada", LastName: "Admin", Phone: "+48 61 123 45 67",
		Active: true, State: commands.StateCreated, SuperAdmin: true, SigningKeys: []events.SigningKey{adminKey},
		StorageKeys: []events.StorageKey{{Kind: commands.StorageS3, ID: "S3ADMIN", Secret: "secret of S3"}},
	}})
	return s
}

// run does what another API would do.
func run(t testing.TB, s rest.Service, c commands.Command) *commands.User {
	t.Helper()
	out, err := s.Do(context.Background(), commands.Service(), c)
	require.NoError(t, err)
	return out.User
}

// serve returns the dialect behind what stands for the shared middleware.
func serve(s rest.Service, o Options) http.Handler {
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	dialect := New(s, o)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := &rest.Info{ID: "request-1", Dialect: "e24", Address: "192.0.2.1"}
		dialect.ServeHTTP(w, r.WithContext(rest.WithInfo(r.Context(), info)))
	})
}

// newRequest returns a request that the key has signed at noon.
func newRequest(method, target, body string, key events.SigningKey) *http.Request {
	r := httptest.NewRequest(method, target, bytes.NewReader([]byte(body)))
	r.Host = "api.example.com"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Date", noonDate)
	sign(r, body, key)
	return r
}

// sign puts the signature of the request as it stands in its header.
func sign(r *http.Request, body string, key events.SigningKey) {
	mac := signature(key.Secret.Reveal(), r.Method, r.Host, r.Header.Get("X-Date"), target(r), []byte(body))
	r.Header.Set("Authorization", key.ID+":"+base64.StdEncoding.EncodeToString(mac))
}

func answer(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func bodyOf(w *httptest.ResponseRecorder) string { return strings.TrimSpace(w.Body.String()) }
