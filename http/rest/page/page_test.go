package page

import (
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/http/rest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var pages = New(Options{Name: "Accounts & Co"})

func written(t *testing.T, p Page) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	require.NoError(t, pages.Write(w, http.StatusOK, p))
	return w
}

// TestLayout compares whole pages, without their style, with what they are known to look like.
func TestLayout(t *testing.T) {
	const evil = `"><script>alert(1)</script>`
	for name, p := range map[string]Page{
		"form": {
			Title: "Log in", Lead: []string{"One", "Two"}, Facts: []Fact{{"Application", "PBX"}},
			Links: []Link{{"Help", "/help"}},
			Form: &Form{Hidden: []Fact{{"ticket", "t"}},
				Buttons: []Button{{Label: "Log in"}, {Label: "Deny", Name: "do", Value: "deny", Secondary: true}},
				Fields: []Field{{Name: "username", Label: "Username", Autocomplete: "username", Value: "ann"},
					{Name: "password", Label: "Password", Type: "password", Hint: "Long", Value: "secret", MinLength: 8,
						Optional: true}}},
		},
		"errors": {
			Title: "Log in", Notice: "Something", Errors: []Error{{"password", "Wrong."}, {"", "Really."}},
			Form: &Form{Action: "/other?a=b&c=d", Buttons: []Button{{Label: "Again"}},
				Fields: []Field{{Name: "username", Label: "Username"},
					{Name: "password", Label: "Password", Type: "password", Hint: "Long"}}},
		},
		"escaped": {
			Title: evil, Notice: evil, Errors: []Error{{"f", evil}}, Lead: []string{evil}, Facts: []Fact{{evil, evil}},
			Form: &Form{Action: "javascript:alert(1)", Hidden: []Fact{{"h", evil}},
				Fields:  []Field{{Name: "f", Label: evil, Value: evil, Hint: evil}},
				Buttons: []Button{{Label: evil, Name: "b", Value: evil}}},
			Links: []Link{{evil, "javascript:alert(1)"}},
		},
	} {
		got := strings.Replace(written(t, p).Body.String(), style, "", 1)
		file := "testdata/" + name + ".html"
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), got, name)
		require.NotContains(t, got, "<script")
	}
}

func TestHeaders(t *testing.T) {
	w := written(t, Page{Title: "x"})
	require.Contains(t, w.Body.String(), "<style>"+style+"</style>", "the hash in the policy is of what stands there")
	require.NotRegexp(t, `url\(|@import`, style)
	h := w.Header()
	require.Equal(t, "text/html; charset=utf-8", h.Get("Content-Type"))
	require.Equal(t, "no-store", h.Get("Cache-Control"))
	require.Equal(t, "DENY", h.Get("X-Frame-Options"))
	require.Equal(t, "same-origin", h.Get("Referrer-Policy"))
	require.Equal(t, "no-referrer", written(t, Page{SecretURL: true}).Header().Get("Referrer-Policy"))
}

func TestPolicy(t *testing.T) {
	for leadsTo, forms := range map[string]string{
		"":                                 "'self'",
		"https://app.example.org/back?a=b": "'self' https://app.example.org",
		"http://127.0.0.1:9000/back":       "'self' http://127.0.0.1:9000",
		"com.example.app:/back":            "'self' com.example.app:",
		"/relative":                        "'self'",
		"https://a;script-src*/":           "'self'",
		"https://*/":                       "'self'",
		"%":                                "'self'",
	} {
		require.Equal(t, "default-src 'none'; style-src '"+styleHash+"'; form-action "+forms+
			"; base-uri 'none'; frame-ancestors 'none'", policy(leadsTo), leadsTo)
	}
}

