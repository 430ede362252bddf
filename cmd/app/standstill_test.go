package app

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"accountd/events"
)

// TestReadinessFollowsTheWrites takes only what is appended from a cluster that answers everything else: the instance
// is not ready while a change waits, and is again when one has got through.
func TestReadinessFollowsTheWrites(t *testing.T) {
	options := func(deny ...string) *server.Options {
		return &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, NoSigs: true, NoLog: true,
			Users: []*server.User{{
				Username: "accountd", Password: "secret",
				Permissions: &server.Permissions{Publish: &server.SubjectPermission{Allow: []string{">"}, Deny: deny}},
			}}}
	}
	healthy := options()
	healthy.StoreDir = t.TempDir()
	s, err := server.NewServer(healthy)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	change := func(deny ...string) {
		changed := options(deny...)
		changed.StoreDir, changed.Port = healthy.StoreDir, healthy.Port
		require.NoError(t, s.ReloadOptions(changed))
	}
	c := testConfig(t)
	c.NATS = strings.Replace(s.ClientURL(), "nats://", "nats://accountd:secret@", 1)
	r := start(t, c)
	ready := func() (int, string) {
		answer := r.get("/readyz?verbose", "")
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(text)
	}
	status, text := ready()
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "[+]writes ok")

	change(events.Subjects)
	began, written := time.Now(), make(chan int, 1)
	go func() { written <- create(r.url, c.admin(t).Token) }()
	require.Eventually(t, func() bool {
		status, text = ready()
		return status == http.StatusServiceUnavailable && strings.Contains(text, "[-]writes: a change has been waiting")
	}, 10*time.Second, 50*time.Millisecond)
	require.Less(t, time.Since(began), 10*time.Second)
	require.Empty(t, written, "the change waits still")

	change()
	require.Equal(t, http.StatusCreated, <-written)
	require.Eventually(t, func() bool {
		status, text = ready()
		return status == http.StatusOK
	}, 10*time.Second, 50*time.Millisecond, text)
}

// create makes a user and returns the answer's status, 0 for none.
func create(url, token string) int {
	body := strings.NewReader(`{"email":"somebody@example.org"}`)
	q, err := http.NewRequest(http.MethodPost, url+"/v1/users", body)
	if err != nil {
		return 0
	}
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode
}
