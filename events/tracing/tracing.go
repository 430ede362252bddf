package tracing

import (
	"context"
	"encoding/hex"

	"go.opentelemetry.io/otel/trace"
)

// Scope is what the spans' instrumentation is called.
const Scope = "accountd"

// Start begins a span that is part of the one in ctx. Where that is not recorded, there is nothing to end, and ending
// it does nothing.
func Start(ctx context.Context, name string, o ...trace.SpanStartOption) (context.Context, trace.Span) {
	whole := trace.SpanFromContext(ctx)
	if !whole.IsRecording() {
		return ctx, whole
	}
	return whole.TracerProvider().Tracer(Scope).Start(ctx, name, o...)
}

// Follow begins a span that goes on with the trace of a W3C traceparent, or a new trace where it is empty. With a nil
// Tracer it does nothing.
func Follow(ctx context.Context, t trace.Tracer, kind trace.SpanKind, name, parent string) (context.Context,
	trace.Span) {
	if t == nil {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return t.Start(remote(ctx, parent), name, trace.WithSpanKind(kind))
}

// remote returns a context whose spans have that parent, ctx itself for a text that is no traceparent.
func remote(ctx context.Context, parent string) context.Context {
	if len(parent) != len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") {
		return ctx
	}
	traceID, err := trace.TraceIDFromHex(TraceID(parent))
	if err != nil {
		return ctx
	}
	spanID, err := trace.SpanIDFromHex(parent[36:52])
	if err != nil {
		return ctx
	}
	flags, err := hex.DecodeString(parent[53:])
	if err != nil {
		return ctx
	}
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: traceID, SpanID: spanID, TraceFlags: trace.TraceFlags(flags[0]), Remote: true}))
}

// Parent returns the traceparent for what comes of a span: the span's own, or, where that is not recorded, the one that
// came.
func Parent(s trace.Span, came string) string {
	if !s.IsRecording() {
		return came
	}
	c := s.SpanContext()
	return "00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-" + c.TraceFlags().String()
}

// TraceID returns the trace that a traceparent is of, empty for an empty one.
func TraceID(parent string) string {
	if len(parent) < 35 {
		return ""
	}
	return parent[3:35]
}
