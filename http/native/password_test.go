package native

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"accountd/commands/committer"
	"accountd/http/native/call"
)

// TestPasswordMin wants a new password to be long enough, but not one that is imported.
func TestPasswordMin(t *testing.T) {
	s := start(t, committer.Options{})
	s.api.PasswordMin = 10
	const nine, ten = "pässwörte", "pässwörter"
	body := func(plain string) string { return `{"email":"ada@example.com","password":"` + plain + `"}` }
	w := s.call("POST", "/v1/users", s.token, body(nine))
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), `"code":"password_too_short"`)
	assert.Equal(t, http.StatusCreated, s.call("POST", "/v1/users", s.token, body(ten)).Code)

	user := "/v1/users/" + s.Snapshot().UserByName("ada@example.com").ID.String()
	w = s.call("PATCH", user, s.token, `{"password":"`+nine+`"}`)
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), `"code":"password_too_short"`)
	assert.Equal(t, http.StatusOK, s.call("PATCH", user, s.token, `{"password":"`+ten+`"}`).Code)

	imported := s.call("POST", "/v1/users:import", s.token, `{"email":"bob@example.com","password":"x"}`+"\n",
		"Content-Type", call.TypeNDJSON)
	assert.Contains(t, imported.Body.String(), `"status":201`)
}
