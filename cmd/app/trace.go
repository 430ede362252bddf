package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"accountd/events/tracing"
)

// flushFor is how long the end of the service waits for the last spans to be sent.
const flushFor = 5 * time.Second

// startTracing has spans sent to the collector if there is one, in the background: nothing waits for it. It comes
// before whatever has spans, so that theirs are sent when that has ended.
func (a *app) startTracing(ctx context.Context) error {
	if a.config.TraceEndpoint == "" {
		return nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(a.config.tracesURL()))
	if err != nil {
		return fmt.Errorf("starting the traces: %w", err)
	}
	who, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "accountd"),
		attribute.String("service.version", currentBuild().Version)), resource.WithFromEnv())
	if err != nil {
		return fmt.Errorf("starting the traces: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(logged{exporter, a.log}), sdk.WithResource(who),
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(a.config.TraceSample))))
	a.tracer = provider.Tracer(tracing.Scope)
	a.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), flushFor)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			a.log.Warn("the last traces were not sent", "error", err)
		}
		return nil
	})
	return nil
}

// logged is an exporter whose failures are in the service's log, where others would be on their own.
type logged struct {
	sdk.SpanExporter
	log *slog.Logger
}

// ExportSpans is sdk.SpanExporter's.
func (l logged) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := l.SpanExporter.ExportSpans(ctx, spans); err != nil {
		l.log.Warn("traces were not sent", "spans", len(spans), "error", err)
	}
	return nil
}

// tracesURL returns where exactly spans are sent: to the usual path when the endpoint names none.
func (c Config) tracesURL() string {
	u, err := url.Parse(c.TraceEndpoint)
	if err == nil && (u.Path == "" || u.Path == "/") {
		u.Path = "/v1/traces"
		return u.String()
	}
	return c.TraceEndpoint
}

func (c Config) validateTraces() error {
	if u, err := url.Parse(c.TraceEndpoint); c.TraceEndpoint != "" && (err != nil ||
		u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return errors.New("trace-endpoint: must be a URL such as http://127.0.0.1:4318")
	}
	if !(c.TraceSample >= 0 && c.TraceSample <= 1) { // also when it is no number
		return errors.New("trace-sample: must be from 0 to 1")
	}
	return nil
}
