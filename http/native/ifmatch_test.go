package native

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands"
)

// TestIfMatchHoldsBelowAUser checks that what belongs to a user changes only while the user has the version named.
func TestIfMatchHoldsBelowAUser(t *testing.T) {
	s := start(t, commands.Options{})
	path := "/v1/users/" + s.admin.ID.String()
	current := s.call("GET", path, s.token, "").Header().Get("ETag")
	require.Equal(t, http.StatusPreconditionFailed, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", `"999"`).Code)
	require.Equal(t, http.StatusBadRequest, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", `999`).Code)
	require.Equal(t, http.StatusCreated, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", current).Code)
	require.Equal(t, http.StatusPreconditionFailed, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", current).Code)
	require.Equal(t, http.StatusCreated, s.call("POST", path+"/signing-keys", s.token, `{}`, "If-Match", `*`).Code)
}
