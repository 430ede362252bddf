package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/testing/testlog"
)

var (
	ctx  = context.Background()
	user = uuid.MustParse("0195f0a0-0000-7000-8000-000000000001")
)

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func open(t *testing.T, env *testlog.Env) *Store {
	t.Helper()
	s, err := Open(ctx, env.Engine)
	require.NoError(t, err)
	return s
}

// later shows the store what is there after that time.
func (s *Store) later(d time.Duration) *Store {
	return &Store{cells: s.cells, attempts: s.attempts, now: func() time.Time { return time.Now().Add(d) }}
}

func token(kind string, life time.Duration) Token {
	now := time.Now().UTC().Truncate(time.Second)
	return Token{Kind: kind, User: user, Application: uuid.MustParse("0195f0a0-0000-7000-8000-00000000000a"),
		Scope: "all",
		Data:  map[string]string{"redirect_uri": "https://example.com/"}, CreatedAt: now, ExpiresAt: now.Add(life)}
}

func requireThere(t *testing.T, s *Store, want Token, secret string) {
	t.Helper()
	got, ok, err := s.Get(ctx, want.Kind, hash(secret))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, want, got)
}

func requireGone(t *testing.T, s *Store, kind, secret string) {
	t.Helper()
	got, ok, err := s.Get(ctx, kind, hash(secret))
	require.NoError(t, err)
	require.False(t, ok)
	require.Zero(t, got)
}

func TestSurvivesARestart(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	want := token("session", time.Hour)
	require.NoError(t, s.Put(ctx, hash("a"), want))
	only := token("oauth", time.Hour)
	require.NoError(t, s.PutOnly(ctx, hash("b"), only))
	_, err := s.Count(ctx, "log-in:anna", time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.Put(ctx, hash("ended"), want))
	require.NoError(t, s.Delete(ctx, "session", hash("ended")))
	env.Reopen()

	s = open(t, env)
	requireThere(t, s, want, "a")
	requireThere(t, s, only, "b")
	requireGone(t, s, "session", "ended")
	requireGone(t, s, "oauth", "a")
	n, err := s.Count(ctx, "log-in:anna", time.Hour)
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestExpiredIsNotThere(t *testing.T) {
	s := open(t, testlog.Start(t))
	want := token("session", time.Hour)
	require.NoError(t, s.Put(ctx, hash("a"), want))
	requireThere(t, s.later(59*time.Minute), want, "a")
	requireGone(t, s.later(time.Hour), "session", "a")
	_, ok, err := s.later(time.Hour).Take(ctx, "session", hash("a"))
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, s.Put(ctx, hash("late"), token("session", -time.Hour)))
	requireGone(t, s, "session", "late")
}

// TestTheEngineRemoves sees to it that neither what expired nor what was ended stays in the bucket.
func TestTheEngineRemoves(t *testing.T) {
	s := open(t, testlog.Start(t))
	require.NoError(t, s.Put(ctx, hash("a"), token("session", time.Second)))
	require.NoError(t, s.PutOnly(ctx, hash("b"), token("session", time.Second)))
	for range 3 {
		_, err := s.Count(ctx, "x", time.Second)
		require.NoError(t, err)
	}
	require.NoError(t, s.cells.put(ctx, "only.x", nil, time.Second))
	require.Eventually(t, func() bool {
		status, err := s.cells.kv.Status(ctx)
		require.NoError(t, err)
		return status.Values() == 0
	}, 20*time.Second, 20*time.Millisecond)
}

func TestPutOnlyEndsTheOneBefore(t *testing.T) {
	env := testlog.Start(t)
	s, other := open(t, env), open(t, env)
	want := token("session", time.Hour)
	require.NoError(t, s.PutOnly(ctx, hash("first"), want))
	requireThere(t, other, want, "first")
	require.NoError(t, other.PutOnly(ctx, hash("second"), want))
	requireGone(t, s, "session", "first")
	_, ok, err := s.Take(ctx, "session", hash("first"))
	require.NoError(t, err)
	require.False(t, ok)
	requireThere(t, s, want, "second")

	oauth, else1 := token("oauth", time.Hour), token("session", time.Hour)
	else1.User = uuid.New()
	require.NoError(t, s.PutOnly(ctx, hash("of another kind"), oauth))
	require.NoError(t, s.PutOnly(ctx, hash("of another user"), else1))
	requireThere(t, s, want, "second")

	brief := token("session", time.Minute)
	require.NoError(t, s.PutOnly(ctx, hash("brief"), brief))
	requireGone(t, s.later(2*time.Minute), "session", "brief")
	requireGone(t, s.later(2*time.Minute), "session", "second")
}

func TestDelete(t *testing.T) {
	s := open(t, testlog.Start(t))
	require.NoError(t, s.Delete(ctx, "session", hash("nobody's")))
	require.NoError(t, s.Delete(ctx, "session", "none"))
	want := token("session", time.Hour)
	require.NoError(t, s.Put(ctx, hash("a"), want))
	require.NoError(t, s.Delete(ctx, "session", hash("a")))
	requireGone(t, s, "session", "a")
	require.NoError(t, s.Put(ctx, hash("a"), want))
	requireThere(t, s, want, "a")
}

