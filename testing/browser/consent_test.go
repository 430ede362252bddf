//go:build browser

package browser

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// client is an application that people come from and go back to, registered with the service.
type client struct {
	*httptest.Server
	service *service
	id      string
	secret  string
	answers chan url.Values // with which people came back
}

// register makes a public application of the administrator's.
func register(t *testing.T, s *service) *client {
	c := &client{service: s, answers: make(chan url.Values, 1)}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/back" {
			c.answers <- r.URL.Query()
		}
		_, _ = io.WriteString(w, "<h1>Welcome back</h1>")
	}))
	t.Cleanup(c.Close)
	var made struct {
		AppID     string `json:"app_id"`
		AppSecret string `json:"app_secret"`
	}
	body := `{"name":"Phone <book>","type":"public","access":"all","redirect_uris":["` + c.URL + `/back"]}`
	send(t, s.url+"/v1/applications", s.admin.Token, "application/json", body, &made)
	c.id, c.secret = made.AppID, made.AppSecret
	return c
}

// request returns where a person begins.
func (c *client) request() string {
	return c.service.url + "/oauth/authorize?" + url.Values{"response_type": {"code"}, "client_id": {c.id},
		"redirect_uri": {c.URL + "/back"}, "scope": {"all"}, "state": {"s&1"}}.Encode()
}

// token gets an access token for a code.
func (c *client) token(t *testing.T, code string) string {
	var got struct {
		AccessToken string `json:"access_token"`
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {c.URL + "/back"},
		"client_id": {c.id}, "client_secret": {c.secret}}
	send(t, c.service.url+"/oauth/token", "", "application/x-www-form-urlencoded", form.Encode(), &got)
	return got.AccessToken
}

// send posts a body and reads the answer, which must be a success.
func send(t *testing.T, url, token, kind, body string, into any) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", kind)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer w.Body.Close()
	answer, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	require.Less(t, w.StatusCode, 300, "%s", answer)
	require.NoError(t, json.Unmarshal(answer, into))
}

// logIn logs the administrator in on the page that is shown.
func (b *tab) logIn(s *service, password string) {
	b.fill("username", s.admin.Username)
	b.fill("password", password)
	b.press("Log in")
}

func TestLogInAndConsent(t *testing.T) {
	s := start(t, nil)
	c, b := register(t, s), open(t)
	require.EqualValues(t, http.StatusOK, b.visit(c.request()))
	require.Equal(t, "Log in", b.text("h1"))
	require.Equal(t, "username", b.focused())
	b.logIn(s, "wrong")
	require.Contains(t, b.text("[role=alert]"), "The name or the password is wrong.")
	require.Equal(t, "errors", b.focused())

	b.logIn(s, s.admin.Password)
	require.Equal(t, "Allow Phone <book>?", b.text("h1"))
	require.Contains(t, b.text("dl"), c.URL+"/back")
	b.press("Deny")
	require.Equal(t, "access_denied", (<-c.answers).Get("error"))

	b.visit(c.request())
	b.press("Allow")
	answer := <-c.answers
	require.Equal(t, "s&1", answer.Get("state"))
	require.Equal(t, "Welcome back", b.text("h1"))
	require.Equal(t, c.URL+"/back", b.location().Scheme+"://"+b.location().Host+b.location().Path)
	token := c.token(t, answer.Get("code"))
	require.NotEmpty(t, token)

	b.visit(c.request())
	require.NotEmpty(t, (<-c.answers).Get("code"), "the consent is remembered")
	require.Empty(t, b.complained())
}

func TestAnotherAccount(t *testing.T) {
	s := start(t, nil)
	c, b := register(t, s), open(t)
	b.visit(c.request())
	b.logIn(s, s.admin.Password)
	b.press("Use another account")
	require.Equal(t, "Log in", b.text("h1"))
	b.visit(c.request())
	require.Equal(t, "Log in", b.text("h1"), "nobody is logged in any more")
}

// TestAnotherSiteCannotConsent has another site post the answer for a person who is logged in, and the log-in of
// somebody else.
func TestAnotherSiteCannotConsent(t *testing.T) {
	s := start(t, nil)
	c, b := register(t, s), open(t)
	b.visit(c.request())
	b.logIn(s, s.admin.Password)
	query := strings.SplitN(c.request(), "?", 2)[1]
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<form method="post" action="`+s.url+`/oauth/consent?`+strings.ReplaceAll(query, "&", "&amp;")+`">
			<input name="decision" value="allow"><button>Win</button></form>
			<form method="post" action="`+s.url+`/oauth/login?`+strings.ReplaceAll(query, "&", "&amp;")+`">
			<input name="username" value="admin"><input name="password" value="`+s.admin.Password+`"><button>Steal</button></form>`)
	}))
	t.Cleanup(evil.Close)
	for _, button := range []string{"Win", "Steal"} {
		b.visit(strings.Replace(evil.URL, "127.0.0.1", "localhost", 1)) // another site, not only another port
		require.EqualValues(t, http.StatusForbidden, b.press(button))
	}
	require.Empty(t, c.answers)
}
