package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/http/server/metrics"
)

// fixture is a server with one dialect under /d, whose problems are "<status> <reason>".
type fixture struct {
	*server
	handler http.Handler
	logged  *bytes.Buffer
}

func problem(w http.ResponseWriter, r *http.Request, err error) {
	f := rest.FaultOf(err)
	w.WriteHeader(f.Head(w, r, err))
	_, _ = io.WriteString(w, f.Reason)
}

func newFixture(t *testing.T, routes []rest.Route, change func(*Options)) *fixture {
	t.Helper()
	logged := &bytes.Buffer{}
	o := Options{
		Mounts: []Mount{{Prefix: "/d", Dialect: "dialect", Handler: rest.NewMux(routes, problem),
			Problem: problem}},
		Problem:    problem,
		Gate:       &Gate{},
		Metrics:    metrics.New(metrics.Build{}),
		Logger:     slog.New(slog.NewJSONHandler(logged, nil)),
		RateLimits: true,
	}
	o.Gate.Open()
	if change != nil {
		change(&o)
	}
	s := newServer(o)
	return &fixture{server: s, handler: compress(s), logged: logged}
}

func (f *fixture) do(method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

// line returns the newest log line.
func (f *fixture) line(t *testing.T) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(f.logged.String()), "\n")
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	return line
}

func get(path string, h rest.Handler) []rest.Route {
	return []rest.Route{{Method: http.MethodGet, Path: path, Handle: h}}
}

func text(s string) rest.Handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestGate(t *testing.T) {
	position := uint64(10)
	f := newFixture(t, get("/d/x", text("hello")), func(o *Options) { o.Gate = &Gate{} })

	starting := f.do("GET", "/d/x")
	require.Equal(t, http.StatusServiceUnavailable, starting.Code)
	require.Equal(t, "not_ready", starting.Body.String())
	require.Equal(t, "2", starting.Header().Get("Retry-After"))
	require.Equal(t, http.StatusServiceUnavailable, f.do("GET", "/readyz").Code)
	require.Equal(t, http.StatusOK, f.do("GET", "/livez").Code)

	f.Gate.Replaying(func() (uint64, uint64) { return position, 40 })
	position = 20
	ready := f.do("GET", "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, ready.Code)
	require.Contains(t, ready.Body.String(), "[-]replay: 50 %, about ", "how long the log is is nobody's business")
	own := httptest.NewRecorder()
	Admin(f.Options).ServeHTTP(own, httptest.NewRequest("GET", "/readyz", nil))
	require.Contains(t, own.Body.String(), "position 20 of 40, 50 %, about ")

	f.Gate.Open()
	require.Equal(t, "hello", f.do("GET", "/d/x").Body.String())
	require.Equal(t, "ok\n", f.do("GET", "/readyz").Body.String())
	require.Equal(t, "[+]accepting ok\n[+]replay ok\nready\n", f.do("GET", "/readyz?verbose").Body.String())

	draining := f.Gate.Draining()
	require.False(t, closed(draining))
	f.Gate.Drain()
	f.Gate.Drain()
	<-draining
	<-f.Gate.Draining()
	f.Gate.Open() // a late start does not undo a shutdown
	require.Equal(t, "shutting_down", f.do("GET", "/d/x").Body.String())
	require.Equal(t, http.StatusServiceUnavailable, f.do("GET", "/readyz").Code)
	require.Equal(t, http.StatusOK, f.do("GET", "/livez").Code)
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestCheckDecidesReadiness(t *testing.T) {
	f := newFixture(t, nil, func(o *Options) {
		o.Checks = []Check{{Name: "engine", Run: func() error { return errors.New("gone") }}}
	})
	w := f.do("GET", "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Contains(t, w.Body.String(), "[-]engine: gone\n")
}

func TestPanic(t *testing.T) {
	f := newFixture(t, get("/d/:x", func(http.ResponseWriter, *http.Request) error { panic("secret sauce") }), nil)
	w := f.do("GET", "/d/x")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, "internal_error", w.Body.String())
	require.Contains(t, f.logged.String(), "server_test.go", "the stack is logged")
	line := f.line(t)
	require.Equal(t, "panic: secret sauce", line["error"])
	require.EqualValues(t, 500, line["status"])
}

func TestPanicInTheMiddle(t *testing.T) {
	for name, value := range map[string]any{"abort": http.ErrAbortHandler, "panic": "oh"} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, get("/d/x", func(w http.ResponseWriter, r *http.Request) error {
				_, _ = io.WriteString(w, "half")
				_ = http.NewResponseController(w).Flush()
				panic(value)
			}), nil)
			s := httptest.NewServer(f.handler)
			defer s.Close()
			answer, err := s.Client().Get(s.URL + "/d/x")
			require.NoError(t, err)
			defer answer.Body.Close()
			_, err = io.ReadAll(answer.Body)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "the client sees that there should be more")
			s.Close()
			require.Equal(t, "/d/x", f.line(t)["route"])
		})
	}
}

