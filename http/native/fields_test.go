package native

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands/committer"
	"accountd/http/native/call"
)

// TestFields asks for some members of an object and of lists. id stays, the order too, and so does the tag.
func TestFields(t *testing.T) {
	s := start(t, committer.Options{})
	s.call("POST", "/v1/clients", s.token, `{"name":"Acme"}`)
	s.call("POST", "/v1/clients", s.token, `{"name":"Bolt"}`)
	user := call.UsersPath + "/" + s.admin.ID.String()
	id := `"id":"` + s.admin.ID.String() + `"`
	w := s.call("GET", user+"?fields=email,username", s.token, "")
	require.Equal(t, `{`+id+`,"username":"admin","email":"admin@example.com"}`, w.Body.String())
	require.Equal(t, s.call("GET", user, s.token, "").Header().Get("ETag"), w.Header().Get("ETag"))
	tag := w.Header().Get("ETag")
	require.Equal(t, http.StatusNotModified, s.call("GET", user+"?fields=email", s.token, "", "If-None-Match",
		tag).Code)
	for path, want := range map[string]string{
		"/v1/users?fields=username": `{"data":[{` + id +
			`,"username":"admin"}],"meta":{"total":1,"limit":50,"offset":0,"next_cursor":null}}`,
		"/v1/clients?fields=name&offset=1": `{"data":[{"id":2,"name":"Bolt"}],"meta":{"total":2,"limit":50,"offset":1,"next_cursor":null}}`,
		"/v1/clients/1?fields=id":          `{"id":1}`,
		user + "/ssh-keys?fields=title":    `{"data":[],"meta":{"total":0,"limit":50,"offset":0,"next_cursor":null}}`,
	} {
		require.Equal(t, want, s.call("GET", path, s.token, "").Body.String(), path)
	}
	require.Contains(t, s.call("GET", "/v1/clients?limit=1&fields=name", s.token, "").Header().Get("Link"),
		"?fields=name&limit=1&offset=1>; rel=\"next\"")
	for _, fields := range []string{"fields=", "fields=password_hash", "fields=email,Email", "fields=id&fields=email"} {
		w := s.call("GET", user+"?"+fields, s.token, "")
		require.Equal(t, http.StatusBadRequest, w.Code, fields)
		require.Contains(t, w.Body.String(), `"parameter":"fields"`)
	}
	require.Equal(t, http.StatusNotFound, s.call("GET", "/v1/clients/9?fields=name", s.token, "").Code)
	require.Equal(t, "{"+id+`,"username":"admin"}`+"\n", s.call("GET", "/v1/users:export?fields=username&q=admin",
		s.token, "").Body.String())
	require.Equal(t, http.StatusBadRequest, s.call("GET", "/v1/users:export?fields=password_hash", s.token, "").Code)
}
