package server

import (
	"log/slog"
	"net/http"
	"time"

	"accountd/events/tracing"
)

// report writes the request's log line: nothing from its query, body or headers but ids.
func (s *server) report(x *exchange, r *http.Request, took time.Duration) {
	level := s.level(x)
	if !s.Logger.Enabled(r.Context(), level) {
		return
	}
	attrs := make([]slog.Attr, 0, 11)
	attrs = append(attrs,
		slog.String("method", r.Method),
		slog.String("route", orDash(x.info.Route)),
		slog.Int("status", x.status),
		slog.Int64("bytes", x.bytes),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("dialect", orDash(x.info.Dialect)),
		slog.String("request", x.info.ID))
	if x.info.User != "" {
		attrs = append(attrs, slog.String("user", x.info.User), slog.String("credential", x.info.Credential))
	}
	if id := tracing.TraceID(x.info.TraceParent); id != "" {
		attrs = append(attrs, slog.String("trace_id", id))
	}
	if x.info.Failure != nil {
		attrs = append(attrs, slog.String("error", x.info.Failure.Error()))
	}
	s.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}

func (s *server) level(x *exchange) slog.Level {
	switch {
	case x.mount == &s.rest && x.info.Failure == nil:
		return slog.LevelDebug // probes and scrapers
	case x.status == http.StatusServiceUnavailable:
		return slog.LevelWarn
	case x.status >= http.StatusInternalServerError:
		return slog.LevelError
	}
	return slog.LevelInfo
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
