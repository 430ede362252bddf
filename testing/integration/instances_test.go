package integration

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"accountd/events/seal"
)

// TestTwoProcesses lets 16 goroutines create the same addresses through two processes on one log: each address is made
// once, everybody else is refused cleanly, and no number is given twice.
func TestTwoProcesses(t *testing.T) {
	nats := outside(t)
	key := t.TempDir() + "/master.key"
	_, err := seal.CreateMaster(key)
	require.NoError(t, err)
	first := run(t, t.TempDir(), "--nats", nats, "--master-key-file", key)
	second := run(t, t.TempDir(), "--nats", nats, "--master-key-file", key)
	second.admin = admin{BaseURL: second.base(t), Token: first.admin.Token}
	processes := []*process{first, second}

	const writers, rounds = 16, 10
	var made, refused atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for r := range rounds {
				for {
					status, err := processes[w%2].call(http.MethodPost, "/v1/users",
						map[string]any{"email": fmt.Sprintf("round%d@example.org", r)}, nil)
					if err != nil {
						t.Errorf("calling: %v", err)
						return
					}
					if status == http.StatusServiceUnavailable {
						continue // told to try again
					}
					switch status {
					case http.StatusCreated:
						made.Add(1)
					case http.StatusConflict:
						refused.Add(1)
					default:
						t.Errorf("status %d", status)
					}
					break
				}
			}
		})
	}
	all.Wait()
	require.Equal(t, int64(rounds), made.Load())
	require.Equal(t, int64(rounds*(writers-1)), refused.Load())
	// has both follow to here
	status, err := second.call(http.MethodPost, "/v1/users", map[string]any{"email": "last@example.org"}, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status)
	users := second.users(t)
	require.Len(t, users, rounds+2)
	for i, u := range users {
		require.Equal(t, int64(i+1), u.Number)
	}
}

// outside is a JetStream server that instances reach over TCP.
func outside(t *testing.T) (url string) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true,
		StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s.ClientURL()
}