func TestChange(t *testing.T) {
	env := testlog.Start(t)
	s, other := open(t, env), open(t, env)
	want := token("session", time.Hour)
	require.NoError(t, s.PutOnly(ctx, hash("a"), want))
	since := func(to uint64) func(*Token) bool { return func(t *Token) bool { t.Since = to; return true } }
	got, ok, err := s.Change(ctx, "session", hash("a"), since(7))
	require.NoError(t, err)
	require.True(t, ok)
	want.Since = 7
	require.Equal(t, want, got)
	requireThere(t, other, want, "a")

	tries := 0
	got, ok, err = s.Change(ctx, "session", hash("a"), func(t *Token) bool { // somebody else does so at the same time
		if tries++; tries == 1 {
			_, _, _ = other.Change(ctx, "session", hash("a"), since(8))
		}
		t.Scope = "x"
		return true
	})
	require.NoError(t, err)
	require.True(t, ok)
	want.Since, want.Scope = 8, "x"
	require.Equal(t, want, got)

	got, ok, err = s.Change(ctx, "session", hash("a"), func(*Token) bool { return false }) // it is left as it is
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, want, got)
	requireThere(t, other, want, "a")

	_, ok, err = s.Change(ctx, "session", hash("a"), func(*Token) bool { // somebody logs out meanwhile
		return other.Delete(ctx, "session", hash("a")) == nil
	})
	require.NoError(t, err)
	require.False(t, ok)
	requireGone(t, s, "session", "a")
	requireGone(t, s.later(time.Hour), "session", "a")
}

// TestSecretsStayOut looks into the bucket: it takes no secret for a hash, and shows no name of what is counted.
func TestSecretsStayOut(t *testing.T) {
	s := open(t, testlog.Start(t))
	for _, secret := range []string{"", "secret",
		"acct_secret of sixty-four characters, which is as long as a hash is"} {
		require.ErrorIs(t, s.Put(ctx, secret, token("session", time.Hour)), ErrHash)
		require.ErrorIs(t, s.PutOnly(ctx, secret, token("session", time.Hour)), ErrHash)
		_, ok, err := s.Get(ctx, "session", secret)
		require.NoError(t, err)
		require.False(t, ok)
	}
	_, err := s.Count(ctx, "anna@example.com", time.Hour)
	require.NoError(t, err)
	keys, err := s.cells.kv.Keys(ctx)
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.NotContains(t, keys[0], "anna")
}

// TestTakeOnce has many callers on several instances take the same tokens.
func TestTakeOnce(t *testing.T) {
	env := testlog.Start(t)
	stores := []*Store{open(t, env), open(t, env)}
	for i := range 20 {
		code := hash(fmt.Sprint("code", i))
		require.NoError(t, stores[0].Put(ctx, code, token("code", time.Hour)))
		var taken atomic.Int32
		var work sync.WaitGroup
		for n := range 16 {
			work.Go(func() {
				got, ok, err := stores[n%2].Take(ctx, "code", code)
				if err != nil || ok && got.User != user {
					t.Errorf("took %v: %v", got, err)
				}
				if ok {
					taken.Add(1)
				}
			})
		}
		work.Wait()
		require.EqualValues(t, 1, taken.Load())
	}
}

// TestPutOnlyRace has many log in at once: one session is left.
func TestPutOnlyRace(t *testing.T) {
	env := testlog.Start(t)
	stores := []*Store{open(t, env), open(t, env)}
	var work sync.WaitGroup
	for n := range 16 {
		work.Go(func() {
			if err := stores[n%2].PutOnly(ctx, hash(fmt.Sprint(n)), token("session", time.Hour)); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	left := 0
	for n := range 16 {
		_, ok, err := stores[0].Get(ctx, "session", hash(fmt.Sprint(n)))
		require.NoError(t, err)
		if ok {
			left++
		}
	}
	require.Equal(t, 1, left)
}

func TestUnavailable(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	require.NoError(t, env.Engine.JetStream().DeleteKeyValue(ctx, Bucket))
	require.ErrorIs(t, s.Put(ctx, hash("a"), token("session", time.Hour)), ErrUnavailable)
	_, _, err := s.Get(ctx, "session", hash("a"))
	require.ErrorIs(t, err, ErrUnavailable)
	_, _, err = s.Take(ctx, "session", hash("a"))
	require.ErrorIs(t, err, ErrUnavailable)
	_, _, err = s.Change(ctx, "session", hash("a"), func(*Token) bool { return true })
	require.ErrorIs(t, err, ErrUnavailable)
	_, err = s.Count(ctx, "x", time.Hour)
	require.ErrorIs(t, err, ErrUnavailable)
}