func TestOutsideEveryPrefix(t *testing.T) {
	f := newFixture(t, get("/d/x", text("hello")), nil)
	for path, status := range map[string]int{"/": 404, "/da/x": 404, "/nothing": 404, "/d": 404, "/d/x": 200} {
		require.Equal(t, status, f.do("GET", path).Code, path)
	}
	require.Equal(t, http.StatusMethodNotAllowed, f.do("POST", "/livez").Code)
	require.Equal(t, http.StatusNotFound, f.do("OPTIONS", "*").Code)
}

func TestLongerPrefixCounts(t *testing.T) {
	f := newFixture(t, get("/d/x", text("hello")), func(o *Options) {
		o.Mounts = append(o.Mounts, Mount{Prefix: "/d/own", Dialect: "own", Problem: problem,
			Handler: rest.NewMux(get("/d/own", text("own")), problem)})
	})
	require.Equal(t, "own", f.do("GET", "/d/own").Body.String())
	require.Equal(t, "own", f.line(t)["dialect"])
	require.Equal(t, "hello", f.do("GET", "/d/x").Body.String())
}

func TestHeaders(t *testing.T) {
	f := newFixture(t, get("/d/x", text("hello")), nil)
	h := f.do("GET", "/d/x").Header()
	require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
	require.Equal(t, "no-store", h.Get("Cache-Control"))
	require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'")
}

func TestGzip(t *testing.T) {
	long := strings.Repeat("account ", 1000)
	f := newFixture(t, []rest.Route{
		{Method: "GET", Path: "/d/long", Handle: text(long)}, {Method: "HEAD", Path: "/d/long", Handle: text(long)},
		{Method: "GET", Path: "/d/short", Handle: text("short")},
		{Method: "GET", Path: "/d/tagged", Handle: func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("ETag", `"1"`)
			return text(long)(w, r)
		}},
		{Method: "GET", Path: "/d/none", Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}},
		{Method: "GET", Path: "/d/same", Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}},
	}, nil)
	s := httptest.NewServer(f.handler)
	defer s.Close()
	fetch := func(method, path, accept string) (*http.Response, string) {
		r, err := http.NewRequest(method, s.URL+path, nil)
		require.NoError(t, err)
		r.Header.Set("Accept-Encoding", accept)
		answer, err := s.Client().Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer, string(body)
	}

	answer, body := fetch("GET", "/d/long", "gzip")
	require.Equal(t, "gzip", answer.Header.Get("Content-Encoding"))
	require.Less(t, len(body), len(long)/10)
	require.Equal(t, "Accept-Encoding", answer.Header.Get("Vary"))
	answer, body = fetch("GET", "/d/long", "identity")
	require.Empty(t, answer.Header.Get("Content-Encoding"))
	require.Equal(t, long, body)
	answer, body = fetch("GET", "/d/short", "gzip")
	require.EqualValues(t, len("short"), answer.ContentLength)
	require.Equal(t, "short", body)
	answer, body = fetch("GET", "/d/tagged", "gzip")
	require.Empty(t, answer.Header.Get("Content-Encoding"), "a strong tag names these very bytes")
	require.Empty(t, answer.Header.Get("No-Gzip-Compression"))
	require.Equal(t, long, body)
	answer, body = fetch("HEAD", "/d/long", "gzip")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Empty(t, body)
	for path, status := range map[string]int{"/d/none": http.StatusNoContent, "/d/same": http.StatusNotModified} {
		answer, body = fetch("GET", path, "gzip")
		require.Equal(t, status, answer.StatusCode)
		require.Empty(t, body)
		require.Empty(t, answer.Header.Get("Content-Encoding"))
	}
}

