package session

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/testing/testlog"
)

var other = uuid.MustParse("0195f0a0-0000-7000-8000-000000000002")

// begin puts and lists a token of a session of its own.
func (s *Store) begin(t *testing.T, user uuid.UUID, secret string, life time.Duration) Token {
	t.Helper()
	made := token("session", life)
	made.User, made.Session = user, Session{ID: uuid.New(), Kind: "native", About: []byte("sealed")}
	require.NoError(t, s.List(ctx, hash(secret), made))
	require.NoError(t, s.Put(ctx, hash(secret), made))
	return made
}

func requireSessions(t *testing.T, s *Store, user uuid.UUID, want ...Token) {
	t.Helper()
	all, err := s.Sessions(ctx, user)
	require.NoError(t, err)
	got := []Token{}
	for _, l := range all {
		got = append(got, l.Token)
		found, ok, err := s.Find(ctx, user, l.Session.ID)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, l, found)
	}
	require.ElementsMatch(t, want, got)
}

func TestSessionsOfAUser(t *testing.T) {
	env := testlog.Start(t)
	s, another := open(t, env), open(t, env)
	requireSessions(t, s, user)
	a, b := s.begin(t, user, "a", time.Hour), s.begin(t, user, "b", 2*time.Hour)
	theirs := s.begin(t, other, "c", time.Hour)
	requireSessions(t, another, user, a, b)
	requireSessions(t, another, other, theirs)
	_, ok, err := s.Find(ctx, other, a.Session.ID)
	require.NoError(t, err)
	require.False(t, ok, "of another user")
	requireSessions(t, s.later(90*time.Minute), user, b)

	require.NoError(t, another.Delete(ctx, "session", hash("a"))) // a log-out
	requireSessions(t, s, user, b)
	require.NoError(t, another.EndSession(ctx, user, b.Session.ID))
	require.NoError(t, another.EndSession(ctx, user, b.Session.ID), "a second time")
	requireGone(t, s, "session", "b")
	requireSessions(t, s, user)
	requireThere(t, s, theirs, "c")
	env.Reopen()
	requireSessions(t, open(t, env), other, theirs)
}

func TestEndSessionsOfAUser(t *testing.T) {
	s := open(t, testlog.Start(t))
	s.begin(t, user, "a", time.Hour)
	kept := s.begin(t, user, "b", time.Hour)
	theirs := s.begin(t, other, "c", time.Hour)
	require.NoError(t, s.EndSessions(ctx, user, kept.Session.ID))
	requireSessions(t, s, user, kept)
	requireGone(t, s, "session", "a")
	require.NoError(t, s.EndSessions(ctx, user, uuid.Nil))
	requireSessions(t, s, user)
	requireGone(t, s, "session", "b")
	requireSessions(t, s, other, theirs)
}

// TestASessionOfTokensInTurn is known by the newest of them, and by the one that is there.
func TestASessionOfTokensInTurn(t *testing.T) {
	s := open(t, testlog.Start(t))
	first := s.begin(t, user, "a", time.Hour)
	second := first
	second.Since, second.ExpiresAt = 7, first.ExpiresAt.Add(time.Hour)
	require.NoError(t, s.List(ctx, hash("b"), second))
	require.NoError(t, s.Put(ctx, hash("b"), second))
	requireSessions(t, s, user, second)
	require.NoError(t, s.PutOnly(ctx, hash("c"), s.begin(t, other, "x", time.Hour)))
	only := s.begin(t, other, "d", time.Hour)
	require.NoError(t, s.PutOnly(ctx, hash("d"), only))
	requireGone(t, s, "session", "c")
}

// TestASessionMayEndBeforeItsToken takes it out of the list while its token is remembered.
func TestASessionMayEndBeforeItsToken(t *testing.T) {
	s := open(t, testlog.Start(t))
	made := token("danube", 24*time.Hour)
	made.Session = Session{ID: uuid.New(), Kind: "danube", Ends: made.CreatedAt.Add(2 * time.Second)}
	require.NoError(t, s.PutOnly(ctx, hash("a"), made))
	require.Equal(t, made.Session.Ends, made.Ends())
	require.Eventually(t, func() bool {
		all, err := s.Sessions(ctx, user)
		return err == nil && len(all) == 0
	}, time.Minute, 10*time.Millisecond)
	requireThere(t, s, made, "a")
	require.ErrorIs(t, s.List(ctx, "secret", made), ErrHash)
}
