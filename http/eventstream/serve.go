package eventstream

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"accountd/commands"
	"accountd/events/eventlog"
	"accountd/events/session"
	"accountd/events/tracing"
	"accountd/http/rest"
	"accountd/projections"
)

// Options of the events.
type Options struct {
	Draining  <-chan struct{} // closed when streams are to end; nil: never
	Heartbeat time.Duration   // 0: 15 s
	Most      int             // streams that go on at once; 0: 4096
}

const (
	heartbeat  = 15 * time.Second
	maxStreams = 4096 // that go on
)

// View tells who may read, and what happens. projections.View implements it.
type View interface {
	States() commands.States
	Observe(projections.Observer)
}

// Sessions tells whether the session by which a stream was asked for is there still. session.Store implements it.
type Sessions interface {
	Get(ctx context.Context, kind, hash string) (session.Token, bool, error)
}

// New returns what answers the call for an Actor who is known. The View must be open.
func New(v View, sessions Sessions, log *eventlog.Log, o Options) func(http.ResponseWriter, *http.Request,
	commands.Actor) error {
	return newSource(v, sessions, log, o).serve
}

// source is where all streams take events from.
type source struct {
	Options
	view     View
	sessions Sessions
	log      *eventlog.Log
	tail     *tail
	reads    chan struct{} // slots for reading the log
	streams  chan struct{} // slots for streams that go on
}

func newSource(v View, sessions Sessions, log *eventlog.Log, o Options) *source {
	if o.Heartbeat == 0 {
		o.Heartbeat = heartbeat
	}
	if o.Most == 0 {
		o.Most = maxStreams
	}
	src := &source{Options: o, view: v, sessions: sessions, log: log, tail: newTail(),
		reads: make(chan struct{}, 2*runtime.GOMAXPROCS(0)), streams: make(chan struct{}, o.Most)}
	v.Observe(src.tail)
	return src
}

func (s *source) serve(w http.ResponseWriter, r *http.Request, a commands.Actor) error {
	if !commands.MayReadLog(s.view.States(), a) {
		return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
			Detail: "The history of all accounts needs the permission audit."}
	}
	asked, err := wishOf(r)
	if err != nil {
		return err
	}
	run := &stream{source: s, wish: asked, actor: a}
	if err := run.locate(r.Context()); err != nil {
		return err
	}
	if asked.sse && run.ended() {
		w.WriteHeader(http.StatusNoContent) // a browser that is told so does not come back
		return nil
	}
	head(w.Header(), asked)
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	ctx, span := tracing.Start(r.Context(), "event stream")
	defer func() { run.endSpan(span) }()
	run.out = newWriter(w, asked.sse)
	if !asked.follow {
		return run.broken(r, run.history(ctx))
	}
	select {
	case s.streams <- struct{}{}:
	default:
		return &commands.Refusal{Kind: commands.Busy, Reason: "too_many_streams",
			Detail: "As many streams are open as may be."}
	}
	defer func() { <-s.streams }()
	s.tail.join()
	defer s.tail.leave()
	return run.broken(r, run.follow(ctx))
}

func head(h http.Header, asked wish) {
	h.Set("Content-Type", typeLine)
	if asked.sse {
		h.Set("Content-Type", typeSSE)
	}
	if asked.follow {
		h.Set("X-Accel-Buffering", "no") // proxies shall pass on what comes
		h.Set(gzhttp.HeaderNoCompression, "1")
	}
}

// endSpan says in a trace how much was sent.
func (s *stream) endSpan(span trace.Span) {
	if span.IsRecording() {
		span.SetAttributes(attribute.Int64("accountd.events", int64(s.sent)),
			attribute.Int64("accountd.sequence", int64(s.position)))
		span.End()
	}
}

// broken returns an error as long as it can be answered, and breaks the answer off when that has begun.
func (s *stream) broken(r *http.Request, err error) error {
	if err == nil || !s.out.begun {
		return err
	}
	rest.InfoOf(r.Context()).Failure = err
	panic(http.ErrAbortHandler)
}

// locate finds the sequences between which the stream is.
func (s *stream) locate(ctx context.Context) (err error) {
	s.position, s.last = s.wish.after, math.MaxUint64
	since, until := s.since.Sequence, s.until.Sequence
	if !s.since.Time.IsZero() {
		if since, err = s.log.At(ctx, s.since.Time.Add(-time.Nanosecond)); err != nil {
			return fmt.Errorf("looking for a time in the log: %w", err)
		}
		since++
	}
	if since > 0 {
		s.position = max(s.position, since-1)
	}
	switch {
	case s.bounded && s.until.Time.After(time.Now()):
		s.deadline = s.until.Time
	case s.bounded && !s.until.Time.IsZero():
		if until, err = s.log.At(ctx, s.until.Time); err != nil {
			return fmt.Errorf("looking for a time in the log: %w", err)
		}
		fallthrough
	case s.bounded:
		s.last = until
	}
	if s.wish.follow {
		return nil
	}
	end, err := s.log.Last(ctx)
	if err != nil {
		return fmt.Errorf("asking for the end of the log: %w", err)
	}
	s.last = min(s.last, end)
	return nil
}
