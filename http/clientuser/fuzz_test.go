package clientuser

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzRequests sends whatever as query and body: nothing of it is the service's fault, and every answer is JSON in
// ASCII.
func FuzzRequests(f *testing.F) {
	s := start(f, Options{})
	token := s.access("password", "boss").Access
	for _, seed := range []string{"", "login[]=a&login[0]=b&id=1,2&page=2&per_page=1&order=desc", "id=,&page=-1",
		"login[=x&%",
		`{"login":"x","name":"y","email":"z@example.org","access":"full"}`, `{"name":null,"extra_params":{}}`,
		"{\"name\":\"\xff\"}"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, query, body string) {
		s.T = t
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			path := "/client/@me/user/client"
			if method == http.MethodPut {
				path += "/3"
			}
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header.Set("Authorization", "Bearer "+token)
			w := s.serve(r)
			require.Less(t, w.Code, 500, "%s", w.Body)
			require.Equal(t, -1, strings.IndexFunc(w.Body.String(), func(r rune) bool { return r >= utf8.RuneSelf }))
			decoded[any](t, w)
		}
	})
}

// FuzzTokenRequests sends whatever as a token request, and as a request for a code.
func FuzzTokenRequests(f *testing.F) {
	s := start(f, Options{})
	a := s.apps["public"]
	for _, seed := range []string{"", "grant_type=refresh_token&refresh_token=x&client_id=" + a.id + "&client_secret=" +
		a.secret,
		"response_type=code&client_id=" + a.id + "&redirect_uri=" + redirectURI + "&state=%00\"<",
		"--x\r\n\r\n\r\n--x--"} {
		f.Add(seed, seed, typeForm)
		f.Add(seed, seed, "multipart/form-data; boundary=x")
	}
	f.Fuzz(func(t *testing.T, query, body, kind string) {
		s.T = t
		for _, path := range []string{"/oauth/token", "/oauth/authorize", "/oauth/login", "/oauth/consent"} {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header.Set("Content-Type", kind)
			w := s.serve(r)
			require.Less(t, w.Code, 500, "%s", w.Body)
			if to := w.Header().Get("Location"); to != "" {
				u, err := url.Parse(to)
				require.NoError(t, err)
				require.Contains(t, []string{"example.com", "example.org", ""}, u.Host,
					"only to ourselves and where it is registered")
			}
		}
	})
}
