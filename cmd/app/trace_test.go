package app

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"accountd/testing/mailbox"
)

// collected is a collector of traces that takes OTLP over HTTP.
type collected struct {
	*httptest.Server
	mu    sync.Mutex
	spans []*otlp.Span
}

func collect(t *testing.T) *collected {
	c := &collected{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil || r.URL.Path != "/v1/traces" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, of := range sent.ResourceSpans {
			for _, scope := range of.ScopeSpans {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// named returns the spans of that name.
func (c *collected) named(name string) (out []*otlp.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if s.Name == name {
			out = append(out, s)
		}
	}
	return out
}

// part returns the span of that name that is part of another.
func (c *collected) part(t *testing.T, whole *otlp.Span, name string) *otlp.Span {
	t.Helper()
	for _, s := range c.named(name) {
		if bytes.Equal(s.TraceId, whole.TraceId) && bytes.Equal(s.ParentSpanId, whole.SpanId) {
			return s
		}
	}
	require.FailNow(t, "no "+name+" is part of "+whole.Name)
	return nil
}

// parentOf returns the traceparent that a span gives on.
func parentOf(s *otlp.Span) string {
	return "00-" + hex.EncodeToString(s.TraceId) + "-" + hex.EncodeToString(s.SpanId) + "-01"
}

func (c *collected) config(t *testing.T) Config {
	config := testConfig(t)
	config.TraceEndpoint = c.URL
	return config
}

// traceParents returns those of the newest events, by type.
func (r *running) traceParents(c Config) map[string]string {
	r.t.Helper()
	_, lines := r.call("GET", "/v1/events", c.admin(r.t).Token, "")
	out := map[string]string{}
	for line := range strings.Lines(lines) {
		var event struct{ Type, TraceParent string }
		require.NoError(r.t, json.Unmarshal([]byte(line), &event))
		out[event.Type] = event.TraceParent
	}
	return out
}

// TestTraceOfARequest goes from the request to the append, and from the event to the webhook and the mail.
func TestTraceOfARequest(t *testing.T) {
	traces, box, hooked := collect(t), mailbox.Start(t, mailbox.Options{}), make(chan string, 1)
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter,
		r *http.Request) {
		hooked <- r.Header.Get("Traceparent")
	}))
	defer sink.Close()
	c := traces.config(t)
	c.WebhookPrivate = true
	c.Mail.Server, c.Mail.TLS, c.Mail.From = box.Addr, "none", "no-reply@example.org"
	r := start(t, c)
	require.Equal(t, http.StatusCreated, r.post("/v1/webhooks", c.admin(t).Token, `{"url":"`+sink.URL+
		`","types":["UserCreated"]}`, nil).StatusCode)
	r.createAnn(c)
	box.Next()
	sent := <-hooked
	parent := r.traceParents(c)["UserCreated.v1"]
	r.end() // sends what is left

	request := traces.named("POST /api/application/users")[0]
	require.Empty(t, request.ParentSpanId)
	command := traces.part(t, request, "command")
	traces.part(t, command, "append")
	require.Equal(t, parentOf(command), parent, "what comes of the event is part of the command")
	require.Equal(t, parentOf(traces.part(t, command, "webhook")), sent)
	traces.part(t, command, "mail")
	require.Contains(t, r.log.String(), "trace_id="+hex.EncodeToString(request.TraceId))
}

// TestTracesTellOfNobody looks for everything that a person or a client sent in all that leaves the service.
func TestTracesTellOfNobody(t *testing.T) {
	const mark = "zzmarked"
	traces := collect(t)
	c := traces.config(t)
	r := start(t, c)
	token := c.admin(t).Token
	status, body := r.call("POST", "/v1/users", token, `{"email":"`+mark+`@example.org","username":"`+mark+
		`","first_name":"`+mark+`","phone":"+1`+mark+
		`","external_id":"`+mark+`","comment":"`+mark+`","password":"`+mark+`"}`)
	require.Equal(t, http.StatusCreated, status, body)
	for _, path := range []string{"/v1/users?q=" + mark, "/v1/users/" + mark, "/v1/" + mark,
		"/v1/events?limit=1&after=" + mark} {
		r.call("GET", path, token, "")
	}
	r.call("POST", "/v1/users", token, `{"email":"`+mark+`@example.org"}`)
	r.call("POST", "/v1/users", token, `{"email":"`+mark+`"`)
	r.call("GET", "/v1/users", token+mark, "")
	r.call("POST", "/api/accounts/login/", "", `{"username":"`+mark+`","password":"`+mark+`"}`)
	r.end()
	require.NotEmpty(t, traces.named("POST /v1/users"))
	require.NotEmpty(t, traces.named("password queue"))
	for _, s := range traces.spans {
		require.NotContains(t, strings.ToLower(s.String()), mark)
		require.NotContains(t, s.String(), token)
		require.NotContains(t, s.String(), "127.0.0.1")
	}
}

// TestDeadCollector has a collector that takes connections and never says anything, and room for few spans.
func TestDeadCollector(t *testing.T) {
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "4")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2")
	t.Setenv("OTEL_BSP_EXPORT_TIMEOUT", "100")
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dead.Close()) })
	c := testConfig(t)
	c.TraceEndpoint = "http://" + dead.Addr().String()
	r := start(t, c)
	for n := range 40 {
		status, body := r.call("POST", "/v1/groups", c.admin(t).Token, fmt.Sprintf(`{"name":"group%d"}`, n))
		require.Equal(t, http.StatusCreated, status, body)
	}
	r.end()
	require.Contains(t, r.log.String(), "traces were not sent")
}

func TestWithoutTracesTheClientsIsGivenOn(t *testing.T) {
	const came = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	c := testConfig(t)
	r := start(t, c)
	q, err := http.NewRequest(http.MethodPost, r.url+"/v1/users", strings.NewReader(`{"email":"ada@example.org"}`))
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+c.admin(t).Token)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Traceparent", came)
	answer, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, came, r.traceParents(c)["UserCreated.v1"])
}
