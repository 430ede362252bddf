package native

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/secrets"
	"accountd/commands/totp"
	"accountd/events"
	"accountd/events/session"
	"accountd/http/native/call"
	"accountd/http/rest"
)

type shownSession struct {
	ID, Kind        string
	Application     *struct{ ID, Name string }
	CreatedAt       time.Time  `json:"created_at"`
	AuthenticatedAt *time.Time `json:"authenticated_at"`
	LastUsedAt      *time.Time `json:"last_used_at"`
	Address         *string
	UserAgent       *string `json:"user_agent"`
	SecondFactor    bool    `json:"second_factor"`
	Current         bool
}

// shownSessions returns the sessions that the token is shown of the user.
func (s *service) shownSessions(user uuid.UUID, token string) []shownSession {
	s.t.Helper()
	w := s.call(http.MethodGet, sessionsOf(user), token, "")
	require.Equal(s.t, http.StatusOK, w.Code, w.Body)
	var page struct{ Data []shownSession }
	decodeBody(s.t, w, &page)
	return page.Data
}

func sessionsOf(user uuid.UUID) string { return call.UsersPath + "/" + user.String() + "/sessions" }

func (s *service) lasts(token string) bool {
	s.t.Helper()
	return s.call(http.MethodGet, sessionPath, token, "").Code == http.StatusOK
}

// ofDanube puts a token as Danube's API does.
func (s *service) ofDanube(u *commands.User) session.Token {
	s.t.Helper()
	_, hash := secrets.DanubeToken()
	t := session.Token{Kind: "danube", User: u.ID, Since: u.LogInsSince, CreatedAt: s.now,
		ExpiresAt: s.now.Add(25 * time.Hour),
		Session:   session.Session{ID: uuid.New(), Kind: commands.SessionDanube, Ends: s.now.Add(time.Hour)}}
	require.NoError(s.t, s.Sessions.PutOnly(s.t.Context(), hash, t))
	return t
}

// TestWhereAUserIsLoggedIn lists sessions of several APIs to the user, and to who manages it.
func TestWhereAUserIsLoggedIn(t *testing.T) {
	s := start(t, committer.Options{})
	s.now = time.Now().UTC().Truncate(time.Second) // as the store has it
	u, tokens := s.ann(1)
	path := call.UsersPath + "/" + u.ID.String()
	require.Equal(t, http.StatusCreated, s.call(http.MethodPost, path+"/totp", tokens[0], "").Code)
	code := func() string { return totp.Code(s.Snapshot().User(u.ID).SecondFactor.Secret, s.now) }
	require.Equal(t, http.StatusOK, s.call(http.MethodPost, path+"/totp/confirm", tokens[0], `{"code":"`+code()+
		`"}`).Code)
	s.now = s.now.Add(time.Minute)
	u = s.Snapshot().User(u.ID)
	s.ofDanube(u)
	s.now = s.now.Add(time.Minute)
	w := s.call(http.MethodPost, sessionsPath, "", `{"username":"ann","password":"secret","code":"`+code()+`"}`,
		"User-Agent", "Browser/1 \xff")
	require.Equal(t, http.StatusCreated, w.Code, w.Body)

	all := s.shownSessions(u.ID, s.token)
	require.Len(t, all, 3)
	require.Equal(t, []string{"native", "danube", "native"}, []string{all[0].Kind, all[1].Kind, all[2].Kind},
		"the newest first")
	require.Equal(t, []bool{true, false, false}, []bool{all[0].SecondFactor, all[1].SecondFactor, all[2].SecondFactor})
	require.Equal(t, testAddress, *all[0].Address)
	require.Equal(t, "Browser/1 \uFFFD", *all[0].UserAgent)
	require.Nil(t, all[1].Address)
	require.Equal(t, s.now, all[0].CreatedAt)
	require.Equal(t, s.now, *all[0].AuthenticatedAt)
	for _, shown := range all {
		require.False(t, shown.Current)
		require.Nil(t, shown.Application)
		require.NotContains(t, s.call(http.MethodGet, sessionsOf(u.ID)+"/"+shown.ID, s.token, "").Body.String(),
			tokens[0])
	}
	own := s.shownSessions(u.ID, tokens[0])
	require.Equal(t, []bool{false, false, true}, []bool{own[0].Current, own[1].Current, own[2].Current})
	s.now = s.now.Add(2 * time.Hour)
	require.Len(t, s.shownSessions(u.ID, s.token), 2, "Danube's token has ended by itself")
}

