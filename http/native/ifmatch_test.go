package native

import (
	"net/http"
	"strings"
	"testing"

	"accountd/commands/committer"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestIfMatchHoldsBelowAUser checks that what belongs to a user changes only while the user has the version named.
func TestIfMatchHoldsBelowAUser(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String()
	current := s.call("GET", path, s.token, "").Header().Get("ETag")
	require.Equal(t, http.StatusPreconditionFailed, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match",
		`"999"`).Code)
	require.Equal(t, http.StatusBadRequest, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", `999`).Code)
	require.Equal(t, http.StatusCreated, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", current).Code)
	require.Equal(t, http.StatusPreconditionFailed, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match",
		current).Code)
	require.Equal(t, http.StatusCreated, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", `*`).Code)
}

// TestWhatNeedsAVersion calls everything that changes or deletes, without If-Match, in a service that wants it.
func TestWhatNeedsAVersion(t *testing.T) {
	s := start(t, committer.Options{})
	s.api.Preconditions = true
	var needs []string
	for _, r := range s.api.calls() {
		if r.Method != http.MethodPatch && r.Method != http.MethodDelete {
			continue
		}
		path := r.Path
		for _, name := range strings.Split(r.Path, "/") {
			if strings.HasPrefix(name, ":") {
				path = strings.Replace(path, name, uuid.NewString(), 1)
			}
		}
		if s.call(r.Method, path, s.token, `{}`).Code == http.StatusPreconditionRequired {
			needs = append(needs, r.Method+" "+r.Path)
		}
	}
	require.ElementsMatch(t, []string{
		"PATCH /v1/users/:id", "DELETE /v1/users/:id", "PATCH /v1/clients/:client", "DELETE /v1/clients/:client",
		"PATCH /v1/datacenters/:datacenter", "DELETE /v1/datacenters/:datacenter", "PATCH /v1/groups/:group",
		"DELETE /v1/groups/:group",
		"PATCH /v1/applications/:application", "DELETE /v1/applications/:application", "PATCH /v1/webhooks/:webhook",
		"DELETE /v1/webhooks/:webhook",
	}, needs)
}
