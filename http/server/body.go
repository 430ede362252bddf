package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// How long a request's body may take: so long before anything has come, and a second more for each so many bytes; never
// longer than ReadTimeout in all.
const (
	bodyGrace   = 10 * time.Second
	bodyRate    = 16 << 10        // bytes a second
	restOfABody = 5 * time.Second // for what nobody has read when the answer is there
)

// body is a request's body that must make progress: one that drips would hold its connection for a minute at no cost.
type body struct {
	io.ReadCloser
	x    *exchange
	left time.Duration // that reading may still take
	over bool          // all is read, or it broke off
}

// pace says who bounds how long the body takes.
type pace struct{ handlers atomic.Bool }

// SetReadDeadline lets a handler bound by itself how long its request's body takes (http.ResponseController).
func (x *exchange) SetReadDeadline(t time.Time) error {
	x.pace.handlers.Store(true)
	return x.conn().SetReadDeadline(t)
}

func (x *exchange) conn() *http.ResponseController {
	return http.NewResponseController(x.ResponseWriter)
}

// receive has the request's body make progress.
func (x *exchange) receive(r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	x.body = &body{ReadCloser: r.Body, x: x, left: bodyGrace}
	r.Body = x.body
}

// Read reads on. Time in which nobody reads does not count.
func (b *body) Read(p []byte) (int, error) {
	if b.x.pace.handlers.Load() {
		return b.ReadCloser.Read(p)
	}
	began := time.Now()
	end := b.x.start.Add(ReadTimeout)
	deadline := began.Add(b.left)
	if deadline.After(end) {
		deadline = end
	}
	_ = b.x.conn().SetReadDeadline(deadline) // a test's recorder has no connection
	n, err := b.ReadCloser.Read(p)
	b.left = max(0, b.left-time.Since(began)) + time.Duration(n)*time.Second/bodyRate
	switch {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.over = true
		b.x.Header().Set("Connection", "close")
	default:
		b.over = true
		_ = b.x.conn().SetReadDeadline(end) // when it passes, net/http takes the client for gone
	}
	return n, err
}

// leave bounds how long net/http waits for what nobody has read, before it takes the next request.
func (b *body) leave() {
	if b != nil && !b.over && !b.x.pace.handlers.Load() {
		_ = b.x.conn().SetReadDeadline(time.Now().Add(restOfABody))
	}
}
