package pterodactyl

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTooManyRequests(t *testing.T) {
	s := start(t, Options{RateLimits: true})
	get := func(key string) *httptest.ResponseRecorder { return s.call(key, http.MethodGet, usersPath+"/2", "") }
	first := get("admin")
	require.Equal(t, "239", first.Header().Get("X-RateLimit-Remaining"))
	s.now = noon.Add(10500 * time.Millisecond)
	for range maxRequests - 2 {
		require.Equal(t, http.StatusOK, get("read").Code)
	}
	last := get("admin")
	require.Equal(t, http.StatusOK, last.Code)
	require.Equal(t, "0", last.Header().Get("X-RateLimit-Remaining"))
	require.Empty(t, last.Header().Get("Retry-After"))

	for _, key := range []string{"admin", "none"} {
		tooMany := get(key)
		require.Equal(t, http.StatusTooManyRequests, tooMany.Code)
		require.Equal(t, "240", tooMany.Header().Get("X-RateLimit-Limit"))
		require.Equal(t, "0", tooMany.Header().Get("X-RateLimit-Remaining"))
		require.Equal(t, "50", tooMany.Header().Get("Retry-After"))
		require.Equal(t, "1906545660", tooMany.Header().Get("X-RateLimit-Reset"), "a minute after the first")
		require.Equal(t, "application/json", tooMany.Header().Get("Content-Type"))
		require.Equal(t, `{
    "errors": [
        {
            "code": "ThrottleRequestsException",
            "status": "429",
            "detail": "Too Many Attempts."
        }
    ]
}`, tooMany.Body.String())
	}
	require.Equal(t, http.StatusUnauthorized, s.call("", http.MethodGet, usersPath, "").Code)
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodGet, usersPath, "{").Code)
	require.Equal(t, http.StatusForbidden, s.call("plain", http.MethodGet, usersPath, "").Code, "somebody else")

	s.now = noon.Add(windowTime)
	require.Equal(t, "239", get("admin").Header().Get("X-RateLimit-Remaining"))
}

func TestNoLimits(t *testing.T) {
	s := start(t, Options{})
	for range 2 * maxRequests {
		w := s.call("admin", http.MethodGet, usersPath+"/2", "")
		require.Equal(t, http.StatusOK, w.Code)
		require.Empty(t, w.Header().Get("X-RateLimit-Limit"))
	}
}
