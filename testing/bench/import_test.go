package bench

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkImport imports 100,000 users over HTTP, each durable before its answer, and exports them.
func BenchmarkImport(b *testing.B) {
	lines := 100_000
	if testing.Short() {
		lines = 1_000
	}
	for b.Loop() {
		h, token := synced(b)
		url, client := server(b, h)
		began := time.Now()
		require.Equal(b, lines, count(b, client, token, http.MethodPost, url+"/v1/users:import", users(lines)))
		b.ReportMetric(float64(lines)/time.Since(began).Seconds(), "imported/s")
		began = time.Now()
		require.Equal(b, lines+1, count(b, client, token, http.MethodGet, url+"/v1/users:export", nil))
		b.ReportMetric(float64(lines)/time.Since(began).Seconds(), "exported/s")
	}
}

// users returns so many lines to import.
func users(lines int) io.Reader {
	body, in := io.Pipe()
	go func() {
		out := bufio.NewWriterSize(in, 1<<16)
		for i := range lines {
			fmt.Fprintf(out, `{"email":"user%d@example.org","first_name":"Ada","last_name":"Lovelace","phone":"+48 600 %06d"}`+"\n", i, i)
		}
		_ = in.CloseWithError(out.Flush())
	}()
	return body
}

// count returns how many lines the answer has.
func count(b *testing.B, client *http.Client, token, method, url string, body io.Reader) (n int) {
	b.Helper()
	r, err := http.NewRequest(method, url, body)
	require.NoError(b, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := client.Do(r)
	require.NoError(b, err)
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); n++ {
	}
	return n
}
