package e24

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
	"accountd/projections"
)

func TestSignature(t *testing.T) {
	for _, c := range []struct{ method, target, body, want string }{
		{"GET", "/v2/account", "", "2f9dvJsysoptqzWwujF0uSTuyy+asDn3WSfmTKnCen0="},
		{"GET", "/v2/accounts?limit=2&offset=4", "", "QYJmcV06hKpW3JRRFOdUme81dX2A4C5Wx7IkJ4yG5FI="},
		{"POST", "/v2/account/data", `{"first_name": "Zażółć"}`, "EP2Fqi/idhq3KpvGqZ8WIPIWTZwR0pduuLLlAmAZkYY="},
		{"GET", "/v2/account", `"kek"`, "sFHS4SY+Bes2LNyzq7gEZD3xcLDs+GI6BDISCyggulY="},
	} {
		mac := signature("exampleSecret", c.method, "eu-poland-1poznan.api.e24cloud.com", noonDate, c.target,
			[]byte(c.body))
		require.Equal(t, c.want, base64.StdEncoding.EncodeToString(mac), "%s %s %s", c.method, c.target, c.body)
	}
}

func TestParseAuthorization(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 32))
	key, mac, ok := parseAuthorization("AK1:" + good)
	require.True(t, ok)
	require.Equal(t, "AK1", key)
	require.Equal(t, bytes.Repeat([]byte{0xff}, 32), mac)
	for _, bad := range []string{
		"", ":", "AK1", "AK1:", ":" + good, "AK1:" + good[:40], "AK1:" + good + "=", "AK1: " + good, "AK1:" + good +
			":",
		"AK1:" + strings.TrimRight(good, "="), "AK1:" + strings.Repeat("ff", 32),
		"AK1:" + base64.URLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 32)),
		"AK1:" + good[:42] + "9=", "AK1:" + good[:20] + "\n" + good[20:], "Bearer AK1", "AK1:AK2:" + good,
	} {
		_, _, ok := parseAuthorization(bad)
		require.False(t, ok, "%q", bad)
	}
}

func TestTarget(t *testing.T) {
	for line, want := range map[string]string{
		"/v2/accounts":                                  "/v2/accounts",
		"/v2/accounts?limit=2&offset=4":                 "/v2/accounts?limit=2&offset=4",
		"/v2/accounts?offset=4&limit=%32&&x":            "/v2/accounts?offset=4&limit=%32&&x",
		"/v2/accounts?":                                 "/v2/accounts",
		"/v2/accounts?a=?":                              "/v2/accounts?a=?",
		"/v2/accounts?next=http://x/y":                  "/v2/accounts?next=http://x/y",
		"/v2/%61ccount":                                 "/v2/%61ccount",
		"http://api.example.com/v2/account":             "/v2/account",
		"https://api.example.com:8443/v2/accounts?a=/b": "/v2/accounts?a=/b",
		"http://api.example.com?a=b":                    "?a=b",
		"http://api.example.com":                        "",
	} {
		require.Equal(t, want, target(&http.Request{RequestURI: line}), "%q", line)
	}
	u, err := url.Parse("http://api.example.com/v2/accounts?limit=2")
	require.NoError(t, err)
	require.Equal(t, "/v2/accounts?limit=2", target(&http.Request{URL: u}))
}

func TestHostForms(t *testing.T) {
	for host, want := range map[string][]string{
		"":                     nil,
		"api.example.com":      {"api.example.com"},
		"API.example.com":      {"API.example.com", "api.example.com"},
		"API.example.com:8080": {"API.example.com:8080", "api.example.com:8080", "API.example.com", "api.example.com"},
		"127.0.0.1:80":         {"127.0.0.1:80", "127.0.0.1"},
		"[2001:db8::1]":        {"[2001:db8::1]"},
		"[2001:DB8::1]:80":     {"[2001:DB8::1]:80", "[2001:db8::1]:80", "[2001:DB8::1]", "[2001:db8::1]"},
	} {
		require.Equal(t, want, addForms(nil, host), "%q", host)
	}
}

