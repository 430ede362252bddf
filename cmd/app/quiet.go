package app

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quietFor is how long a warning or an error that is said again and again is counted instead.
const quietFor = 10 * time.Second

// quiet passes on lines, but of warnings and errors with the same message only the first within a while, and at its end
// the last, with the number of those between: while a cluster is away, everything that reads or writes says so several
// times a second. Lines about requests all pass: each is about another one.
type quiet struct {
	slog.Handler
	said *said
}

// said is what all handlers that come of one have passed on lately.
type said struct {
	after func(time.Duration, func())

	mu    sync.Mutex
	lines map[string]*line // by message
}

// line is a message that was passed on.
type line struct {
	more int // how often it came since
	last slog.Record
	by   slog.Handler
}

func quieted(h slog.Handler) slog.Handler {
	later := func(d time.Duration, f func()) { time.AfterFunc(d, f) }
	return quiet{h, &said{after: later, lines: map[string]*line{}}}
}

// requestLine is the message of a request's line.
const requestLine = "request"

// Handle is slog.Handler's.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn || r.Message == requestLine || q.said.first(r, q.Handler) {
		return q.Handler.Handle(ctx, r)
	}
	return nil
}

// first reports whether a message was not passed on lately, and counts it otherwise.
func (s *said) first(r slog.Record, by slog.Handler) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.lines[r.Message]; l != nil {
		l.more, l.last, l.by = l.more+1, r.Clone(), by
		return false
	}
	s.lines[r.Message] = &line{}
	s.after(quietFor, func() { s.sum(r.Message) })
	return true
}

// sum says how often a message came since it was passed on, as long as it comes.
func (s *said) sum(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lines[message]
	if l.more == 0 {
		delete(s.lines, message)
		return
	}
	l.last.AddAttrs(slog.Int("times", l.more))
	_ = l.by.Handle(context.Background(), l.last) // as for any line, there is nobody to tell
	*l = line{}
	s.after(quietFor, func() { s.sum(message) })
}

// WithAttrs is slog.Handler's.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.Handler.WithAttrs(attrs), q.said}
}

// WithGroup is slog.Handler's.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.said} }
