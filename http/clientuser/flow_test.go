package clientuser

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/totp"
	"accountd/events"
)

// exchange sends the code as the public application does.
func (s *service) exchange(code string, more ...string) (status int, p pair) {
	w := s.asks("public", "authorization_code", append([]string{"code", code, "redirect_uri", redirectURI}, more...)...)
	return w.Code, decoded[pair](s.T, w)
}

// TestByHand drives the flow as a program that looks for the code behind the first equals sign and at nothing else.
func TestByHand(t *testing.T) {
	s := start(t, Options{RateLimits: true, HourlyLimit: 100})
	status, p := s.exchange(s.code("boss"))
	require.Equal(t, http.StatusOK, status)
	w := s.call(p.Access, "GET", "/api/ver1.0/user/", "")
	me := decoded[struct{ Login string }](t, w)
	w = s.call(p.Access, "GET", "/api/ver1.0/client/2/user/client/?login="+me.Login, "")
	require.Equal(t, "boss", decoded[[]struct{ Login string }](t, w)[0].Login)

	require.Empty(t, s.byHand("boss", "wrong"), "back at the log-in, without a Location")
	require.Empty(t, s.byHand("unknown", testPassword))
	require.Contains(t, s.byHand("nobody", testPassword), "?error=access_denied&")
	require.Equal(t, "xyz", strings.SplitN(s.byHand("boss", testPassword, "state", "xyz"), "&state=", 2)[1])
}

func TestPKCE(t *testing.T) {
	s := start(t, Options{})
	const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	sum := sha256.Sum256([]byte(verifier))
	challenged := []string{"code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method",
		"S256"}
	for name, c := range map[string]struct {
		asked, sent []string
		status      int
	}{
		"with its verifier":         {challenged, []string{"code_verifier", verifier}, http.StatusOK},
		"with another":              {challenged, []string{"code_verifier", verifier + "x"}, http.StatusBadRequest},
		"without":                   {challenged, nil, http.StatusBadRequest},
		"where there was no need":   {nil, nil, http.StatusOK},
		"where nobody asked for it": {nil, []string{"code_verifier", verifier}, http.StatusBadRequest},
	} {
		status, p := s.exchange(s.code("boss", c.asked...), c.sent...)
		assert.Equal(t, c.status, status, name)
		assert.Equal(t, status != http.StatusOK, p.Error == "invalid_grant", name)
	}
}

func TestCodesAreBound(t *testing.T) {
	s := start(t, Options{})
	code := s.code("boss")
	require.Equal(t, http.StatusBadRequest, s.asks("password", "authorization_code", "code", code, "redirect_uri",
		redirectURI).Code, "by its type")
	a := s.apps["public"]
	w := s.post("/oauth/token", "grant_type", "authorization_code", "client_id", a.id, "client_secret", "wrong", "code",
		code, "redirect_uri", redirectURI)
	require.Equal(t, http.StatusUnauthorized, w.Code)
	status, _ := s.exchange(code)
	require.Equal(t, http.StatusOK, status, "who cannot prove to be the application does not use it up")

	s.shift = -3 * 60e9
	old := s.code("clerk")
	s.shift = 0
	status, p := s.exchange(old)
	require.Equal(t, http.StatusBadRequest, status)
	require.Equal(t, "invalid_grant", p.Error, "it has expired")
}

func TestReuseOfACodeEndsWhatItGave(t *testing.T) {
	s := start(t, Options{})
	code := s.code("boss")
	_, p := s.exchange(code)
	refreshed := s.pair(s.asks("public", "refresh_token", "refresh_token", p.Refresh))
	require.Equal(t, http.StatusOK, s.uses(refreshed.Access))
	for range 2 {
		status, _ := s.exchange(code)
		require.Equal(t, http.StatusBadRequest, status)
	}
	s.requireEnded(map[string]pair{"public": refreshed})
	require.Equal(t, []events.SessionEnded{{Kind: "application", Application: s.application("public").ID,
		Reason: "code_reused"}}, s.ended("boss"))
}

