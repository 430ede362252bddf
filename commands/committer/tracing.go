package committer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"accountd/commands"
	"accountd/events"
	"accountd/events/tracing"
)

// begin begins the request's span, of which the Events are part.
func (r *request) begin() {
	r.ctx, r.span = tracing.Start(r.ctx, "command")
	if !r.span.IsRecording() {
		return
	}
	r.actor.TraceParent = tracing.Parent(r.span, r.actor.TraceParent)
	r.span.SetAttributes(attribute.String("accountd.command", nameOf(r.cmd)))
}

// nameOf returns such as "CreateUser".
func nameOf(c commands.Command) string {
	if v, ok := c.(commands.OnVersion); ok {
		return nameOf(v.Command)
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", c), "commands.")
}

// end ends the request's span and answers.
func (r *request) end(a answer) {
	if r.span.IsRecording() {
		r.span.SetAttributes(attribute.String("accountd.outcome", outcomeOf(a.err)),
			attribute.Int("accountd.conflicts", r.conflicts),
			attribute.Int64("accountd.sequence", int64(a.outcome.Sequence)))
		if outcomeOf(a.err) == outcomeFailed {
			r.span.SetStatus(codes.Error, "")
		}
		r.span.End()
	}
	r.answer <- a
}

const outcomeFailed = "failed"

// outcomeOf returns a word for what became of a command: a refusal's reason where it was refused.
func outcomeOf(err error) string {
	var refusal *commands.Refusal
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &refusal):
		return refusal.Reason
	}
	return outcomeFailed
}

// traceAppend shows in the span of each command the append that it shared.
func traceAppend(batch []decided, records []events.Record, start time.Time) {
	for _, d := range batch {
		if len(d.drafts) == 0 || !d.span.IsRecording() {
			continue
		}
		_, span := tracing.Start(d.ctx, "append", trace.WithTimestamp(start))
		span.SetAttributes(attribute.Int("accountd.group", len(batch)), attribute.Int("accountd.events", len(records)),
			attribute.Int64("accountd.sequence", int64(records[len(records)-1].Sequence)))
		span.End()
	}
}
