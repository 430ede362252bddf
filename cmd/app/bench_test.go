package app

import (
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkGet reads one user over HTTP; client and server share the processors.
func BenchmarkGet(b *testing.B) {
	c := testConfig(b)
	c.LogLevel = slog.LevelInfo
	start(b, c)
	admin := c.admin(b)
	r, err := http.NewRequest(http.MethodGet, admin.BaseURL+"/v1/users/"+admin.UserID, nil)
	require.NoError(b, err)
	r.Header.Set("Authorization", "Bearer "+admin.Token)
	b.ReportAllocs()
	for b.Loop() {
		answer, err := http.DefaultClient.Do(r)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(b, err)
		answer.Body.Close()
	}
}
