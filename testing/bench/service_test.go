package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/cmd/app"
	"accountd/events"
	"accountd/events/engine"
	"accountd/events/seal"
)

// asService makes this test binary run the service instead of the benchmarks.
const asService = "ACCOUNTD_BENCH_RUN_SERVICE"

func TestMain(m *testing.M) {
	if os.Getenv(asService) != "" {
		os.Exit(app.Main(os.Args[1:], nil, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// BenchmarkServiceStart starts the service, as a process, on a log of a million users from a checkpoint, until /readyz
// says so. It reports medians: how long that takes, and its processor time; beside it how long the bare reading of the
// checkpoint takes.
func BenchmarkServiceStart(b *testing.B) {
	data := b.TempDir()
	master, err := seal.CreateMaster(filepath.Join(data, "master.key"))
	require.NoError(b, err)
	l := newLaunch(b, filepath.Join(data, engine.StoreName), master)
	l.fill(b, events.Head{}, population())
	l.log.Close()
	require.NoError(b, l.engine.Close(context.Background()))
	startService(b, data).stop(b) // reads all of the log, and writes the checkpoint at its end
	var ready, used, bare []float64
	for b.Loop() {
		start := time.Now()
		s := startService(b, data)
		ready = append(ready, millis(time.Since(start)))
		used = append(used, s.processorTime(b))
		b.StopTimer()
		s.stop(b)
		start = time.Now()
		_, err := os.ReadFile(filepath.Join(data, "view.checkpoint"))
		require.NoError(b, err)
		bare = append(bare, millis(time.Since(start)))
		b.StartTimer()
	}
	for name, of := range map[string][]float64{"ready-ms": ready, "cpu-ms": used, "bare-read-ms": bare} {
		slices.Sort(of)
		b.ReportMetric(of[len(of)/2], name)
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

type service struct{ *exec.Cmd }

var listening = regexp.MustCompile(`msg=ready url=(\S+)`)

// startService returns when the service is ready.
func startService(b *testing.B, data string) service {
	s, _ := startAt(b, data)
	return s
}

// startAt returns, when the service is ready, where, too.
func startAt(b *testing.B, data string) (s service, url string) {
	self, err := os.Executable()
	require.NoError(b, err)
	s = service{exec.Command(self, "--data", data, "--http", "127.0.0.1:0", "--log-format", "text")}
	s.Env = append(os.Environ(), asService+"=1")
	stderr, err := s.StderrPipe()
	require.NoError(b, err)
	require.NoError(b, s.Start())
	b.Cleanup(func() { _ = s.Process.Kill() })
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			answer, err := http.Get(found[1] + "/readyz")
			require.NoError(b, err)
			require.NoError(b, answer.Body.Close())
			require.Equal(b, http.StatusOK, answer.StatusCode)
			go func() { _, _ = io.Copy(io.Discard, stderr) }()
			return s, found[1]
		}
	}
	require.Fail(b, "the service ended before it was ready")
	return s, ""
}

func (s service) stop(b *testing.B) {
	require.NoError(b, s.Process.Signal(syscall.SIGTERM))
	require.NoError(b, s.Wait())
}

// processorTime is what the service has used so far, in milliseconds, as Linux counts it in hundredths of a second.
func (s service) processorTime(b *testing.B) float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.Process.Pid))
	require.NoError(b, err)
	_, behind, _ := strings.Cut(string(stat), ") ")
	fields, sum := strings.Fields(behind), 0
	for _, ticks := range fields[11:13] { // in user and in system mode
		n, err := strconv.Atoi(ticks)
		require.NoError(b, err)
		sum += n
	}
	return float64(sum) * 10
}
