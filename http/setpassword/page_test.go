package setpassword

import (
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
	"accountd/commands/login"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
	"accountd/http/rest/page"
	"accountd/testing/testservice"
)

// service is the page with a user, Ann.
type service struct {
	*testservice.Running
	http http.Handler
	now  time.Time
	ann  *commands.User
}

func start(t *testing.T) *service {
	t.Helper()
	s := &service{Running: testservice.Start(t), now: time.Now()}
	s.PasswordMin = 8
	s.http = New(s.Service, Options{Pages: page.New(page.Options{Name: "Accounts"}),
		Now: func() time.Time { return s.now }})
	s.ann = s.Given(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "ann",
		Email: "ann@example.org", Active: true}}).User
	return s
}

// token asks for a token.
func (s *service) token() string {
	s.T.Helper()
	token, hash := secrets.ResetToken(s.ann.ID)
	s.Given(commands.RequestPasswordReset{ID: s.ann.ID, Hash: events.Secret(hash),
		ExpiresAt: s.now.Add(commands.PasswordResetFor)})
	return token
}

// TestPasswordMin counts characters, not bytes, and as many as the service is told to want.
func TestPasswordMin(t *testing.T) {
	s := start(t)
	s.PasswordMin = 10
	s.http = New(s.Service, Options{Pages: page.New(page.Options{Name: "Accounts"}),
		Now: func() time.Time { return s.now }})
	short := s.post(s.token(), "pässwörte", "pässwörte")
	require.Equal(t, http.StatusUnprocessableEntity, short.Code)
	require.Contains(t, short.Body.String(), "at least 10 characters")
	long := s.post(s.token(), "pässwörter", "pässwörter")
	require.Equal(t, http.StatusOK, long.Code)
}

func (s *service) get(token string) *httptest.ResponseRecorder {
	return s.serve(httptest.NewRequest(http.MethodGet, Path+"?token="+url.QueryEscape(token), nil))
}

func (s *service) post(token, plain, repeat string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, Path,
		strings.NewReader(url.Values{"token": {token}, "password": {plain}, "repeat": {repeat}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// What a browser sends from a page that keeps its URL to itself, by HTTP without TLS.
	r.Header.Set("Origin", "null")
	return s.serve(r)
}

func (s *service) serve(r *http.Request) *httptest.ResponseRecorder {
	return s.Serve(s.http, r, rest.Info{Dialect: "pages"})
}

func (s *service) logsIn(plain string) bool {
	_, err := s.LogIn(httptest.NewRequest(http.MethodGet, "/", nil), login.Attempt{Name: "ann", Password: plain,
		Unbounded: true})
	return err == nil
}

func TestSetsAPassword(t *testing.T) {
	s := start(t)
	token := s.token()
	for range 2 { // looking uses nothing up
		w := s.get(token)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), `<input type="hidden" name="token" value="`+token+`">`)
		require.Contains(t, w.Body.String(), `<form method="post" action="/set-password">`)
		require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}
	w := s.post(token, "correct horse", "correct horse")
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Contains(t, w.Body.String(), "Your password is set")
	require.NotEmpty(t, w.Header().Get(rest.SequenceHeader))
	require.NotContains(t, w.Body.String(), token)
	require.True(t, s.logsIn("correct horse"))

	for _, w := range []*httptest.ResponseRecorder{s.get(token), s.post(token, "something else", "something else")} {
		require.Equal(t, http.StatusGone, w.Code)
		require.Contains(t, w.Body.String(), "This link does not work any more")
	}
	require.False(t, s.logsIn("something else"))
}

func TestLinksThatDoNotWork(t *testing.T) {
	s := start(t)
	replaced := s.token()
	token := s.token()
	wrong := []string{"", "x", replaced, token + "x", token[:len(token)-1] + "~", strings.Repeat("A", len(token))}
	other, _ := secrets.ResetToken(s.ann.ID)
	for _, token := range append(wrong, other) {
		require.Equal(t, http.StatusGone, s.get(token).Code, token)
		require.Equal(t, http.StatusGone, s.post(token, "correct horse", "correct horse").Code, token)
	}
	require.Equal(t, http.StatusOK, s.get(token).Code)
	s.now = s.now.Add(commands.PasswordResetFor)
	require.Equal(t, http.StatusGone, s.get(token).Code)
	require.Equal(t, http.StatusGone, s.post(token, "correct horse", "correct horse").Code)
	require.False(t, s.logsIn("correct horse"))
}

var alert = regexp.MustCompile(`<li><a href="#(\w+)">([^<]*)</a></li>`)

func TestPasswordsThatAreNone(t *testing.T) {
	s := start(t)
	token := s.token()
	long := strings.Repeat("x", password.MaxLength+1)
	for _, c := range []struct{ plain, repeat, field string }{
		{"", "", "password"}, {"seven77", "seven77", "password"}, {long, long, "password"},
		{"correct horse", "Correct horse", "repeat"},
	} {
		w := s.post(token, c.plain, c.repeat)
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		require.Equal(t, c.field, alert.FindStringSubmatch(w.Body.String())[1])
		require.Contains(t, w.Body.String(), `value="`+token+`"`, "the form can be sent again")
		require.NotContains(t, w.Body.String(), `value="`+c.plain+`x"`)
	}
	require.Equal(t, http.StatusOK, s.post(token, "ąćęłńóśź", "ąćęłńóśź").Code, "characters are counted, not bytes")
}

// TestOnceAmongMany has the same link used by several at once.
func TestOnceAmongMany(t *testing.T) {
	s := start(t)
	token := s.token()
	codes := make([]int, 6)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() { codes[i] = s.post(token, "correct horse", "correct horse").Code })
	}
	all.Wait()
	set := 0
	for _, code := range codes {
		if code == http.StatusOK {
			set++
			continue
		}
		require.Equal(t, http.StatusGone, code)
	}
	require.Equal(t, 1, set)
}

func TestOtherRequests(t *testing.T) {
	s := start(t)
	require.Equal(t, http.StatusMethodNotAllowed, s.serve(httptest.NewRequest(http.MethodPut, Path, nil)).Code)
	require.Equal(t, http.StatusUnsupportedMediaType, s.serve(httptest.NewRequest(http.MethodPost, Path, nil)).Code)
	w := s.serve(httptest.NewRequest(http.MethodGet, Path+"/x", nil))
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, w.Header().Get("Content-Type"), "text/html")
}
