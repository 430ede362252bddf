package integration

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKill kills the writing service a few times; TestSoak does it more often.
func TestKill(t *testing.T) { killing(t, 4) }

// killing kills the service so many times while it writes. Whatever it acknowledged is there afterwards, a command of
// two events took effect with both or with none, and no number was given twice.
func killing(t *testing.T, times int) {
	data := t.TempDir()
	acknowledged := &ledger{users: map[string]state{}}
	for round := range times {
		p := run(t, data)
		acknowledged.check(t, p.users(t))
		acknowledged.write(t, p, round)
	}
	p := run(t, data)
	acknowledged.check(t, p.users(t))
	p.kill(t)
}

// state is how far the changing of a user was acknowledged.
type state struct {
	email string
	asked bool // a change of phone and active was asked for
	done  bool // and acknowledged
}

type ledger struct {
	mu    sync.Mutex
	users map[string]state
}

// write creates and changes users from many goroutines and kills the service after a number of acknowledgements that is
// drawn anew each time.
func (l *ledger) write(t *testing.T, p *process, round int) {
	var all sync.WaitGroup
	var acknowledged atomic.Int64
	last := rand.Int64N(400) + 20
	var killed sync.Once
	for w := range 12 {
		all.Go(func() {
			for n := 0; ; n++ {
				email := fmt.Sprintf("r%d-w%d-n%d@example.org", round, w, n)
				if !l.one(p, email) {
					return
				}
				if acknowledged.Add(1) >= last {
					killed.Do(func() { p.kill(t) })
				}
			}
		})
	}
	all.Wait()
	require.GreaterOrEqual(t, acknowledged.Load(), last, "the service took no more writes before it was killed")
}

// one creates a user and changes it by a command of two events. It reports false when the service is gone.
func (l *ledger) one(p *process, email string) bool {
	var made user
	status, err := p.call(http.MethodPost, "/v1/users", map[string]any{"email": email}, &made)
	if err != nil || status != http.StatusCreated {
		return false
	}
	l.set(made.ID, state{email: email, asked: true})
	status, err = p.call(http.MethodPatch, "/v1/users/"+made.ID, map[string]any{"phone": "+1 555", "active": false},
		nil)
	if err != nil || status != http.StatusOK {
		return false
	}
	l.set(made.ID, state{email: email, asked: true, done: true})
	return true
}

func (l *ledger) set(id string, s state) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users[id] = s
}

func (l *ledger) check(t *testing.T, users []user) {
	t.Helper()
	found := map[string]user{}
	for i, u := range users {
		require.Equal(t, int64(i+1), u.Number, "numbers run without holes or repeats")
		require.Equal(t, u.Phone != nil, !u.Active, "half a command took effect on %s", u.Email)
		found[u.ID] = u
	}
	for id, want := range l.users {
		got, ok := found[id]
		require.True(t, ok, "%s was acknowledged and is lost", want.email)
		require.Equal(t, want.email, got.Email)
		require.True(t, !want.done || !got.Active, "the change of %s was acknowledged and is lost", want.email)
	}
}
