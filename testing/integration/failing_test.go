//go:build powercut

package integration

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	exitStoreFailed = 3
	healedWithin    = 30 * time.Second
)

// TestFailingLog has the disk fail when the log is written or synced. Who writes is told, the service ends with its own
// code, and is back with all that it has acknowledged once the disk is well.
func TestFailingLog(t *testing.T) {
	for _, op := range []string{"write", "sync"} {
		t.Run(op, func(t *testing.T) {
			d := mount(t)
			data := filepath.Join(d.folder, "data")
			p := run(t, data)
			made := createSome(t, p, 5)
			d.fail(op, "ACCOUNTS")
			asked := time.Now()
			status, err := p.call(http.MethodPost, "/v1/users", map[string]any{"email": "refused@example.org"}, nil)
			if err == nil { // it may be gone before it has answered
				require.Equal(t, http.StatusServiceUnavailable, status)
			}
			require.Less(t, time.Since(asked), 5*time.Second, "it is known, so it is said at once")
			select {
			case <-p.ended:
			case <-time.After(healedWithin):
				require.Fail(t, "the service goes on with a log that has failed", p.stderr)
			}
			require.Equal(t, exitStoreFailed, p.cmd.ProcessState.ExitCode(), p.stderr)
			d.tell("/heal", nil)
			healed := time.Now()
			p = run(t, data)
			createSome(t, p, 5)
			require.Less(t, time.Since(healed), healedWithin)
			t.Logf("a failing %s of the log: refused %v after it was asked, healed %v after the fault's end", op,
				healed.Sub(asked).Round(time.Millisecond), time.Since(healed).Round(time.Millisecond))
			there := map[string]bool{}
			for _, u := range p.users(t) {
				there[u.ID] = true
			}
			for _, id := range made {
				require.True(t, there[id], "a user was acknowledged and is lost")
			}
			p.kill(t)
		})
	}
}

// TestFailingFeed has the disk fail when the feed is written or synced. Changes go on meanwhile, in the same process;
// once the disk is well the feed is made anew, and whole.
func TestFailingFeed(t *testing.T) {
	for _, op := range []string{"write", "sync"} {
		t.Run(op, func(t *testing.T) {
			d := mount(t)
			p := run(t, filepath.Join(d.folder, "data"))
			createSome(t, p, 5)
			d.fail(op, "ACCOUNT_FEED")
			createSome(t, p, 5)
			require.Eventually(t, func() bool { return ready(t, p) == http.StatusServiceUnavailable }, healedWithin,
				50*time.Millisecond, "it is seen in readiness")
			createSome(t, p, 5)
			d.tell("/heal", nil)
			healed := time.Now()
			require.Eventually(t, func() bool { return ready(t, p) == http.StatusOK }, healedWithin,
				50*time.Millisecond, p.stderr.String())
			t.Logf("a failing %s of the feed: healed %v after the fault's end", op,
				time.Since(healed).Round(time.Millisecond))
			select {
			case err := <-p.ended:
				require.Fail(t, "the service has ended", "%v\n%s", err, p.stderr)
			default:
			}
			createSome(t, p, 1)
			p.kill(t)
		})
	}
}

// fail has the calls on a stream's messages fail from now on.
func (d *disk) fail(op, stream string) {
	d.t.Helper()
	d.tell("/fail", url.Values{"op": {op}, "name": {"/" + stream + "/msgs"}, "errno": {strconv.Itoa(int(syscall.EIO))}})
}

func ready(t *testing.T, p *process) int {
	t.Helper()
	answer, err := http.Get(p.admin.BaseURL + "/readyz")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

// createSome makes users and returns their ids.
func createSome(t *testing.T, p *process, n int) (ids []string) {
	t.Helper()
	for range n {
		var made user
		status, err := p.call(http.MethodPost, "/v1/users",
			map[string]any{"email": fmt.Sprintf("u%d@example.org", time.Now().UnixNano())}, &made)
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, status)
		ids = append(ids, made.ID)
	}
	return ids
}