// TestReuseOfARefreshTokenEndsItsFamily uses each one that was replaced once more, and leaves other families alone.
func TestReuseOfARefreshTokenEndsItsFamily(t *testing.T) {
	s := start(t, Options{})
	for app, begin := range map[string]func() pair{
		"password": func() pair { return s.access("password", "boss") },
		"public":   func() pair { _, p := s.exchange(s.code("boss")); return p },
	} {
		for turns := 1; turns <= 3; turns++ {
			all, others := []pair{begin()}, begin()
			for n := range turns {
				all = append(all, s.pair(s.asks(app, "refresh_token", "refresh_token", all[n].Refresh)))
			}
			newest := all[turns]
			require.Equal(t, http.StatusOK, s.uses(newest.Access))
			before := len(s.ended("boss"))
			for range 2 {
				w := s.asks(app, "refresh_token", "refresh_token", all[0].Refresh)
				require.Equal(t, http.StatusUnauthorized, w.Code)
				require.Equal(t, "invalid_grant", decoded[pair](t, w).Error)
			}
			s.requireEnded(map[string]pair{app: newest})
			require.Equal(t, http.StatusOK, s.uses(others.Access))
			s.pair(s.asks(app, "refresh_token", "refresh_token", others.Refresh))
			ended := s.ended("boss")[before:]
			require.Equal(t, []events.SessionEnded{{Kind: "application", Application: s.application(app).ID,
				Reason: "refresh_token_reused"}}, ended)
		}
	}
}

// TestAFamilyEndsThoughTheStoreForgetsNothing brings back all that the store had of a family which the log says is
// ended.
func TestAFamilyEndsThoughTheStoreForgetsNothing(t *testing.T) {
	s := start(t, Options{})
	p := s.access("password", "boss")
	boss := s.Named("boss")
	all, err := s.Sessions.Sessions(t.Context(), boss.ID)
	require.NoError(t, err)
	require.Len(t, all, 1)
	end := commands.EndSession{ID: boss.ID, Session: all[0].Session.ID, Kind: commands.SessionApplication,
		Application: all[0].Application}
	_, err = s.EndSession(t.Context(), commands.Service(), end, end)
	require.NoError(t, err)
	require.NoError(t, s.Sessions.Put(t.Context(), all[0].Hash, all[0].Token))
	s.requireEnded(map[string]pair{"password": p})
}

func (s *service) application(name string) *commands.Application {
	return s.Snapshot().Directory().ApplicationByAppID(s.apps[name].id)
}

// ended returns the events that ended one of the user's sessions, without their ids.
func (s *service) ended(user string) (out []events.SessionEnded) {
	s.T.Helper()
	records, err := s.Env.Log.Read(s.T.Context(), 0, 10_000)
	require.NoError(s.T, err)
	for _, r := range records {
		if e, ok := r.Event.(events.SessionEnded); ok && r.Aggregate.ID == s.Named(user).ID {
			require.NotZero(s.T, e.ID)
			e.ID = uuid.Nil
			out = append(out, e)
		}
	}
	return out
}

// TestOneWins has many use the same code, and then the same refresh token, at once. As it was used twice, nothing is
// left of what it gave.
func TestOneWins(t *testing.T) {
	s := start(t, Options{})
	code := s.code("boss")
	won := make(chan pair, 20)
	require.LessOrEqual(t, together(20, func() bool {
		status, p := s.exchange(code)
		if status == http.StatusOK {
			won <- p
		}
		return status == http.StatusOK
	}), int32(1))
	p := s.access("password", "boss")
	require.EqualValues(t, 1, together(20, func() bool {
		w := s.asks("password", "refresh_token", "refresh_token", p.Refresh)
		if w.Code == http.StatusOK {
			won <- s.pair(w)
		}
		return w.Code == http.StatusOK
	}))
	close(won)
	for p := range won {
		require.Equal(t, http.StatusUnauthorized, s.uses(p.Access))
	}
	require.Len(t, s.ended("boss"), 2)
}

// together does the same so often at once and returns how often it succeeded.
func together(times int, do func() bool) int32 {
	var won atomic.Int32
	var all sync.WaitGroup
	for range times {
		all.Go(func() {
			if do() {
				won.Add(1)
			}
		})
	}
	all.Wait()
	return won.Load()
}

