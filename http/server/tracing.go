package server

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"accountd/events/tracing"
	"accountd/http/server/metrics"
)

// beginSpan begins the span of a dialect's call, and makes it the parent of what comes of the call.
func (s *server) beginSpan(ctx context.Context, x *exchange) context.Context {
	tracer := s.Tracer
	if x.mount == &s.rest {
		tracer = nil // probes and scrapers
	}
	ctx, x.span = tracing.Follow(ctx, tracer, trace.SpanKindServer, "request", x.info.TraceParent)
	x.info.TraceParent = tracing.Parent(x.span, x.info.TraceParent)
	return ctx
}

// endSpan names the span by its route, which is known by now, and ends it.
func (x *exchange) endSpan(method string) {
	if !x.span.IsRecording() {
		return
	}
	method = metrics.Method(method)
	x.span.SetName(method + " " + orDash(x.info.Route))
	x.span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", x.info.Route),
		attribute.Int("http.response.status_code", x.status), attribute.String("accountd.dialect", x.info.Dialect),
		attribute.String("accountd.request", x.info.ID))
	if x.status >= http.StatusInternalServerError {
		x.span.SetStatus(codes.Error, "")
	}
	x.span.End()
}
