//go:build powercut

package integration

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// disk is a mounted disk that loses its power; see testing/powercut/disk.
type disk struct {
	t      *testing.T
	folder string
	at     string // where it is told what to do
}

// mount builds and mounts a disk until the test ends.
func mount(t *testing.T, args ...string) *disk {
	t.Helper()
	require.FileExists(t, "/dev/fuse", "this test needs FUSE")
	program := filepath.Join(t.TempDir(), "disk")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = "../powercut/disk"
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	d := &disk{t: t, folder: t.TempDir()}
	cmd := exec.Command(program, append([]string{"-mount", d.folder}, args...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	require.True(t, lines.Scan(), "the disk is mounted")
	address, ok := strings.CutPrefix(lines.Text(), "mounted ")
	require.True(t, ok, lines.Text())
	d.at = "http://" + address
	return d
}

func (d *disk) tell(path string, values url.Values) string {
	d.t.Helper()
	answer, err := http.PostForm(d.at+path, values)
	require.NoError(d.t, err)
	return d.answer(answer)
}

func (d *disk) answer(answer *http.Response) string {
	d.t.Helper()
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(d.t, err)
	require.Equal(d.t, http.StatusOK, answer.StatusCode, string(text))
	return strings.TrimSpace(string(text))
}

func (d *disk) dead() bool {
	answer, err := http.Get(d.at + "/dead")
	require.NoError(d.t, err)
	return d.answer(answer) == "true"
}

// awaitDead returns once the power is gone, or the process is.
func (d *disk) awaitDead(p *process, atMost time.Duration) {
	d.t.Helper()
	late := time.After(atMost)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !d.dead() {
		select {
		case <-tick.C:
		case err := <-p.ended:
			p.ended <- err
			return
		case <-late:
			d.tell("/cut", nil)
		}
	}
}