func TestConsentEndsAndBegins(t *testing.T) {
	s := start(t, Options{})
	_, p := s.exchange(s.code("boss"))
	boss, app := s.Named("boss"), s.Snapshot().Directory().ApplicationByAppID(s.apps["public"].id)
	s.Given(commands.WithdrawConsent{ID: boss.ID, Application: app.ID})
	require.Equal(t, http.StatusUnauthorized, s.call(p.Access, "GET", "/user/", "").Code)
	require.Equal(t, http.StatusUnauthorized, s.asks("public", "refresh_token", "refresh_token", p.Refresh).Code)
	_, again := s.exchange(s.code("boss"))
	require.Equal(t, http.StatusOK, s.call(again.Access, "GET", "/user/", "").Code)
	require.Equal(t, http.StatusUnauthorized, s.call(p.Access, "GET", "/user/", "").Code, "the old consent is not back")
}

func TestAPasswordEndsLogIns(t *testing.T) {
	s := start(t, Options{})
	target := "/oauth/login?response_type=code&client_id=" + s.apps["public"].id + "&redirect_uri=" + redirectURI
	cookie := cookieOf(s.post(target, "username", "boss", "password", testPassword))
	ask := func() int {
		return s.call("", "GET", strings.Replace(target, "login", "authorize", 1), "", "Cookie", cookie).Code
	}
	require.Equal(t, http.StatusOK, ask(), "the question")
	byPassword, trusted, code := s.access("password", "boss"), s.pair(s.asks("trusted", "client_credentials")),
		s.code("boss")
	_, byCode := s.exchange(s.code("boss"))
	acting := s.access("password", "boss")
	boss := "/client/@me/user/client/" + strconv.FormatInt(s.Named("boss").Number, 10)
	require.Equal(t, http.StatusOK, s.call(acting.Access, "PUT", boss, `{"password":"another one"}`).Code)
	require.Equal(t, http.StatusFound, ask(), "the log-in")
	for _, p := range []pair{byPassword, byCode} {
		require.Equal(t, http.StatusUnauthorized, s.uses(p.Access))
	}
	require.Equal(t, http.StatusOK, s.uses(acting.Access), "the token that changed it")
	for app, p := range map[string]pair{"password": byPassword, "public": byCode} {
		w := s.asks(app, "refresh_token", "refresh_token", p.Refresh)
		require.Equal(t, http.StatusUnauthorized, w.Code)
		require.Equal(t, "invalid_grant", decoded[pair](t, w).Error)
	}
	status, p := s.exchange(code)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, "invalid_grant", p.Error)
	require.Equal(t, http.StatusOK, s.uses(trusted.Access), "nobody logged in for it")
	s.restart()
	require.Equal(t, http.StatusUnauthorized, s.uses(byPassword.Access))
	require.Equal(t, http.StatusOK, s.uses(acting.Access))
}

func TestAttempts(t *testing.T) {
	s := start(t, Options{RateLimits: true, HourlyLimit: 100})
	now := time.Now() // and no later, however long it takes
	s.opts.Now = func() time.Time { return now }
	s.http = New(s.Service, s.Sessions, s.opts)
	try := func(name, password string) int {
		now = now.Add(time.Second) // so that the address may ask again
		return s.asks("password", "password", "username", name, "password", password).Code
	}
	for range login.FreeByName {
		require.Equal(t, http.StatusUnauthorized, try("boss", "wrong"))
	}
	for wait := time.Second; wait <= 4*time.Second; wait *= 2 {
		require.Equal(t, http.StatusUnauthorized, try("boss", "wrong"))
		now = now.Add(wait - time.Second)
	}
	w := s.asks("password", "password", "username", "BOSS", "password", testPassword)
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.JSONEq(t, `{"message":"Too many log-ins have failed. Wait a while, then try again.","status":"rate_limit_exceeded"}`, w.Body.String())
	require.Contains(t, s.located(s.post("/oauth/login?response_type=code&client_id="+s.apps["public"].id+
		"&redirect_uri="+redirectURI, "username", "boss", "password", testPassword)), "failed=attempts")
	require.Equal(t, http.StatusOK, try("clerk", testPassword), "each name by itself")
	for range 21 {
		require.Equal(t, http.StatusOK, try("clerk", testPassword), "what succeeds does not count")
	}
}

