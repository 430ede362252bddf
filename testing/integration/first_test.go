package integration

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestKillInTheFirstSeconds kills the very first start of a service a few times; TestSoakFirstSeconds does it 200
// times.
func TestKillInTheFirstSeconds(t *testing.T) { killingFirstStarts(t, 8) }

// killingFirstStarts kills so many first starts somewhere in their first seconds. Each service starts again; and the
// administrator of one that was ready is the same afterwards.
func killingFirstStarts(t *testing.T, times int) {
	before := time.Now()
	run(t, t.TempDir()).kill(t)
	long := max(time.Since(before), 500*time.Millisecond) // a machine may be busy
	ready := 0
	for range times {
		data := t.TempDir()
		p := start(t, data)
		<-time.After(time.Duration(rand.Int64N(int64(long * 5 / 4))))
		p.kill(t)
		var was admin
		select {
		case <-p.stderr.ready:
			ready++
			was = adminOf(t, data)
		default:
		}
		p = run(t, data)
		if was.Token != "" {
			require.Equal(t, was.Token, p.admin.Token, "the administrator was replaced")
		}
		status, err := p.call(http.MethodGet, "/v1/users", nil, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		p.kill(t)
	}
	t.Logf("%d of %d started again, %d of them after they had been ready; a start took %v", times, times, ready, long)
}
