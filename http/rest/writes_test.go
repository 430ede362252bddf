package rest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
)

// people are States of users alone.
type people struct {
	commands.States
	users map[uuid.UUID]*commands.User
}

func (p people) User(id uuid.UUID) *commands.User { return p.users[id] }

func TestWritesAreBoundedByUser(t *testing.T) {
	ann, bob, root := uuid.New(), uuid.New(), uuid.New()
	s := people{users: map[uuid.UUID]*commands.User{ann: {}, bob: {}, root: {}}}
	s.users[root].SuperAdmin = true
	w := NewWrites(3, 5)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	w.now = func() time.Time { return now }
	try := func(a commands.Actor) (func(), time.Duration) {
		t.Helper()
		back, err := w.take(s, a)
		if err == nil {
			return back, 0
		}
		f := FaultOf(err)
		require.Equal(t, 429, f.Status)
		require.Equal(t, "too_many_changes", f.Reason)
		return nil, f.RetryAfter
	}
	lets := func(a commands.Actor, n int) {
		t.Helper()
		for range n {
			_, wait := try(a)
			require.Zero(t, wait)
		}
	}
	lets(commands.Actor{User: ann, Credential: "session:1"}, 2)
	lets(commands.Actor{User: ann, Application: uuid.New()}, 1)
	_, wait := try(commands.Actor{User: ann, Credential: "api-key:1"})
	require.Equal(t, time.Minute, wait, "by whatever credential")
	lets(commands.Actor{User: bob}, 3)
	lets(commands.Actor{User: root}, 100)
	lets(commands.Service(), 100)

	now = now.Add(time.Minute)
	lets(commands.Actor{User: ann}, 2)
	_, wait = try(commands.Actor{User: ann})
	require.Equal(t, 24*time.Hour-time.Minute, wait, "five a day")
	now = now.Add(24 * time.Hour)
	back, _ := try(commands.Actor{User: ann})
	back()
	lets(commands.Actor{User: ann}, 3)
	_, wait = try(commands.Actor{User: ann})
	require.Equal(t, time.Minute, wait, "what was refused does not count, what was carried out does")

	var none *Writes
	_, err := none.take(s, commands.Actor{User: ann})
	require.NoError(t, err)
}
