package app

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asProgram makes the test binary be accountd.
const asProgram = "RUN_AS_ACCOUNTD=1"

func TestMain(m *testing.M) {
	if os.Getenv("RUN_AS_ACCOUNTD") != "" {
		os.Exit(Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return childIn(ctx, args...)
}

// childIn is killed when the context ends.
func childIn(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram)
	return cmd
}

func TestProcess(t *testing.T) {
	data := t.TempDir()
	args := []string{"--data", data, "--http", "127.0.0.1:0"}
	cmd := child(t, args...)
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(stderr)
	url := ""
	for url == "" && lines.Scan() {
		if strings.Contains(lines.Text(), "msg=ready") {
			_, url, _ = strings.Cut(lines.Text(), "url=")
			url, _, _ = strings.Cut(url, " ")
		}
	}
	answer, err := http.Get(url + "/readyz")
	require.NoError(t, err)
	answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)

	second := child(t, args...)
	var complaint bytes.Buffer
	second.Stderr = &complaint
	require.Error(t, second.Run())
	require.Equal(t, exitFailed, second.ProcessState.ExitCode())
	require.Regexp(t, `^accountd: .*another process uses this data folder\n$`, complaint.String())

	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	for lines.Scan() {
	}
	require.NoError(t, cmd.Wait())
	require.Equal(t, exitDone, cmd.ProcessState.ExitCode())
}
