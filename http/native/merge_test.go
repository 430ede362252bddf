package native

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
)

// TestMerge merges patches into a user that has everything, and looks at what differs then.
func TestMerge(t *testing.T) {
	yes, no := true, false
	s := start(t, committer.Options{})
	for _, c := range []struct{ name, patch, change string }{
		{"nothing", `{}`, `{}`},
		{"the same", `{"phone":"1","profile":{"city":"Oxford","tos_acceptation":true},"groups":[],"datacenter":null}`,
			`{}`},
		{"a text", `{"phone":"2"}`, `{"phone":"2"}`},
		{"an empty text is unset", `{"phone":""}`, `{"phone":null}`},
		{"null clears", `{"phone":null,"external_id":null,"language":null,"timezone":null,"comment":null,"extra_params":null}`,
			`{"phone":null,"external_id":null,"language":null,"timezone":null,"comment":null,"extra_params":null}`},
		{"null clears names", `{"first_name":null,"last_name":null}`, `{"first_name":"","last_name":""}`},
		{"a name as one text", `{"display_name":"Alice in Wonderland"}`,
			`{"last_name":"in Wonderland","display_name":"Alice in Wonderland"}`},
		{"a name beside first and last", `{"display_name":"The Girl","first_name":"Alice"}`,
			`{"display_name":"The Girl"}`},
		{"what was null already", `{"client_id":null,"display_name":null}`, `{}`},
		{"truth", `{"active":false,"super_admin":true,"api_access":true}`,
			`{"active":false,"super_admin":true,"api_access":true}`},
		{"profile: a member more", `{"profile":{"country":"GB"}}`,
			`{"profile":{"tos_acceptation":true,"newsletter_tech":false,"usertype":1,"city":"Oxford","country":"GB"}}`},
		{"profile: a member less", `{"profile":{"city":null}}`,
			`{"profile":{"tos_acceptation":true,"newsletter_tech":false,"usertype":1}}`},
		{"profile: truth, number, empty text",
			`{"profile":{"tos_acceptation":null,"newsletter_tech":true,"usertype":null,"city":""}}`,
			`{"profile":{"newsletter_tech":true}}`},
		{"profile: nothing in it", `{"profile":{}}`, `{}`},
		{"profile: as a whole", `{"profile":null}`, `{"profile":{}}`},
		{"what cannot change", `{"state":"created","parent":null}`, `{}`},
		{"the last of two counts", `{"phone":"2","phone":"3"}`, `{"phone":"3"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := s.create(commands.Service(), events.UserCreated{Username: "alice", Email: "alice@example.com",
				FirstName: "Alice",
				LastName:  "Liddell", Phone: "1", ExternalID: "x", Language: "en", Timezone: "Europe/London",
				Comment: "c", ExtraParams: "p", Active: true, Profile: &events.Profile{City: "Oxford", UserType: 1,
					TosAcceptation: &yes, NewsletterTech: &no}})
			path := "/v1/users/" + u.ID.String()
			want := read(t, s, path)
			var change map[string]any
			require.NoError(t, json.Unmarshal([]byte(c.change), &change))
			maps.Copy(want, change)

			w := s.call("PATCH", path, s.token, c.patch, "Content-Type", call.TypeMergePatch)
			assert.Equal(t, http.StatusOK, w.Code, "%s", w.Body)
			var answered map[string]any
			decodeBody(t, w, &answered)
			got := read(t, s, path)
			assert.Equal(t, got, answered)
			delete(want, "updated_at")
			delete(got, "updated_at")
			assert.Equal(t, want, got)
			assert.Equal(t, http.StatusNoContent, s.call("DELETE", path, s.token, "").Code)
		})
	}
}

// TestReadSentBack sends every user back as it was read.
func TestReadSentBack(t *testing.T) {
	s := start(t, committer.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "alice@example.com", DisplayName: "Alice, P. Liddell",
		Comment: "a\tb  ", Active: true, Profile: &events.Profile{City: "Oxford"}})
	path := "/v1/users/" + u.ID.String()
	w := s.call("GET", path, s.token, "")
	again := s.call("PATCH", path, s.token, w.Body.String(), "If-Match", w.Header().Get("ETag"))
	assert.Equal(t, http.StatusOK, again.Code, "%s", again.Body)
	assert.Equal(t, w.Body.String(), again.Body.String())
	assert.Equal(t, w.Header().Get("ETag"), again.Header().Get("ETag"))
}

func read(t *testing.T, s *service, path string) map[string]any {
	t.Helper()
	var v map[string]any
	decodeBody(t, s.call("GET", path, s.token, ""), &v)
	return v
}