// TestOnlyWhatFailsIsLimited has an address fail until it must wait: from then on its failures are told to wait, in the
// dialect's shape and without what the dialect said, and whoever is known there is answered.
func TestOnlyWhatFailsIsLimited(t *testing.T) {
	now := time.Now()
	refuse := get("/d/x", func(w http.ResponseWriter, r *http.Request) error {
		switch r.Header.Get("Authorization") {
		case "right":
			return text("hello")(w, r)
		case "not allowed":
			return rest.RequestError{Status: http.StatusForbidden, Reason: "not_allowed"}
		case "no 401":
			rest.InfoOf(r.Context()).Unauthenticated = true
			return rest.RequestError{Status: http.StatusForbidden, Reason: "unknown"}
		}
		w.Header().Set("WWW-Authenticate", "Bearer")
		return rest.RequestError{Status: http.StatusUnauthorized, Reason: "unknown"}
	})
	f := newFixture(t, refuse, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	f.now = func() time.Time { return now }
	for i := range failuresAtOnce {
		if i%2 == 0 {
			require.Equal(t, http.StatusUnauthorized, f.do("GET", "/d/x").Code)
		} else {
			require.Equal(t, http.StatusForbidden, f.do("GET", "/d/x", "Authorization", "no 401").Code)
		}
	}
	for _, wrong := range []string{"", "no 401"} {
		w := f.do("GET", "/d/x", "Authorization", wrong)
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		require.Equal(t, "too_many_failures", w.Body.String())
		require.Equal(t, "1", w.Header().Get("Retry-After"))
		require.Empty(t, w.Header().Get("WWW-Authenticate"))
		require.NotEmpty(t, w.Header().Get("X-Request-Id"))
	}
	require.Equal(t, "hello", f.do("GET", "/d/x", "Authorization", "right").Body.String(),
		"whoever is known there goes on")
	require.Equal(t, "not_allowed", f.do("GET", "/d/x", "Authorization", "not allowed").Body.String())
	require.Equal(t, http.StatusUnauthorized, f.do("GET", "/d/x", "X-Forwarded-For", "198.51.100.1").Code,
		"somebody else")
	now = now.Add(time.Second)
	require.Equal(t, http.StatusUnauthorized, f.do("GET", "/d/x").Code, "ten a second")
}

func TestLimitsOff(t *testing.T) {
	f := newFixture(t, get("/d/x", func(http.ResponseWriter, *http.Request) error {
		return rest.RequestError{Status: http.StatusUnauthorized}
	}), func(o *Options) { o.RateLimits = false })
	for range 2 * failuresAtOnce {
		require.Equal(t, http.StatusUnauthorized, f.do("GET", "/d/x").Code)
	}
}

func TestFailuresAreBounded(t *testing.T) {
	f, now := newFailures(), time.Now()
	addr := netip.MustParseAddr("10.0.0.0")
	for range maxClients + 100 {
		f.note(addr, now)
		addr = addr.Next()
	}
	require.Len(t, f.clients, maxClients)
	f.note(addr, now.Add(time.Hour))
	require.Len(t, f.clients, 1, "who failed long ago is forgotten")
	f.note(netip.MustParseAddr("2001:db8::1"), now.Add(time.Hour))
	f.note(netip.MustParseAddr("2001:db8::ffff:1"), now.Add(time.Hour))
	require.Len(t, f.clients, 2, "a network of 64 bits is one client")
}

func TestNoSecretIsLogged(t *testing.T) {
	const secret = "hunter2hunter2"
	f := newFixture(t, []rest.Route{{Method: "POST", Path: "/d/:id",
		Handle: func(w http.ResponseWriter, r *http.Request) error {
			rest.Identify(r, commands.Actor{Credential: "api-key:1"})
			if _, err := rest.ReadBody(w, r); err != nil {
				return err
			}
			return rest.BadRequest("bad", "", "no")
		}}}, func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil)) })
	f.Logger = slog.New(slog.NewJSONHandler(f.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := httptest.NewRequest("POST", "/d/1?password="+secret+"&token="+secret,
		strings.NewReader(`{"password":"`+secret+`"}`))
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Cookie", "session="+secret)
	r.Header.Set("ES-API-KEY", secret)
	r.SetBasicAuth("admin", secret)
	f.handler.ServeHTTP(httptest.NewRecorder(), r)
	f.do("GET", "/nowhere/"+secret+"?"+secret)
	f.do("GET", "/d/"+secret, "Authorization", secret)
	require.Contains(t, f.logged.String(), "api-key:1")
	require.NotContains(t, f.logged.String(), secret)
	w := f.do("GET", "/metrics")
	require.NotContains(t, w.Body.String(), secret)
}

func TestLogLine(t *testing.T) {
	f := newFixture(t, get("/d/:id", func(w http.ResponseWriter, r *http.Request) error {
		rest.Identify(r, commands.Actor{Credential: "api-key:1"})
		if rest.Param(r, "id") == "fails" {
			return errors.New("the disk is full")
		}
		return text("hello")(w, r)
	}), nil)
	f.do("GET", "/d/7", "X-Request-Id", "mine")
	line := f.line(t)
	require.Equal(t, "INFO", line["level"])
	require.Equal(t, "GET", line["method"])
	require.Equal(t, "/d/:id", line["route"])
	require.Equal(t, "dialect", line["dialect"])
	require.Equal(t, "mine", line["request"])
	require.Equal(t, "api-key:1", line["credential"])
	require.EqualValues(t, 200, line["status"])
	require.EqualValues(t, 5, line["bytes"])
	f.do("GET", "/d/fails")
	line = f.line(t)
	require.Equal(t, "ERROR", line["level"])
	require.Equal(t, "the disk is full", line["error"])
}

func TestMetrics(t *testing.T) {
	f := newFixture(t, get("/d/:id", text("hello")), nil)
	f.do("GET", "/d/7")
	f.do("GET", "/d/8")
	f.do("BREW", "/d/8")
	f.Metrics.Appended(3, 5, time.Millisecond)
	f.Metrics.Mail("account_created", "sent")
	f.Metrics.Webhook("gone", time.Second)
	body := f.do("GET", "/metrics").Body.String()
	require.Contains(t, body, `accountd_http_requests_total{code="200",dialect="dialect",method="GET",route="/d/:id"} 2`)
	require.Contains(t, body, `accountd_http_requests_total{code="405",dialect="dialect",method="other",route=""} 1`)
	require.Contains(t, body, `accountd_http_request_duration_seconds_count{dialect="dialect",method="GET",route="/d/:id"} 2`)
	require.Contains(t, body, `accountd_appended_events_total 5`)
	require.Contains(t, body, `accountd_build_info{`)
	require.Contains(t, body, `accountd_mails_total{mail="account_created",outcome="sent"} 1`)
	require.Contains(t, body, `accountd_webhook_attempts_total{outcome="gone"} 1`)
	require.Contains(t, body, `accountd_webhook_attempt_duration_seconds_sum 1`)
	require.Contains(t, body, `go_goroutines `)
}

func BenchmarkServe(b *testing.B) {
	s := newServer(Options{
		Mounts: []Mount{{Prefix: "/d", Dialect: "dialect", Handler: rest.NewMux(get("/d/:id", text("hello")), problem),
			Problem: problem}},
		Problem: problem, Gate: &Gate{}, Metrics: metrics.New(metrics.Build{}), RateLimits: true,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	s.Gate.Open()
	h := compress(s)
	r := httptest.NewRequest("GET", "/d/7", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
