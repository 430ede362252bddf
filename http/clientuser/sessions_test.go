package clientuser

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events/session"
	"accountd/http/rest"
)

// sessions returns the user's by their kind and application.
func (s *service) sessions(user string) map[string]session.Listed {
	s.T.Helper()
	all, err := s.UserSessions(s.T.Context(), s.Snapshot(), s.Named(user).ID, s.opts.Now())
	require.NoError(s.T, err)
	out := map[string]session.Listed{}
	for _, l := range all {
		name := l.Session.Kind
		if app := s.Snapshot().Directory().Application(l.Application); app != nil {
			name += " " + app.Name
		}
		require.NotContains(s.T, out, name)
		out[name] = l
	}
	return out
}

// TestEveryGrantIsASession looks for what a user gets by each grant in the user's list, and ends one after another.
func TestEveryGrantIsASession(t *testing.T) {
	s := start(t, Options{})
	tokens := s.granted()
	tokens["password"] = s.pair(s.asks("password", "refresh_token", "refresh_token", tokens["password"].Refresh))
	for range 3 {
		tokens["trusted"] = s.pair(s.asks("trusted", "client_credentials"))
	}
	all := s.sessions("boss")
	require.Len(t, all, 4)
	require.Contains(t, all, "browser")
	for name, l := range all {
		require.Equal(t, rest.Origin{Address: testAddress}, s.OriginOf(t.Context(), s.Named("boss"), l.Session), name)
	}
	for _, app := range []string{"trusted", "password", "public"} {
		l, ok := all["application PBX "+app]
		require.True(t, ok, app)
		for other, p := range tokens {
			require.Equal(t, http.StatusOK, s.uses(p.Access), other)
		}
		end := commands.EndSession{ID: l.User, Session: l.Session.ID, Kind: l.Session.Kind, Application: l.Application}
		_, err := s.EndSession(t.Context(), commands.Service(), end, end)
		require.NoError(t, err)
		s.requireEnded(map[string]pair{app: tokens[app]})
		require.NotContains(t, s.sessions("boss"), "application PBX "+app)
		delete(tokens, app)
	}
	got := s.pair(s.asks("trusted", "client_credentials"))
	require.Equal(t, http.StatusOK, s.uses(got.Access), "the application has its secret")
	s.restart()
	require.Equal(t, http.StatusOK, s.uses(got.Access))
}

// TestTheEndOfABrowserIsThatOfItsPages ends the log-in by which a person looks at what it has allowed.
func TestTheEndOfABrowserIsThatOfItsPages(t *testing.T) {
	s := start(t, Options{})
	cookie := cookieOf(s.post("/oauth/applications", "username", "boss", "password", testPassword))
	shown := func() string {
		return s.call("", http.MethodGet, "/oauth/applications", "", "Cookie", cookie).Body.String()
	}
	require.Contains(t, shown(), "You are logged in as boss")
	l := s.sessions("boss")["browser"]
	end := commands.EndSession{ID: l.User, Session: l.Session.ID, Kind: l.Session.Kind}
	_, err := s.Do(t.Context(), commands.Service(), end) // the store is not told
	require.NoError(t, err)
	require.NotContains(t, shown(), "You are logged in as boss")
}

func TestACodeEndsWithItsBrowser(t *testing.T) {
	s := start(t, Options{})
	code := s.code("boss")
	l := s.sessions("boss")["browser"]
	_, err := s.Do(t.Context(), commands.Service(), commands.EndSession{ID: l.User, Session: l.Session.ID,
		Kind: l.Session.Kind})
	require.NoError(t, err)
	status, p := s.exchange(code)
	require.Equal(t, http.StatusBadRequest, status)
	require.Equal(t, "invalid_grant", p.Error)
	status, _ = s.exchange(s.code("boss"))
	require.Equal(t, http.StatusOK, status)
}

// TestNothingOutlivesTheEndOfAllSessions has programs log in, refresh and use what they get while all sessions of their
// user end.
func TestNothingOutlivesTheEndOfAllSessions(t *testing.T) {
	s := start(t, Options{})
	boss := s.Named("boss").ID
	first := s.access("password", "boss")
	trusted := s.pair(s.asks("trusted", "client_credentials"))
	tokens := make([]pair, 4)
	stop, begun := make(chan struct{}), sync.WaitGroup{}
	var all sync.WaitGroup
	for n := range tokens {
		begun.Add(1)
		all.Go(func() {
			p := s.access("password", "boss")
			for round := 0; ; round++ {
				if round == 1 {
					begun.Done()
				}
				tokens[n] = p
				w := s.asks("password", "refresh_token", "refresh_token", p.Refresh)
				if w.Code != http.StatusOK {
					assert.Equal(t, http.StatusUnauthorized, w.Code)
					if round < 1 {
						begun.Done()
					}
					return
				}
				p = decoded[pair](t, w)
				select {
				case <-stop:
					tokens[n] = p
					return
				default:
				}
			}
		})
	}
	begun.Wait()
	end := commands.EndSessions{ID: boss}
	_, err := s.EndSessions(t.Context(), commands.Service(), end, end)
	require.NoError(t, err)
	close(stop)
	all.Wait()
	for _, p := range append(tokens, first) {
		s.requireEnded(map[string]pair{"password": p})
	}
	require.Equal(t, http.StatusUnauthorized, s.uses(trusted.Access))
	require.Empty(t, s.sessions("boss"))
	require.Equal(t, http.StatusOK, s.uses(s.access("password", "boss").Access), "the user logs in again")
}