// TestWhoEndsWhichSessions has sessions and keys of several users see and end those of ann.
func TestWhoEndsWhichSessions(t *testing.T) {
	s := start(t, committer.Options{})
	u, tokens := s.ann(1)
	stranger := s.create(commands.Service(), events.UserCreated{Email: "other@example.com", Active: true})
	list := sessionsOf(u.ID)
	one := list + "/" + s.shownSessions(u.ID, s.token)[0].ID
	for name, c := range map[string]struct {
		token     string
		get, ends int
	}{
		"nobody": {"", http.StatusUnauthorized, http.StatusUnauthorized},
		"a stranger": {s.key(stranger.ID, events.Permissions{}), http.StatusNotFound,
			http.StatusNotFound},
		"a stranger who may write": {s.key(stranger.ID, events.Permissions{Users: commands.LevelAll}),
			http.StatusNotFound, http.StatusNotFound},
		"a super admin who may read": {s.key(s.admin.ID, events.Permissions{Users: commands.LevelRead}),
			http.StatusForbidden, http.StatusForbidden},
		"an auditor": {s.key(s.admin.ID, events.Permissions{Users: commands.LevelNone,
			Audit: commands.LevelRead}), http.StatusNotFound, http.StatusNotFound},
	} {
		for _, path := range []string{list, one} {
			assert.Equal(t, c.get, s.call(http.MethodGet, path, c.token, "").Code, name)
			assert.Equal(t, c.ends, s.call(http.MethodDelete, path, c.token, "").Code, name)
		}
	}
	require.True(t, s.lasts(tokens[0]))
	for _, path := range []string{list + "/" + uuid.NewString(), list + "/none", sessionsOf(s.admin.ID) +
		one[len(list):]} {
		w := s.call(http.MethodDelete, path, s.token, "")
		require.Equal(t, http.StatusNotFound, w.Code, path)
		var p call.Problem
		decodeBody(t, w, &p)
		require.Equal(t, "session_not_found", p.Code)
	}
	require.Equal(t, http.StatusForbidden, s.call(http.MethodDelete, one,
		s.key(u.ID, events.Permissions{Users: commands.LevelNone}), "").Code, "oneself, by what may not write")
	require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, one,
		s.key(u.ID, events.Permissions{}), "").Code, "oneself")
	require.False(t, s.lasts(tokens[0]))
	require.Equal(t, http.StatusNotFound, s.call(http.MethodDelete, one, s.token, "").Code)
}

