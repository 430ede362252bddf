package usage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/testlog"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const credential = "api-key:0195f0a0-0000-7000-8000-00000000abcd"

func open(t *testing.T, env *testlog.Env) *Store {
	t.Helper()
	s, err := Open(context.Background(), env.Engine)
	require.NoError(t, err)
	return s
}

func closed(t *testing.T, s *Store) {
	t.Helper()
	require.NoError(t, s.Close(context.Background()))
}

func TestSurvivesARestart(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	_, ok := s.LastUsed(credential)
	require.False(t, ok)
	s.Used(credential, noon.Add(time.Millisecond))
	s.Used("signing-key:AK1", noon)
	closed(t, s)
	env.Reopen()

	s = open(t, env)
	defer closed(t, s)
	at, ok := s.LastUsed(credential)
	require.True(t, ok)
	require.Equal(t, noon, at)
	_, ok = s.LastUsed("api-key:0195f0a0-0000-7000-8000-00000000abce")
	require.False(t, ok)
}

func TestWritesOnceAMinute(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	for _, after := range []time.Duration{0, 30 * time.Second, 59 * time.Second, time.Minute, -time.Hour,
		90 * time.Second} {
		s.Used(credential, noon.Add(after))
	}
	at, _ := s.LastUsed(credential)
	require.Equal(t, noon.Add(time.Minute), at)
	closed(t, s)
	history, err := s.kv.Status(context.Background())
	require.NoError(t, err)
	require.EqualValues(t, 1, history.Values())
	entry, err := s.kv.Get(context.Background(), key(credential))
	require.NoError(t, err)
	require.EqualValues(t, 2, entry.Revision(), "two were written")
}

func TestInstancesSeeEachOther(t *testing.T) {
	env := testlog.Start(t)
	a, b := open(t, env), open(t, env)
	a.Used(credential, noon)
	closed(t, a)
	at, _ := b.LastUsed(credential)
	require.Equal(t, noon, at)
	b.Used(credential, noon.Add(time.Hour))
	closed(t, b)
	at, _ = a.LastUsed(credential)
	require.Equal(t, noon.Add(time.Hour), at)
	a.Used(credential, noon.Add(2*time.Hour)) // a is closed
	at, _ = a.LastUsed(credential)
	require.Equal(t, noon.Add(time.Hour), at)
}

func TestNilRemembersNothing(t *testing.T) {
	var s *Store
	s.Used(credential, noon)
	_, ok := s.LastUsed(credential)
	require.False(t, ok)
	closed(t, s)
}

// TestNeverWaits has nobody who writes.
func TestNeverWaits(t *testing.T) {
	s := &Store{known: map[string]time.Time{}, waiting: make(chan use, 2)}
	for i := range 5 {
		s.Used(fmt.Sprint("api-key:", i), noon)
	}
	require.Len(t, s.known, 2)
	<-s.waiting
	s.Used("api-key:4", noon)
	require.Contains(t, s.known, "api-key:4")
}

func TestMemoryIsBounded(t *testing.T) {
	s := &Store{known: map[string]time.Time{}, waiting: make(chan use, 2*maxKnown)}
	for i := range maxKnown + 10 {
		s.Used(fmt.Sprint("api-key:", i), noon)
	}
	require.Len(t, s.known, maxKnown)
	s.Used("api-key:late", noon.Add(every))
	require.Len(t, s.known, 1)
}

func TestFailureIsTriedAgain(t *testing.T) {
	env := testlog.Start(t)
	s := open(t, env)
	require.NoError(t, env.Engine.JetStream().DeleteKeyValue(context.Background(), Bucket))
	s.Used(credential, noon)
	closed(t, s)
	require.Empty(t, s.known)
}