func TestProblem(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{rest.ErrNoRoute, http.StatusNotFound, "There is nothing at this path."},
		{rest.MethodError{Allow: []string{"GET"}}, http.StatusMethodNotAllowed, "Method Not Allowed"},
		{rest.BadRequest("r", "", "You <b>must</b> not."), http.StatusBadRequest, "You &lt;b&gt;must&lt;/b&gt; not."},
		{errors.New("the disk is full"), http.StatusInternalServerError, "Something went wrong inside the service."},
	} {
		w, info := httptest.NewRecorder(), &rest.Info{}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		pages.Problem(w, r.WithContext(rest.WithInfo(r.Context(), info)), c.err)
		require.Equal(t, c.status, w.Code)
		require.Contains(t, w.Body.String(), c.text)
		require.NotContains(t, w.Body.String(), "disk")
		require.Equal(t, c.status == http.StatusInternalServerError, info.Failure != nil)
	}
}

// TestToken plays a form to and fro.
func TestToken(t *testing.T) {
	for _, p := range []*Pages{pages, New(Options{Secure: true})} {
		w := httptest.NewRecorder()
		hidden := p.Token(w, httptest.NewRequest(http.MethodGet, "/", nil), "consent 1")
		require.Equal(t, TokenField, hidden.Name)
		cookies := w.Result().Cookies()
		require.Len(t, cookies, 1)
		require.True(t, cookies[0].HttpOnly)
		require.Equal(t, p.Secure, cookies[0].Secure)
		require.Equal(t, p.Secure, strings.HasPrefix(cookies[0].Name, "__Host-"))

		back := func(cookie *http.Cookie, token, purpose string) error {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			if cookie != nil {
				r.AddCookie(cookie)
			}
			return p.CheckToken(r, url.Values{TokenField: {token}}, purpose)
		}
		require.NoError(t, back(cookies[0], hidden.Value, "consent 1"))
		other := &http.Cookie{Name: cookies[0].Name, Value: strings.Repeat("A", len(cookies[0].Value))}
		for name, err := range map[string]error{
			"another purpose": back(cookies[0], hidden.Value, "consent 2"), "another browser": back(other, hidden.Value,
				"consent 1"),
			"no cookie": back(nil, hidden.Value, "consent 1"), "no token": back(cookies[0], "", "consent 1"),
			"no cookie's form": back(&http.Cookie{Name: other.Name, Value: "x"}, hidden.Value, "consent 1"),
		} {
			require.Equal(t, http.StatusForbidden, rest.FaultOf(err).Status, name)
		}

		again := httptest.NewRequest(http.MethodGet, "/", nil)
		again.AddCookie(cookies[0])
		w = httptest.NewRecorder()
		require.Equal(t, hidden, p.Token(w, again, "consent 1"), "a second tab shares the cookie")
		require.Empty(t, w.Result().Cookies())
	}
}

func TestCheckOrigin(t *testing.T) {
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"Sec-Fetch-Site", "same-origin", true}, {"Sec-Fetch-Site", "none", true},
		{"Sec-Fetch-Site", "cross-site", false},
		{"Sec-Fetch-Site", "same-site", false}, {"Origin", "http://example.com", true},
		{"Origin", "https://evil.example", false},
		{"Origin", "null", false}, {"User-Agent", "python-requests/2", true},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://example.com/", nil)
		r.Header.Set(c.name, c.value)
		err := CheckOrigin(r)
		require.Equal(t, c.ok, err == nil, "%s: %s", c.name, c.value)
		require.True(t, c.ok || rest.FaultOf(err).Status == http.StatusForbidden)
	}
}

func TestReadForm(t *testing.T) {
	read := func(contentType, body string) (url.Values, error) {
		r := httptest.NewRequest(http.MethodPost, "/?a=url", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		return ReadForm(httptest.NewRecorder(), r)
	}
	got, err := read(typeForm+"; charset=UTF-8", "b=1&b=2&c=%20")
	require.NoError(t, err)
	require.Equal(t, url.Values{"b": {"1", "2"}, "c": {" "}}, got)
	for body, status := range map[string]int{"a=%": 400, strings.Repeat("a", rest.MaxBody+1): 413} {
		_, err := read(typeForm, body)
		require.Equal(t, status, rest.FaultOf(err).Status)
	}
	_, err = read("application/json", "{}")
	require.Equal(t, http.StatusUnsupportedMediaType, rest.FaultOf(err).Status)
}
