package committer_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events/tracing"
	"accountd/testing/testlog"
)

// recorded returns a context in which spans are kept.
func recorded(t *testing.T) (context.Context, *tracetest.InMemoryExporter) {
	kept := tracetest.NewInMemoryExporter()
	ctx, whole := tracing.Follow(t.Context(), sdk.NewTracerProvider(sdk.WithSyncer(kept)).Tracer(tracing.Scope),
		trace.SpanKindServer, "whole", "")
	t.Cleanup(func() { whole.End() })
	return ctx, kept
}

// said returns the attributes of a span, without the prefix that all of them have.
func said(s tracetest.SpanStub) map[string]string {
	out := map[string]string{}
	for _, a := range s.Attributes {
		out[string(a.Key[len("accountd."):])] = a.Value.String()
	}
	return out
}

func TestSpansOfACommand(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log, committer.Options{})
	administrator(t, i)
	ctx, kept := recorded(t)
	_, err := i.handler.Do(ctx, commands.Actor{User: adminID, TraceParent: "00-1", Permissions: commands.Whole()},
		create("jan"))
	require.NoError(t, err)
	spans := kept.GetSpans()
	require.Len(t, spans, 2)
	appended, command := spans[0], spans[1]
	require.Equal(t, "append", appended.Name)
	require.Equal(t, map[string]string{"group": "1", "events": "1", "sequence": "2"}, said(appended))
	require.Equal(t, command.SpanContext.SpanID(), appended.Parent.SpanID())
	require.Equal(t, "command", command.Name)
	require.Equal(t, map[string]string{"command": "CreateUser", "outcome": "done", "conflicts": "0", "sequence": "2"},
		said(command))
	require.Equal(t, trace.SpanContextFromContext(ctx).SpanID(), command.Parent.SpanID())

	records, err := env.Log.Read(t.Context(), 1, 1)
	require.NoError(t, err)
	require.Equal(t, "00-"+command.SpanContext.TraceID().String()+"-"+command.SpanContext.SpanID().String()+"-01",
		records[0].Cause.TraceParent)
}

func TestSpanOfARefusal(t *testing.T) {
	i := start(t, testlog.Start(t).Log, committer.Options{})
	administrator(t, i)
	ctx, kept := recorded(t)
	_, err := i.handler.Do(ctx, commands.Service(), commands.OnVersion{Command: commands.DeleteUser{ID: uuid.New()}})
	require.Error(t, err)
	i.handler.Close()
	_, err = i.handler.Do(ctx, commands.Service(), create("late"))
	require.ErrorIs(t, err, committer.ErrClosed)
	spans := kept.GetSpans()
	require.Len(t, spans, 2)
	require.Equal(t, "DeleteUser", said(spans[0])["command"])
	require.Equal(t, "user_not_found", said(spans[0])["outcome"])
	require.Equal(t, "failed", said(spans[1])["outcome"])
}

// late is a fold that is behind, once.
type late struct {
	committer.Fold
	old commands.States
}

func (l *late) States() commands.States {
	if s := l.old; s != nil {
		l.old = nil
		return s
	}
	return l.Fold.States()
}

func TestSpanTellsConflicts(t *testing.T) {
	env := testlog.Start(t)
	i := start(t, env.Log, committer.Options{})
	administrator(t, i)
	behind := &late{i.view, i.view.States()}
	_, err := i.handler.Do(t.Context(), commands.Service(), create("somebody"))
	require.NoError(t, err)
	h := committer.New(env.Log, behind, committer.Options{})
	t.Cleanup(h.Close)
	ctx, kept := recorded(t)
	_, err = h.Do(ctx, commands.Service(), create("jan"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"command": "CreateUser", "outcome": "done", "conflicts": "1", "sequence": "3"},
		said(kept.GetSpans()[1]))
}