// TestSecondFactor logs in everywhere as a user who needs a code.
func TestSecondFactor(t *testing.T) {
	s := start(t, Options{})
	boss := s.Named("boss").ID
	secret := totp.NewSecret()
	codes, hashes := totp.NewRecoveryCodes()
	for _, c := range []commands.Command{commands.EnrollTOTP{ID: boss, Secret: secret},
		commands.ConfirmTOTP{ID: boss, Secret: secret, RecoveryCodes: hashes}} {
		_, err := s.Do(t.Context(), commands.Actor{User: boss, Permissions: commands.Whole()}, c)
		require.NoError(t, err)
	}
	wrong := s.asks("password", "password", "username", "boss", "password", "wrong")
	for _, code := range []string{"", "no code"} {
		w := s.asks("password", "password", "username", "boss", "password", testPassword, "otp", code)
		require.Equal(t, http.StatusUnauthorized, w.Code)
		require.Equal(t, wrong.Body.String(), w.Body.String(), "it tells nothing")
	}
	require.Equal(t, http.StatusOK, s.asks("password", "password", "username", "boss", "password", testPassword, "otp",
		codes[0]).Code)

	page := "/oauth/login?response_type=code&client_id=" + s.apps["public"].id + "&redirect_uri=" + redirectURI
	again := s.located(s.post(page, "username", "boss", "password", testPassword))
	require.Contains(t, again, "failed=code&")
	shown := s.call("", http.MethodGet, again, "").Body.String()
	require.Contains(t, shown, `name="otp"`)
	require.Contains(t, shown, `autocomplete="one-time-code"`)
	require.NotContains(t, s.call("", http.MethodGet, page, "").Body.String(), `name="otp"`)
	again = s.located(s.post(again, "username", "boss", "password", testPassword, "otp", "no code"))
	require.Contains(t, again, "failed=credentials-or-code")
	require.Contains(t, s.call("", http.MethodGet, again, "").Body.String(), `name="otp"`)
	w := s.post(again, "username", "boss", "password", testPassword, "otp", codes[1])
	require.NotContains(t, s.located(w), "failed")
	require.NotEmpty(t, cookieOf(w))
	require.Contains(t, s.located(s.post("/oauth/applications", "username", "boss", "password", testPassword)),
		"failed=code")
	require.NotEmpty(t, cookieOf(s.post("/oauth/applications", "username", "boss", "password", testPassword, "otp",
		codes[2])))
}

// TestWelcome looks for whom a creation has mail sent to, which no answer shows.
func TestWelcome(t *testing.T) {
	s := start(t, Options{})
	token := s.access("password", "boss").Access
	type due struct{ mail, to string } // to nobody named: to who made the user
	for body, want := range map[string]due{
		`"email_notify":true`: {events.WelcomeAccessData, ""},
		`"email_notify":"True","email_for_notify":"office@example.org"`: {events.WelcomeAccessData,
			"office@example.org"},
		`"email_notify":false,"email_for_notify":"office@example.org"`: {},
		`"email_for_notify":"office@example.org"`:                      {},
		`"email_notify":"false","email_for_notify":"nonsense"`:         {},
	} {
		w := s.call(token, "POST", "/client/@me/user/client/",
			`{"login":"ann","name":"Ann","email":"ann@example.org","password":"secret one",`+body+`}`)
		require.Equal(t, http.StatusCreated, w.Code, "%s", w.Body)
		last, err := s.Env.Log.Last(context.Background())
		require.NoError(t, err)
		records, err := s.Env.Log.Read(context.Background(), last-1, 1)
		require.NoError(t, err)
		e := records[0].Event.(events.UserCreated)
		assert.Equal(t, want, due{e.Welcome, e.WelcomeTo}, body)
		assert.NotContains(t, string(e.PasswordHash), "secret")
		s.Given(commands.DeleteUser{ID: s.Named("ann").ID})
	}
}
