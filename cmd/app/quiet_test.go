package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFloodOfWarningsIsOneLine(t *testing.T) {
	var out bytes.Buffer
	var due []func()
	h := quieted(slog.NewTextHandler(&out, nil)).(quiet)
	h.said.after = func(_ time.Duration, f func()) { due = append(due, f) }
	log := slog.New(h)
	for range 100 {
		log.With("component", "nats").Warn("connection error", "error", "x")
		log.Info("said by whom it is asked")
		log.Warn(requestLine)
	}
	require.Equal(t, 1, strings.Count(out.String(), "connection error"))
	require.Equal(t, 100, strings.Count(out.String(), "said by whom it is asked"))
	require.Equal(t, 100, strings.Count(out.String(), "msg=request"))

	out.Reset()
	require.Len(t, due, 1)
	due[0]()
	require.Contains(t, out.String(), `msg="connection error" component=nats error=x times=99`)
	log.Warn("connection error")
	require.Equal(t, 1, strings.Count(out.String(), "connection error"))

	out.Reset()
	due[1]()
	require.Contains(t, out.String(), "times=1")
	due[2]()
	require.Empty(t, h.said.lines, "what does not come any more is forgotten")
	log.Warn("connection error")
	require.NotContains(t, out.String(), "times=0")
	require.Equal(t, 2, strings.Count(out.String(), "connection error"))
}
