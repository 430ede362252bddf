package integration

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKilledWhileErasing kills the service while it erases. Who was erased is unreadable, whose erasure was only
// recorded becomes so after the next start, and everybody else stays.
func TestKilledWhileErasing(t *testing.T) {
	data := t.TempDir()
	p := run(t, data)
	var ids []string
	for n := range 40 {
		var made user
		status, err := p.call(http.MethodPost, "/v1/users",
			map[string]any{"email": fmt.Sprintf("person%d@example.org", n)}, &made)
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, status)
		ids = append(ids, made.ID)
	}
	doomed, kept := ids[:30], ids[30:]
	acknowledged := map[string]bool{}
	for len(acknowledged) < len(doomed) {
		left := slices.DeleteFunc(slices.Clone(doomed), func(id string) bool { return acknowledged[id] })
		eraseAndKill(t, p, left, acknowledged)
		p = run(t, data)
		for id := range acknowledged {
			require.NotContains(t, readable(t, p), id, "its erasure was acknowledged")
		}
	}
	for id := range readable(t, p) {
		require.NotContains(t, doomed, id)
	}
	for _, id := range kept {
		require.Contains(t, readable(t, p), id)
	}
	p.kill(t)
}

// eraseAndKill erases the doomed, four at a time, and kills the service after a few.
func eraseAndKill(t *testing.T, p *process, doomed []string, acknowledged map[string]bool) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	var next, done atomic.Int64
	last := rand.Int64N(10)
	var killed sync.Once
	for range 4 {
		all.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(doomed); i = next.Add(1) - 1 {
				status, err := p.call(http.MethodPost, "/v1/users/"+doomed[i]+"/erase", struct{}{}, nil)
				if err != nil || status != http.StatusNoContent {
					return
				}
				mu.Lock()
				acknowledged[doomed[i]] = true
				mu.Unlock()
				if done.Add(1) > last {
					killed.Do(func() { p.kill(t) })
				}
			}
		})
	}
	all.Wait()
	killed.Do(func() { p.kill(t) })
}

// readable returns the users of whom some record can be read.
func readable(t *testing.T, p *process) map[string]bool {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.admin.BaseURL+"/v1/events", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.admin.Token)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	out := map[string]bool{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		var e struct {
			Subject string
			Erased  bool
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		if id, ok := strings.CutPrefix(e.Subject, "users/"); ok && !e.Erased {
			out[id] = true
		}
	}
	return out
}
