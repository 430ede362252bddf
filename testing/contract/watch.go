package contract

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Watch returns the handler, every exchange with which must be as the document describes it. Only tests watch:
// benchmarks measure, and in a fuzz target an exchange is no test's.
func Watch(t testing.TB, document any, rules Rules, h http.Handler) http.Handler {
	t.Helper()
	if _, ok := t.(*testing.T); !ok {
		return h
	}
	c, err := New(document)
	require.NoError(t, err)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.Clone(r.Context())
		var sent bytes.Buffer
		if r.Body != nil {
			r.Body = io.NopCloser(io.TeeReader(r.Body, &sent))
		}
		seen := &witness{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(seen, r)
		x := Exchange{Request: asked, Sent: sent.Bytes(), Status: seen.status, Header: w.Header().Clone(),
			Got: seen.got.Bytes()}
		assert.NoError(t, c.Check(x, rules), "%s %s\n%s\nanswered %d %s", asked.Method, asked.URL, sent.String(),
			seen.status, seen.got.String())
	})
}

// witness remembers what is answered.
type witness struct {
	http.ResponseWriter
	status int
	got    bytes.Buffer
}

// Unwrap lets http.ResponseController find what the answer is written to.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *witness) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *witness) Write(b []byte) (int, error) {
	w.got.Write(b)
	return w.ResponseWriter.Write(b)
}
