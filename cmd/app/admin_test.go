package app

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhoGetsTheMetrics asks on the public address, on the loopback and beyond it, and on that of those who run the
// service.
func TestWhoGetsTheMetrics(t *testing.T) {
	const token = "metrics-token-of-the-test"
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte(token+"\n"), 0o600))
	c := testConfig(t)
	r := start(t, c)
	require.Equal(t, http.StatusOK, r.get("/metrics", "").StatusCode, "on the loopback")
	r.end()

	status := func(r *running, token string) int {
		t.Helper()
		return r.get("/metrics", token).StatusCode
	}
	c.HTTP, c.Admin.MetricsTokenFile = "0.0.0.0:0", file
	r = start(t, c)
	admin := c.admin(t)
	require.Equal(t, http.StatusUnauthorized, status(r, ""))
	require.Equal(t, http.StatusUnauthorized, status(r, "acct_"+strings.Repeat("x", 43)))
	require.Equal(t, http.StatusUnauthorized, status(r, token+"x"))
	require.Equal(t, http.StatusOK, status(r, token))
	require.Equal(t, http.StatusOK, status(r, admin.Token))
	_, body := r.call("POST", r.person(admin.Token)+"/api-keys", admin.Token, `{}`)
	require.Equal(t, http.StatusForbidden, status(r, tokenIn(t, body)), "of a user who is no super admin")
	require.Equal(t, http.StatusOK, r.get("/livez", "").StatusCode)
	require.Equal(t, http.StatusOK, r.get("/readyz", "").StatusCode)
	r.end()

	c.HTTP, c.Admin.HTTP, c.Admin.MetricsTokenFile = "127.0.0.1:0", "127.0.0.1:0", ""
	r = start(t, c)
	require.Equal(t, http.StatusUnauthorized, status(r, ""), "they have an address of their own")
	require.Equal(t, http.StatusOK, status(r, admin.Token))
	own := regexp.MustCompile(`listening for health and metrics" url=(\S+)`).FindStringSubmatch(r.log.String())
	require.Len(t, own, 2)
	for path, want := range map[string]int{"/metrics": 200, "/livez": 200, "/readyz": 200, "/": 404, "/v1/users": 404,
		"/openapi.json": 404} {
		answer, err := http.Get(own[1] + path)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, want, answer.StatusCode, path)
	}
}

func tokenIn(t *testing.T, body string) string {
	t.Helper()
	found := regexp.MustCompile(`acct_[A-Za-z0-9_-]{43}`).FindString(body)
	require.NotEmpty(t, found, body)
	return found
}

// TestMetricsTokensAreLong refuses a token that somebody could guess.
func TestMetricsTokensAreLong(t *testing.T) {
	c := testConfig(t)
	c.Admin.MetricsTokenFile = filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(c.Admin.MetricsTokenFile, []byte("short"), 0o600))
	_, err := tryStart(t, c)
	require.ErrorContains(t, err, "metrics-token-file: a token has 20 characters at least")
	require.NotContains(t, err.Error(), "short")
}
