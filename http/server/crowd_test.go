package server

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestHealthAnswersInACrowd holds as many connections as may be, and asks on two more.
func TestHealthAnswersInACrowd(t *testing.T) {
	f := newFixture(t, get("/d/x", text("hello")), nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	const limit = 4
	s := HTTP(f.handler, slog.New(slog.DiscardHandler))
	go func() { _ = s.Serve(Crowded(listener, limit)) }()
	t.Cleanup(func() { _ = s.Close() })
	url := "http://" + listener.Addr().String()
	ask := func(path string) (int, string) {
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(url + path)
		require.NoError(t, err)
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, answer.Header.Get("Retry-After")
	}
	var held []net.Conn
	for range limit {
		c, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(c, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1))
		require.NoError(t, err)
		held = append(held, c)
	}
	for range 3 * reserved { // each leaves its place to the next
		status, _ := ask("/livez")
		require.Equal(t, http.StatusOK, status)
	}
	status, retry := ask("/d/x")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.NotEmpty(t, retry)
	for _, c := range held {
		require.NoError(t, c.Close())
	}
	require.Eventually(t, func() bool { status, _ := ask("/d/x"); return status == http.StatusOK }, time.Minute,
		time.Millisecond)
}
