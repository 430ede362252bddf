package danube

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// TestTokensAreSessions ends the token of a log-in where the user's other sessions are ended, without telling the
// store.
func TestTokensAreSessions(t *testing.T) {
	s := start(t, Options{})
	hash, err := s.HashPassword(t.Context(), "secret of ann")
	require.NoError(t, err)
	s.user("ann", events.UserCreated{APIAccess: true, PasswordHash: hash})
	ann := s.Named("ann")
	logIn := func() {
		w := s.call("", http.MethodPost, "/api/accounts/login/", `{"username":"ann","password":"secret of ann"}`)
		require.Equal(t, http.StatusOK, w.Code, w.Body)
		s.tokens["ann"] = decoded[tokenAnswer](t, w.Body.String()).Token
	}
	ask := func() (int, string) {
		w := s.call("ann", http.MethodGet, "/api/accounts/user/ann/", "")
		return w.Code, w.Body.String()
	}
	for name, end := range map[string]func(id commands.EndSession) commands.Command{
		"one": func(one commands.EndSession) commands.Command { return one },
		"all": func(commands.EndSession) commands.Command { return commands.EndSessions{ID: ann.ID} },
	} {
		logIn()
		logIn() // which ends the one before
		code, _ := ask()
		require.Equal(t, http.StatusOK, code, name)
		all, err := s.UserSessions(t.Context(), s.Snapshot(), ann.ID, time.Now())
		require.NoError(t, err)
		require.Len(t, all, 1, name)
		require.Equal(t, commands.SessionDanube, all[0].Session.Kind)
		require.Equal(t, rest.Origin{Address: testAddress}, s.OriginOf(t.Context(), ann, all[0].Session))
		_, err = s.Do(t.Context(), commands.Service(),
			end(commands.EndSession{ID: ann.ID, Session: all[0].Session.ID, Kind: commands.SessionDanube}))
		require.NoError(t, err)
		code, body := ask()
		require.Equal(t, http.StatusForbidden, code, name)
		require.Contains(t, body, "Invalid token.", name)
	}
	logIn()
	code, _ := ask()
	require.Equal(t, http.StatusOK, code)
}