// TestOneSessionEnds leaves the user's others, and shows in the history what was ended by whom.
func TestOneSessionEnds(t *testing.T) {
	s := start(t, committer.Options{})
	u, tokens := s.ann(3)
	s.now = s.now.Add(time.Hour) // it takes no password
	var stolen string
	for _, shown := range s.shownSessions(u.ID, tokens[1]) {
		if shown.Current {
			stolen = shown.ID
		}
	}
	listed, ok, err := s.Sessions.Find(t.Context(), u.ID, uuid.MustParse(stolen))
	require.NoError(t, err)
	require.True(t, ok)
	w := s.call(http.MethodDelete, sessionsOf(u.ID)+"/"+stolen, tokens[0], "")
	require.Equal(t, http.StatusNoContent, w.Code, w.Body)
	require.NotEmpty(t, w.Header().Get("Account-Sequence"))
	require.Equal(t, []bool{true, false, true}, []bool{s.lasts(tokens[0]), s.lasts(tokens[1]), s.lasts(tokens[2])})
	require.Len(t, s.shownSessions(u.ID, s.token), 2)

	require.NoError(t, s.Sessions.List(t.Context(), listed.Hash, listed.Token)) // as if the store had not heard of it
	require.NoError(t, s.Sessions.Put(t.Context(), listed.Hash, listed.Token))
	require.False(t, s.lasts(tokens[1]))
	require.Len(t, s.shownSessions(u.ID, s.token), 2)

	page, _ := s.history("/v1/users/" + u.ID.String() + "/history?limit=1")
	require.Equal(t, "SessionEnded.v1", page.Data[0].Type)
	require.Equal(t, "session", page.Data[0].Changes[0].Field)
	require.Equal(t, map[string]any{"id": stolen, "kind": "native", "application": nil, "reason": nil},
		page.Data[0].Changes[0].Before)
	require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, sessionsOf(u.ID), s.token, "").Code)
	page, _ = s.history("/v1/users/" + u.ID.String() + "/history?limit=1")
	require.Equal(t, "SessionsEnded.v1", page.Data[0].Type)
	require.Equal(t, "sessions", page.Data[0].Changes[0].Field)
}

// TestAllSessionsEnd does so by a session, which is kept or not, and by an administrator.
func TestAllSessionsEnd(t *testing.T) {
	s := start(t, committer.Options{})
	u, tokens := s.ann(2)
	danube := s.ofDanube(u)
	list := sessionsOf(u.ID)
	for _, query := range []string{"?keep=all", "?keep=", "?keep=current&keep=current", "?all=1"} {
		require.Equal(t, http.StatusBadRequest, s.call(http.MethodDelete, list+query, tokens[0], "").Code, query)
	}
	s.now = s.now.Add(time.Hour)
	require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, list+"?keep=current", tokens[0], "").Code)
	require.Equal(t, []bool{true, false}, []bool{s.lasts(tokens[0]), s.lasts(tokens[1])})
	require.False(t, rest.SessionOf(danube, "").Holds(s.Snapshot().User(u.ID), danube.CreatedAt))
	require.Len(t, s.shownSessions(u.ID, s.token), 1)
	third := s.logIn("secret")
	require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, list, tokens[0], "").Code)
	require.Equal(t, []bool{false, false}, []bool{s.lasts(tokens[0]), s.lasts(third)})
	fourth := s.logIn("secret")
	require.True(t, s.lasts(fourth))
	require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, list+"?keep=current", s.token, "").Code,
		"of another, nothing is kept")
	require.False(t, s.lasts(fourth))
	require.Empty(t, s.shownSessions(u.ID, s.token))
}

// TestNoCommandOutlivesItsSession has a session change things while an administrator ends it.
func TestNoCommandOutlivesItsSession(t *testing.T) {
	s := start(t, committer.Options{})
	u, tokens := s.ann(4)
	var begun, all sync.WaitGroup
	for i, token := range tokens {
		begun.Add(1)
		all.Go(func() {
			for round := 0; ; round++ {
				if round == 1 {
					begun.Done()
				}
				w := s.call(http.MethodPatch, "/v1/users/"+u.ID.String(), token, `{"phone":"`+string(rune('0'+i))+
					time.Duration(round).String()+`"}`)
				if w.Code != http.StatusOK {
					assert.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, w.Code, w.Body)
					if round < 1 {
						begun.Done()
					}
					return
				}
			}
		})
	}
	begun.Wait()
	require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, sessionsOf(u.ID), s.token, "").Code)
	ended := s.Snapshot().User(u.ID).SessionsSince
	all.Wait()
	page, _ := s.history("/v1/users/" + u.ID.String() + "/history?limit=1")
	require.Equal(t, ended, page.Data[0].Sequence, "nothing came behind it")
}
