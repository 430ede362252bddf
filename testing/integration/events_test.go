package integration

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadersOutliveKills reads events across kills and restarts of a service that writes all the time: none is
// missing, none comes twice, and the order is that of the log.
func TestReadersOutliveKills(t *testing.T) {
	data := t.TempDir()
	var last int64
	for round := range 4 {
		p := run(t, data)
		seen := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		var read atomic.Int64
		read.Store(last)
		go func() { seen <- p.read(ctx, last, &read) }()
		for n := 0; read.Load() < last+60; n++ {
			status, err := p.call(http.MethodPost, "/v1/users",
				map[string]any{"email": fmt.Sprintf("r%d-%d@example.org", round, n)}, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusCreated, status)
		}
		p.kill(t)
		require.NoError(t, <-seen)
		stop()
		last = read.Load()
	}
}

// read reads events behind the sequence until the connection breaks. It returns an error for one that does not follow.
func (p *process) read(ctx context.Context, after int64, last *atomic.Int64) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.admin.BaseURL+"/v1/events", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Authorization", "Bearer "+p.admin.Token)
	r.Header.Set("Last-Event-ID", strconv.FormatInt(after, 10))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		text, ok := strings.CutPrefix(lines.Text(), "id: ")
		if !ok {
			continue
		}
		if text != strconv.FormatInt(last.Load()+1, 10) {
			return fmt.Errorf("event %s came behind %d", text, last.Load())
		}
		last.Add(1)
	}
	return nil
}

// TestTerminationEndsStreams asks a service with open streams to end.
func TestTerminationEndsStreams(t *testing.T) {
	p := run(t, t.TempDir())
	var read atomic.Int64
	seen := make(chan error, 1)
	go func() { seen <- p.read(t.Context(), 0, &read) }()
	for read.Load() == 0 {
		status, err := p.call(http.MethodGet, "/v1/users", nil, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
	}
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-p.ended)
	require.NoError(t, <-seen)
	require.NotContains(t, p.stderr.String(), "not all requests have ended")
}
