package tracing_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"accountd/events/tracing"
)

const came = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// recorder returns a tracer and what keeps its spans.
func recorder() (trace.Tracer, *tracetest.InMemoryExporter) {
	kept := tracetest.NewInMemoryExporter()
	return sdk.NewTracerProvider(sdk.WithSyncer(kept),
		sdk.WithSampler(sdk.ParentBased(sdk.AlwaysSample()))).Tracer(tracing.Scope), kept
}

func TestATraceGoesOn(t *testing.T) {
	tracer, kept := recorder()
	ctx, whole := tracing.Follow(t.Context(), tracer, trace.SpanKindServer, "whole", came)
	_, part := tracing.Start(ctx, "part")
	next := tracing.Parent(part, came)
	part.End()
	whole.End()
	_, later := tracing.Follow(t.Context(), tracer, trace.SpanKindClient, "later", next)
	later.End()

	spans := kept.GetSpans()
	require.Len(t, spans, 3)
	for _, s := range spans {
		require.Equal(t, tracing.TraceID(came), s.SpanContext.TraceID().String())
	}
	require.Equal(t, "b7ad6b7169203331", spans[1].Parent.SpanID().String())
	require.True(t, spans[1].Parent.IsRemote())
	require.Equal(t, spans[1].SpanContext.SpanID(), spans[0].Parent.SpanID())
	require.Equal(t, spans[0].SpanContext.SpanID(), spans[2].Parent.SpanID())
}

func TestNothingIsRecorded(t *testing.T) {
	for name, begin := range map[string]func(context.Context) (context.Context, trace.Span){
		"no tracer": func(ctx context.Context) (context.Context, trace.Span) {
			return tracing.Follow(ctx, nil, trace.SpanKindServer, "whole", came)
		},
		"not sampled": func(ctx context.Context) (context.Context, trace.Span) {
			tracer, kept := recorder()
			t.Cleanup(func() { require.Empty(t, kept.GetSpans()) })
			return tracing.Follow(ctx, tracer, trace.SpanKindServer, "whole", came[:53]+"00")
		},
		"nothing in the context": func(ctx context.Context) (context.Context,
			trace.Span) {
			return tracing.Start(ctx, "part")
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, whole := begin(t.Context())
			same, part := tracing.Start(ctx, "part")
			require.Equal(t, ctx, same)
			require.Equal(t, came, tracing.Parent(part, came), "it is given on as it came")
			require.Empty(t, tracing.Parent(whole, ""))
			part.End()
			whole.End()
		})
	}
}

func TestWhatIsNoTraceParent(t *testing.T) {
	for _, text := range []string{"", "00-1", came[1:], came + "-x", "00-" + came, came[:53] + "zz",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"} {
		tracer, kept := recorder()
		_, span := tracing.Follow(t.Context(), tracer, trace.SpanKindServer, "whole", text)
		span.End()
		require.Len(t, kept.GetSpans(), 1, text)
		require.False(t, kept.GetSpans()[0].Parent.IsValid(), "%q begins a new trace", text)
	}
}

func BenchmarkOff(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, span := tracing.Start(b.Context(), "part")
		span.End()
	}
}