// The signature holds for every name by which a client may know the service, and for no other.
func TestSignedHost(t *testing.T) {
	h := serve(start(t), Options{Hosts: []string{"API.Example.net:8443"}})
	for _, c := range []struct {
		sent, signed string
		status       int
	}{
		{"api.example.com", "api.example.com", 200},
		{"api.example.com:8080", "api.example.com:8080", 200},
		{"api.example.com:8080", "api.example.com", 200},
		{"API.example.com:8080", "api.example.com:8080", 200},
		{"API.example.com:8080", "API.example.com", 200},
		{"API.example.com:8080", "api.example.com", 200},
		{"10.0.0.7:8080", "API.Example.net:8443", 200},
		{"10.0.0.7:8080", "api.example.net:8443", 200},
		{"10.0.0.7:8080", "API.Example.net", 200},
		{"10.0.0.7:8080", "api.example.net", 200},
		{"[2001:db8::1]:8080", "[2001:db8::1]", 200},
		{"", "api.example.net", 200},
		{"", "", 401},
		{"api.example.com", "api.example.com:8080", 401},
		{"api.example.com", "api.example.org", 401},
		{"api.example.com", "Api.example.com", 401},
		{"10.0.0.7:8080", "api.example.net:8080", 401},
	} {
		r := newRequest("GET", "/v2/account", "", adminKey)
		r.Host = c.signed
		sign(r, "", adminKey)
		r.Host = c.sent
		r.Header.Set("X-Forwarded-Host", c.signed) // anybody can say so
		require.Equal(t, c.status, answer(h, r).Code, "%+v", c)
	}
}

// A request line in absolute form is signed like any other.
func TestAbsoluteForm(t *testing.T) {
	h := serve(start(t), Options{})
	r := httptest.NewRequest("GET", "http://api.example.com/v2/accounts?limit=1", nil)
	require.Equal(t, "http://api.example.com/v2/accounts?limit=1", r.RequestURI)
	r.Header.Set("X-Date", noonDate)
	mac := signature(adminKey.Secret.Reveal(), "GET", "api.example.com", noonDate, "/v2/accounts?limit=1", nil)
	r.Header.Set("Authorization", adminKey.ID+":"+base64.StdEncoding.EncodeToString(mac))
	require.Equal(t, 200, answer(h, r).Code)
}

// What is signed is what arrives: none of the five parts may be another.
func TestSignatureCovers(t *testing.T) {
	h := serve(start(t), Options{})
	for name, change := range map[string]func(r *http.Request){
		"method":        func(r *http.Request) { r.Method = "GET" },
		"date":          func(r *http.Request) { r.Header.Set("X-Date", "Mon, 01 Jun 2026 10:00:01 GMT") },
		"date spelling": func(r *http.Request) { r.Header.Set("X-Date", "Mon, 01 Jun 2026 10:00:00 UTC") },
		"path":          func(r *http.Request) { r.RequestURI = "/v2/%61ccounts?limit=2" },
		"query":         func(r *http.Request) { r.RequestURI = "/v2/accounts?limit=3" },
		"query gone":    func(r *http.Request) { r.RequestURI = "/v2/accounts" },
		"body":          func(r *http.Request) { r.Body = http.NoBody },
		"key":           func(r *http.Request) { r.Header.Set("Authorization", "x"+r.Header.Get("Authorization")) },
	} {
		r := newRequest("PUT", "/v2/accounts?limit=2", `{}`, adminKey)
		require.Equal(t, 400, answer(h, r).Code)
		r = newRequest("PUT", "/v2/accounts?limit=2", `{}`, adminKey)
		change(r)
		w := answer(h, r)
		require.Equal(t, 401, w.Code, name)
		require.Contains(t, w.Body.String(), `"code":"signature_invalid"`, name)
	}
}

// Nobody learns from an answer which API keys exist.
func TestUnknownKeyAndWrongSignatureAreAnsweredAlike(t *testing.T) {
	h := serve(start(t), Options{})
	unknown := answer(h, newRequest("GET", "/v2/account", "",
		events.SigningKey{ID: "AKUNKNOWN", Secret: adminKey.Secret}))
	wrong := answer(h, newRequest("GET", "/v2/account", "", events.SigningKey{ID: adminKey.ID, Secret: "another"}))
	dummy, known := keyOf(nil, "AKUNKNOWN")
	require.False(t, known)
	guessed := answer(h, newRequest("GET", "/v2/account", "", events.SigningKey{ID: "AKUNKNOWN", Secret: dummy.Secret}))
	require.Equal(t, 401, unknown.Code)
	for _, w := range []*httptest.ResponseRecorder{wrong, guessed} {
		require.Equal(t, unknown.Code, w.Code)
		require.Equal(t, unknown.Body.String(), w.Body.String())
		require.Equal(t, unknown.Header(), w.Header())
	}
}

