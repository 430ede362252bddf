package clientuser

import (
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
)

// moves makes the user a member of these clients, one after another.
func (s *service) moves(user string, clients ...int64) {
	s.T.Helper()
	for _, c := range clients {
		s.Given(commands.UpdateUser{ID: s.Named(user).ID, Membership: events.MembershipChanged{Client: &c}})
	}
}

// granted returns what every kind of application gets for the boss.
func (s *service) granted() map[string]pair {
	s.T.Helper()
	_, byCode := s.exchange(s.code("boss"))
	return map[string]pair{"trusted": s.pair(s.asks("trusted", "client_credentials")),
		"password": s.access("password", "boss"), "public": byCode}
}

func (s *service) uses(token string) int { return s.call(token, http.MethodGet, "/user/", "").Code }

// requireEnded wants neither the tokens nor what they are refreshed with to be good for anything.
func (s *service) requireEnded(tokens map[string]pair) {
	s.T.Helper()
	for app, p := range tokens {
		require.Equal(s.T, http.StatusUnauthorized, s.uses(p.Access), app)
		if p.Refresh != "" {
			w := s.asks(app, "refresh_token", "refresh_token", p.Refresh)
			require.Equal(s.T, http.StatusUnauthorized, w.Code, app)
			require.Equal(s.T, "invalid_grant", decoded[pair](s.T, w).Error, app)
		}
	}
}

// TestNothingFollowsItsUserIntoAnotherClient moves a member to another client, and back, with all that was granted.
func TestNothingFollowsItsUserIntoAnotherClient(t *testing.T) {
	s := start(t, Options{})
	first, code := s.granted(), s.code("boss")
	for app, p := range first {
		require.Equal(t, http.StatusOK, s.uses(p.Access), app)
	}
	s.moves("boss", 3)
	s.requireEnded(first)
	status, p := s.exchange(code)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, "invalid_grant", p.Error)
	require.Equal(t, http.StatusUnauthorized, s.asks("trusted", "client_credentials").Code, "it is the other client's")
	require.Empty(t, s.Named("boss").Consents)

	there := s.access("password", "boss")
	require.Equal(t, http.StatusOK, s.uses(there.Access), "who logs in there is there")
	s.moves("boss", 2)
	s.requireEnded(first)
	s.requireEnded(map[string]pair{"password": there})
	require.Equal(t, http.StatusUnauthorized, s.asks("trusted", "client_credentials").Code,
		"its secret was made in the membership before")
	s.newSecret("trusted")
	for app, p := range s.granted() {
		require.Equal(t, http.StatusOK, s.uses(p.Access), app)
	}
	s.restart()
	s.requireEnded(first)
}

// newSecret gives the application another secret.
func (s *service) newSecret(app string) {
	s.T.Helper()
	_, secret, hash := secrets.Application()
	a := s.apps[app]
	s.Given(commands.RotateApplicationSecret{ID: s.Snapshot().Directory().ApplicationByAppID(a.id).ID,
		SecretHash: events.Secret(hash)})
	s.apps[app] = application{a.id, secret}
}

func TestANewSecretEndsWhatTheOldOneGot(t *testing.T) {
	s := start(t, Options{})
	first, code := s.granted(), s.code("boss")
	for app := range first {
		s.newSecret(app)
	}
	s.requireEnded(first)
	status, p := s.exchange(code)
	require.Equal(t, http.StatusOK, status, "a code is the user's, and not got with a secret")
	require.Equal(t, http.StatusOK, s.uses(p.Access))
	for app, p := range s.granted() {
		require.Equal(t, http.StatusOK, s.uses(p.Access), app)
	}
}

// TestNoTokenActsAfterAMembership has tokens make users while their user leaves and comes back: nothing that they do is
// in the log behind the end of the membership.
func TestNoTokenActsAfterAMembership(t *testing.T) {
	s := start(t, Options{})
	boss, tokens := s.Named("boss").ID, s.granted()
	var begun, all sync.WaitGroup
	for app, p := range tokens {
		for n := range 2 {
			begun.Add(1)
			all.Go(func() {
				for round := 0; ; round++ {
					if round == 1 {
						begun.Done()
					}
					name := app + strconv.Itoa(n) + "-" + strconv.Itoa(round)
					w := s.call(p.Access, http.MethodPost, "/client/@me/user/client/", `{"login":"`+name+
						`","name":"N","email":"`+name+`@example.org","password":"some secret"}`)
					if w.Code != http.StatusCreated {
						assert.Equal(t, http.StatusUnauthorized, w.Code, "%s", w.Body)
						if round < 1 {
							begun.Done()
						}
						return
					}
				}
			})
		}
	}
	begun.Wait()
	s.moves("boss", 3, 2)
	all.Wait()
	s.requireEnded(tokens)
	ended := s.Named("boss").MemberSince
	records, err := s.Env.Log.Read(t.Context(), 0, 10_000)
	require.NoError(t, err)
	made := 0
	for _, r := range records {
		if r.Type == (events.UserCreated{}).Type() && r.Cause.Actor == boss.String() {
			made++
			// the record before is that by which the boss left
			require.Less(t, r.Sequence, ended-1, "%s", r.Cause.Credential)
		}
	}
	require.NotZero(t, made)
}

// TestAConsentIsToWhatWasAsked has somebody be of another client between the question and the answer.
func TestAConsentIsToWhatWasAsked(t *testing.T) {
	s := start(t, Options{})
	boss, app := s.Named("boss"), s.Snapshot().Directory().ApplicationByAppID(s.apps["public"].id)
	s.moves("boss", 3)
	_, err := s.Do(t.Context(), commands.Actor{User: boss.ID, Permissions: commands.Whole()},
		commands.GiveConsent{ID: boss.ID, Application: app.ID, Membership: boss.MemberSince})
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "membership_changed", refusal.Reason)
}
