package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"accountd/commands"
	"accountd/events/feed"
	"accountd/events/tracing"
)

// parcel is what is sent to an address.
type parcel struct {
	ID       string `json:"id"` // of the event
	Type     string `json:"type"`
	Sequence uint64 `json:"sequence"`
	Trace    string `json:"traceparent"`
	body     []byte
}

// What became of an attempt.
const (
	Delivered = "delivered"
	Failed    = "failed"
	Gone      = "gone" // the address wants no more
)

// Why an attempt failed of which there is no status.
const (
	errorTimeout = "timeout"
	errorAddress = "address_not_allowed"
	errorConnect = "connection_failed"
	errorURL     = "url_invalid"
)

// maxAnswer bounds how much of an answer is read, so that its connection can be used again.
const maxAnswer = 64 << 10

// attempt sends the parcel once.
func (r *Reactor) attempt(ctx context.Context, hook *commands.Webhook, p parcel) (d Delivery, after time.Duration) {
	ctx, span := tracing.Follow(ctx, r.tracer, trace.SpanKindClient, "webhook", p.Trace)
	defer func() { endSpan(span, hook, d) }()
	start := r.now()
	d = Delivery{ID: p.ID, Sequence: p.Sequence, Type: p.Type, At: start.UTC(), Outcome: Failed}
	defer func() {
		took := r.now().Sub(start)
		d.Took = Milliseconds(took)
		r.attempted(d.Outcome, took)
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(p.body))
	if err != nil || request.URL.Scheme != "https" && !r.allowPrivate {
		d.Error = errorURL
		return d, 0
	}
	request.Header = http.Header{
		"Content-Type": {feed.ContentType}, "User-Agent": {"accountd"}, "Webhook-Id": {p.ID},
		"Webhook-Timestamp": {strconv.FormatInt(start.Unix(), 10)},
		"Webhook-Signature": {signatures(hook.Secrets(start), p.ID, start, p.body)},
	}
	if parent := tracing.Parent(span, p.Trace); parent != "" {
		request.Header.Set("Traceparent", parent)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		d.Error = reasonOf(err)
		return d, 0
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	d.Status = answer.StatusCode
	switch {
	case d.Status >= 200 && d.Status < 300:
		d.Outcome = Delivered
	case d.Status == http.StatusGone:
		d.Outcome = Gone
	}
	return d, retryAfter(answer.Header.Get("Retry-After"), start)
}

// endSpan says in a trace what became of an attempt.
func endSpan(span trace.Span, hook *commands.Webhook, d Delivery) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attribute.String("accountd.webhook", hook.ID.String()),
		attribute.String("accountd.event", d.Type),
		attribute.Int64("accountd.sequence", int64(d.Sequence)), attribute.String("accountd.outcome", d.Outcome))
	if d.Status != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", d.Status))
	}
	if d.Outcome != Delivered {
		span.SetStatus(codes.Error, d.Error)
	}
	span.End()
}

// reasonOf returns a word for the error, whose text may hold anything.
func reasonOf(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, errAddress):
		return errorAddress
	case errors.As(err, &timeout) && timeout.Timeout():
		return errorTimeout
	}
	return errorConnect
}

// maxRetryAfter bounds what a Retry-After may ask for.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After: seconds or a date. It returns 0 for none.
func retryAfter(text string, now time.Time) time.Duration {
	var pause time.Duration
	if seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31); err == nil {
		pause = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		pause = date.Sub(now)
	}
	return min(max(pause, 0), maxRetryAfter)
}