// Who asks is known to the log and to commands as soon as the signature holds.
func TestIdentifies(t *testing.T) {
	s := start(t)
	h := New(s, Options{})
	info := &rest.Info{ID: "request-7", Dialect: "e24"}
	r := newRequest("GET", "/v2/account", "", adminKey)
	h.ServeHTTP(httptest.NewRecorder(), r.WithContext(rest.WithInfo(r.Context(), info)))
	require.Empty(t, info.User, "the date is long ago")

	h = serve(s, Options{})
	a := New(s, Options{Now: noon.UTC})
	r = newRequest("GET", "/v2/account", "", adminKey)
	a.ServeHTTP(httptest.NewRecorder(), r.WithContext(rest.WithInfo(r.Context(), info)))
	require.Equal(t, adminID.String(), info.User)
	require.Equal(t, "signing-key:"+adminKey.ID, info.Credential)
	require.Equal(t, "/v2/account", info.Route)
	require.Equal(t, 200, answer(h, newRequest("GET", "/v2/account", "", adminKey)).Code)
}

func TestNotReadyWhileTheLogIsRead(t *testing.T) {
	w := answer(serve(rest.Service{View: projections.NewView()}, Options{}),
		newRequest("GET", "/v2/account", "", adminKey))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "2", w.Header().Get("Retry-After"))
	require.JSONEq(t, `{"success":false,"error":{"code":"not_ready","message":"The service is still reading its log.","request_id":"request-1"}}`, bodyOf(w))
}

// asked must give the same rights as the States that it stands before.
func TestAskedKnowsWhatStatesKnow(t *testing.T) {
	s := start(t)
	child := run(t, s, commands.CreateUser{ID: noID(1), User: events.UserCreated{Email: "child@example.com",
		Active: true}})
	states := s.Snapshot()
	a := asked{States: states, by: states.User(adminID)}
	require.Same(t, states.User(adminID), a.User(adminID))
	require.Same(t, states.User(child.ID), a.User(child.ID))
	require.Nil(t, a.User(noID(2)))
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add("AK1:" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	f.Add("::")
	f.Fuzz(func(t *testing.T, header string) {
		key, mac, ok := parseAuthorization(header)
		if ok && (header != key+":"+base64.StdEncoding.EncodeToString(mac) || key == "" || strings.Contains(key, ":")) {
			t.Fatalf("%q is taken for %q and %x", header, key, mac)
		}
	})
}

// Whatever stands in the headers and on the request line, the answer is one that clients can read.
func FuzzHeaders(f *testing.F) {
	h := serve(start(f), Options{})
	f.Add("GET", "/v2/account", "AK00000000000000ADMIN:", noonDate, "api.example.com")
	f.Add("DELETE", "/v2/account/7/sshkey", ":", "Mon, 01 Jun 2026, 10:00:00 -03", "[::1]:80")
	f.Add("PUT", "/v2/accounts?%zz", "a:b", "", "")
	f.Fuzz(func(t *testing.T, method, target, authorization, date, host string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // no server takes such a request line
		}
		r := newRequest("GET", "/", "", adminKey)
		r.Method, r.URL, r.RequestURI, r.Host = method, u, target, host
		r.Header["X-Date"], r.Header["Authorization"] = []string{date}, []string{authorization}
		checkAnswer(t, answer(h, r))
		sign(r, "", adminKey)
		checkAnswer(t, answer(h, r))
	})
}

// checkAnswer checks what clients demand of every answer: JSON with success, which agrees with the status.
func checkAnswer(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	var got struct {
		Success *bool `json:"success"`
		Error   *struct {
			Code, Message string
			RequestID     string `json:"request_id"`
		} `json:"error"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got), "%s", w.Body)
	require.NotNil(t, got.Success, "%s", w.Body)
	require.Equal(t, w.Code == http.StatusOK, *got.Success, "%d %s", w.Code, w.Body)
	require.Less(t, w.Code, 500, "%s", w.Body)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	if !*got.Success {
		require.NotEmpty(t, got.Error.Code)
		require.NotEmpty(t, got.Error.Message)
		require.Equal(t, "request-1", got.Error.RequestID)
	}
}
