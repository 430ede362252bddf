package native

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/login"
)

// TestFailedLogInsWait has log-ins fail by a name that nobody has, and by the administrator's, who has no password.
func TestFailedLogInsWait(t *testing.T) {
	s := start(t, commands.Options{})
	for _, name := range []string{"nobody", "admin"} {
		body := `{"username":"` + name + `","password":"wrong"}`
		for range login.FreeByName + 1 {
			require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", body).Code)
		}
		w := s.call(http.MethodPost, sessionsPath, "", body)
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		require.Equal(t, "1", w.Header().Get("Retry-After"))
		var p problemAnswer
		decodeBody(t, w, &p)
		require.Equal(t, "too_many_attempts", p.Code)
		s.now = s.now.Add(time.Second)
		require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", body).Code)
	}
	s.api.bounded = false
	require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", `{"username":"admin","password":"wrong"}`).Code)
}
