//go:build smalldisk && linux

package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is accountd as a process of its own.
type process struct {
	running
	cmd   *exec.Cmd
	ended chan struct{}
}

// startProgram returns once it is ready; nil when it ended before.
func startProgram(t *testing.T, c Config) *process {
	cmd := child(t, "--data", c.Data, "--http", "127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &process{running: running{t: t, log: &syncBuffer{}}, cmd: cmd, ended: make(chan struct{})}
	ready := make(chan string, 1)
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			fmt.Fprintln(p.log, lines.Text())
			if strings.Contains(lines.Text(), "msg=ready") {
				_, url, _ := strings.Cut(lines.Text(), "url=")
				url, _, _ = strings.Cut(url, " ")
				ready <- url
			}
		}
		_ = cmd.Wait() // the test looks at its exit code
	}()
	select {
	case p.url = <-ready:
		return p
	case <-p.ended:
		return nil
	}
}

func free(t *testing.T, dir string) int64 {
	var s syscall.Statfs_t
	require.NoError(t, syscall.Statfs(dir, &s))
	return int64(s.Bavail) * int64(s.Bsize)
}

// fillUp writes a file until only so much is free.
func fillUp(t *testing.T, dir string, left int64) {
	f, err := os.OpenFile(filepath.Join(dir, "ballast"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(t, err)
	defer f.Close()
	for free(t, dir) > left {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			return
		}
	}
}

// TestSmallDisk fills the disk under the service with something else: first up to the reserve, then wholly, so that
// writes fail. Nothing that was acknowledged is lost, and once there is space, changes are taken again without
// anybody's doing.
func TestSmallDisk(t *testing.T) {
	disk := t.TempDir()
	require.NoError(t, syscall.Mount("accountd-test", disk, "tmpfs", 0, "size=64m"),
		"this test must mount a small file system")
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	c := testConfig(t)
	c.Data = filepath.Join(disk, "data")
	p := startProgram(t, c)
	require.NotNil(t, p)
	token, people := c.admin(t).Token, []string{}
	create := func(n int) (status int, body string) {
		return p.call("POST", "/v1/users", token, fmt.Sprintf(`{"email":"u%d@example.com","comment":%q}`, n,
			strings.Repeat("x", 2000)))
	}
	for n := range 30 {
		status, body := create(n)
		require.Equal(t, http.StatusCreated, status, body)
		var made struct{ ID string }
		require.NoError(t, json.Unmarshal([]byte(body), &made))
		people = append(people, "/v1/users/"+made.ID)
	}

	fillUp(t, disk, 1<<20)
	require.Eventually(t, func() bool { return p.get("/readyz", "").StatusCode == http.StatusServiceUnavailable },
		10*time.Second, 10*time.Millisecond)
	asked := time.Now()
	status, body := create(100)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "storage_full")
	require.Less(t, time.Since(asked), 5*time.Second, "it is known, so it is said at once")
	status, body = p.call("POST", people[0]+"/erase", token, "")
	require.Less(t, status, 300, body)
	require.NoError(t, os.Remove(filepath.Join(disk, "ballast")))
	ended := time.Now()
	require.Eventually(t, func() bool { status, _ := create(100); return status == http.StatusCreated }, 30*time.Second,
		50*time.Millisecond)
	t.Logf("a disk that was full: healed %v after its end", time.Since(ended).Round(time.Millisecond))

	erase := func(person string) (status int, body string) { // 0 when the service is gone
		q, err := http.NewRequest("POST", p.url+person+"/erase", nil)
		require.NoError(t, err)
		q.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(q)
		if err != nil {
			return 0, err.Error()
		}
		defer answer.Body.Close()
		content, _ := io.ReadAll(answer.Body) // as far as it came
		return answer.StatusCode, string(content)
	}
	for _, person := range people[20:] { // whose erasure is a single event then
		status, body = p.call("DELETE", person, token, "")
		require.Less(t, status, 300, body)
	}
	fillUp(t, disk, 0)
	asked = time.Now()
	status, body = erase(people[1]) // two events, for which the engine makes files of their own
	require.Equal(t, http.StatusServiceUnavailable, status, body)
	require.Contains(t, body, "storage_full")
	require.Less(t, time.Since(asked), 5*time.Second, "it is known, so it is said at once")
	last, gone := "", 1+len(people[20:])
	for _, person := range people[20:] { // until the log does not find room even in the reserve
		status, body := erase(person)
		if last = body; status == 0 || strings.Contains(body, "storage_failed") {
			break
		}
	}
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		require.Fail(t, "the service goes on with a store that has failed", "%s\n%s", last, p.log)
	}
	require.Equal(t, exitStore, p.cmd.ProcessState.ExitCode(), "%s", p.log)

	if still := startProgram(t, c); still != nil { // as a service manager would; it may come up or not
		_ = still.cmd.Process.Kill()
		<-still.ended
	}
	require.NoError(t, os.Remove(filepath.Join(disk, "ballast")))
	ended = time.Now()
	require.Eventually(t, func() bool { p = startProgram(t, c); return p != nil }, 30*time.Second, time.Second)
	status, body = create(101)
	require.Equal(t, http.StatusCreated, status, body)
	t.Logf("a failed write: healed %v after its end", time.Since(ended).Round(time.Millisecond))
	var list struct{ Meta struct{ Total int } }
	_, body = p.call("GET", "/v1/users?limit=0", token, "")
	require.NoError(t, json.Unmarshal([]byte(body), &list))
	require.Equal(t, 1+len(people)+2-gone, list.Meta.Total, "with the administrator and those behind")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.ended
	require.Equal(t, exitDone, p.cmd.ProcessState.ExitCode(), "%s", p.log)
}
