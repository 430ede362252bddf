package server

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"accountd/events/tracing"
	"accountd/http/rest"
)

const came = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// traced is a fixture whose spans are kept; its dialect answers with the traceparent for what comes of the request.
func traced(t *testing.T) (*fixture, *tracetest.InMemoryExporter) {
	kept := tracetest.NewInMemoryExporter()
	f := newFixture(t, get("/d/:name", func(w http.ResponseWriter, r *http.Request) error {
		switch rest.Param(r, "name") {
		case "fails":
			return errors.New("secret")
		case "panics":
			panic("secret")
		}
		return text(rest.InfoOf(r.Context()).TraceParent)(w, r)
	}), func(o *Options) { o.Tracer = sdk.NewTracerProvider(sdk.WithSyncer(kept)).Tracer(tracing.Scope) })
	return f, kept
}

func TestSpanOfARequest(t *testing.T) {
	f, kept := traced(t)
	parent := f.do("GET", "/d/secret?password=secret", "Traceparent", came, "X-Request-Id", "r-1", "Authorization",
		"secret").Body.String()
	span := kept.GetSpans()[0]
	require.Equal(t, "GET /d/:name", span.Name)
	require.Equal(t, "00-"+span.SpanContext.TraceID().String()+"-"+span.SpanContext.SpanID().String()+"-01", parent)
	require.Equal(t, "b7ad6b7169203331", span.Parent.SpanID().String())
	require.Equal(t, tracing.TraceID(came), span.SpanContext.TraceID().String())
	require.Equal(t, tracing.TraceID(came), f.line(t)["trace_id"])
	said := map[string]string{}
	for _, a := range span.Attributes {
		said[string(a.Key)] = a.Value.String()
	}
	require.Equal(t, map[string]string{"http.request.method": "GET", "http.route": "/d/:name",
		"http.response.status_code": "200", "accountd.dialect": "dialect", "accountd.request": "r-1"}, said)
}

func TestSpanOfAFailure(t *testing.T) {
	f, kept := traced(t)
	f.do("GET", "/d/fails")
	f.do("GET", "/d/panics")
	f.do("SECRET", "/d/secret")
	spans := kept.GetSpans()
	require.Len(t, spans, 3)
	require.Equal(t, codes.Error, spans[0].Status.Code)
	require.Equal(t, codes.Error, spans[1].Status.Code)
	require.Equal(t, "other -", spans[2].Name)
	for _, s := range spans {
		require.Empty(t, s.Status.Description)
		require.Empty(t, s.Events)
	}
}

func TestMalformedTraceParentIsIgnored(t *testing.T) {
	f, kept := traced(t)
	f.do("GET", "/d/x", "Traceparent", came+"-more")
	require.False(t, kept.GetSpans()[0].Parent.IsValid())
	require.Equal(t, kept.GetSpans()[0].SpanContext.TraceID().String(), f.line(t)["trace_id"])
}

func TestProbesAreNoSpans(t *testing.T) {
	f, kept := traced(t)
	f.do("GET", "/livez")
	f.do("GET", "/metrics")
	require.Empty(t, kept.GetSpans())
}

func TestWithoutATracerATraceIsGivenOn(t *testing.T) {
	f := newFixture(t, get("/d/x", func(w http.ResponseWriter, r *http.Request) error {
		return text(rest.InfoOf(r.Context()).TraceParent)(w, r)
	}), nil)
	require.Equal(t, came, f.do("GET", "/d/x", "Traceparent", came).Body.String())
	require.Equal(t, tracing.TraceID(came), f.line(t)["trace_id"])
	require.Empty(t, f.do("GET", "/d/x").Body.String())
	require.NotContains(t, f.line(t), "trace_id")
}
