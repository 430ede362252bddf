package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"go.opentelemetry.io/otel/trace"

	"accountd/http/rest"
)

// exchange is one request and what is known of its answer.
type exchange struct {
	http.ResponseWriter
	mount  *Mount
	info   rest.Info
	client netip.Addr
	span   trace.Span
	body   *body // nil when there is none
	pace   pace
	start  time.Time
	status int // 0 until the answer begins
	bytes  int64
}

// WriteHeader notes the status. An answer with a strong ETag stays as it is: compressed it would be other bytes, which
// RFC 9110 wants to have another tag.
func (x *exchange) WriteHeader(status int) {
	if len(x.Header()["Etag"]) > 0 {
		x.Header().Set(gzhttp.HeaderNoCompression, "1")
	}
	if x.status == 0 && status >= http.StatusOK {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes, before compression.
func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	n, err := x.ResponseWriter.Write(b)
	x.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// Headers that every answer has; a handler may set its own in their place. The slices are shared and never changed.
var (
	nosniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	noStore    = []string{"no-store"}
	noContent  = []string{"default-src 'none'; frame-ancestors 'none'"}
)

func (s *server) begin(w http.ResponseWriter, r *http.Request, m *Mount) *exchange {
	x := &exchange{ResponseWriter: w, mount: m, start: s.now(), client: clientOf(r, s.TrustedProxies)}
	x.info = rest.Info{ID: requestID(r.Header), Dialect: m.Dialect, TraceParent: traceParent(r.Header)}
	if x.client.IsValid() {
		x.info.Address = x.client.String()
	}
	h := w.Header()
	h["X-Request-Id"] = []string{x.info.ID}
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
	h["Cache-Control"] = noStore
	h["Content-Security-Policy"] = noContent
	return x
}

// end answers after a panic, and reports the exchange.
func (s *server) end(x *exchange, r *http.Request, panicked any) {
	abort := panicked == http.ErrAbortHandler //nolint:errorlint // that very value is what net/http compares, too
	if panicked != nil && !abort {
		err := fmt.Errorf("panic: %v", panicked)
		s.Logger.ErrorContext(r.Context(), "a handler panicked", "request", x.info.ID, "error", err, "stack",
			string(debug.Stack()))
		if abort = x.status != 0; !abort {
			x.mount.Problem(x, r, err)
		}
		x.info.Failure = err
	}
	if x.status == 0 {
		x.status = http.StatusOK
	}
	took := s.now().Sub(x.start)
	x.endSpan(r.Method)
	s.Metrics.Request(x.info.Dialect, x.info.Route, r.Method, x.status, took)
	s.report(x, r, took)
	if abort {
		panic(http.ErrAbortHandler) // the client must not take what it got for the whole answer
	}
}
