package native

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"accountd/commands/committer"
	"accountd/http/native/call"
)

// FuzzQuery sends any query: the answer is a list or a problem that says what is wrong.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"limit=5&offset=1", "sort=-created_at,username", "filter[number][gte]=1",
		"filter[username]=a,b&q=x",
		"filter[parent]=", "filter[]=", "filter[][]=", "filter[a]]=", "limit=-1", "offset=9223372036854775807",
		"limit=%zz", ";", "sort="} {
		f.Add(seed)
	}
	s := start(f, committer.Options{})
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/v1/users", nil)
		r.URL.RawQuery = query
		r.Header.Set("Authorization", "Bearer "+s.token)
		w := s.in(t).serve(r, testAddress)
		assert.Contains(t, []int{200, 400}, w.Code, "%q: %s", query, w.Body)
		assert.NotEqual(t, w.Code == 200, strings.Contains(w.Header().Get("Content-Type"), "problem"))
	})
}

// FuzzBody sends any body to every call that takes one: it never fails inside.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{}`, `{"email":"a@b.c"}`, `{"profile":{"city":null,"usertype":1e2}}`,
		`{"password_hash":"$2y$"}`,
		`{"permissions":{"users":"all"},"allowed_ips":["1.2.3.4/33"],"expires_at":"9999-12-31T23:59:59-12:00"}`,
		`{"groups":[null]}`,
		`{"kind":"vm","id":"x","data":[[[[1e999]]]]}`, `{"title":"x","key":"ssh-rsa AAAA"}`, `{"reason":"\ud800"}`,
		"{\"email\":\"\xff\"}"} {
		for call := range byte(8) {
			f.Add(seed, call)
		}
	}
	s := start(f, committer.Options{})
	user := "/v1/users/" + s.admin.ID.String()
	calls := []struct{ method, path string }{{"POST", "/v1/users"}, {"PATCH", user}, {"POST", user + "/ssh-keys"},
		{"POST", user + "/signing-keys"}, {"POST", user + "/api-keys"}, {"POST", user + "/resources"},
		{"POST", user + "/failed"}, {"POST", user + "/provisioned"}}
	f.Fuzz(func(t *testing.T, body string, call byte) {
		c := calls[int(call)%len(calls)]
		w := s.in(t).call(c.method, c.path, s.token, body)
		assert.Less(t, w.Code, 500, "%s %s: %s", c.method, body, w.Body)
	})
}

// FuzzHeaders sends any conditions and credentials.
func FuzzHeaders(f *testing.F) {
	f.Add(`"1"`, "Bearer acct_", "1")
	f.Add(`W/"1", *`, "bearer", "-1")
	s := start(f, committer.Options{})
	s.api.MaxWait = 1
	path := "/v1/users/" + s.admin.ID.String()
	f.Fuzz(func(t *testing.T, tags, authorization, sequence string) {
		r := httptest.NewRequest("DELETE", path, nil)
		r.Header["If-Match"] = []string{tags}
		r.Header["Authorization"] = []string{"Bearer " + s.token}
		assert.Contains(t, []int{400, 409, 412}, s.in(t).serve(r, testAddress).Code)
		r = httptest.NewRequest("GET", "/v1/users/"+url.PathEscape(tags), nil)
		r.Header["Authorization"] = []string{authorization}
		r.Header[call.MinSequenceHeader] = []string{sequence}
		assert.Contains(t, []int{401, 404}, s.in(t).serve(r, testAddress).Code)
	})
}
