package call

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

const (
	TypeNDJSON   = "application/x-ndjson"
	writeTimeout = time.Minute // how long a client may take for one piece of an answer
	pieceSize    = 64 << 10    // bytes that are sent at once
)

// Stream is an answer in lines that is sent piece by piece. How long it takes in all is not bounded, but each piece is.
type Stream struct {
	w    http.ResponseWriter
	conn *http.ResponseController
	out  []byte
}

// NewStream returns the answer as a stream.
func NewStream(w http.ResponseWriter) *Stream {
	s := &Stream{w: w, conn: http.NewResponseController(w)}
	_ = s.conn.EnableFullDuplex() // HTTP/2 is so by itself, and a test's recorder has no connection
	return s
}

// Begin begins the answer.
func (s *Stream) Begin(status int) {
	s.w.Header().Set("Content-Type", TypeNDJSON)
	s.w.WriteHeader(status)
}

// Send sends a line when enough has come together or it must be now.
func (s *Stream) Send(line []byte, now bool) error {
	s.out = append(s.out, line...)
	if now || len(s.out) >= pieceSize {
		return s.Flush()
	}
	return nil
}

// Flush sends what has come together.
func (s *Stream) Flush() error {
	if len(s.out) == 0 {
		return nil
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := s.w.Write(s.out)
	s.out = s.out[:0]
	if err == nil {
		_ = s.conn.Flush()
	}
	return err
}

// StopReading ends a read of the body that waits.
func (s *Stream) StopReading() { _ = s.conn.SetReadDeadline(time.Now()) }

// KeepReading has no end to the time for reading the request: when it passes, net/http takes the client for gone.
func (s *Stream) KeepReading() { _ = s.conn.SetReadDeadline(time.Time{}) }

// lineTimeout is how long a client may take for one line of a body. Time in which nobody reads does not count.
const lineTimeout = 30 * time.Second

// Reader reads the body, of which each line may take its time, until ctx ends.
func (s *Stream) Reader(ctx context.Context, body io.Reader) io.Reader {
	return &timedReader{ctx: ctx, conn: s.conn, body: body, left: lineTimeout}
}

type timedReader struct {
	ctx  context.Context
	conn *http.ResponseController
	body io.Reader
	left time.Duration // for the line
}

// timeLeft returns what is left for the line after a read that took so long, and brought that.
func timeLeft(left, took time.Duration, read []byte) time.Duration {
	if bytes.IndexByte(read, '\n') >= 0 {
		return lineTimeout
	}
	return max(0, left-took)
}

func (p *timedReader) Read(b []byte) (int, error) {
	began := time.Now()
	_ = p.conn.SetReadDeadline(began.Add(p.left))
	if err := p.ctx.Err(); err != nil { // asked here, stopReading comes behind that deadline
		return 0, err
	}
	n, err := p.body.Read(b)
	p.left = timeLeft(p.left, time.Since(began), b[:n])
	if err != nil {
		_ = p.conn.SetReadDeadline(time.Time{}) // when it passes, net/http takes the client for gone
	}
	return n, err
}
