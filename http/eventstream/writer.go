package eventstream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	slowest = 30 * time.Second // that a client may take for a piece
	keep    = 16 << 10         // bytes of buffer that a stream keeps
)

// writer writes one answer, in pieces.
type writer struct {
	w      http.ResponseWriter
	conn   *http.ResponseController
	sse    bool
	buffer bytes.Buffer
	begun  bool
	lost   bool // the client is gone or takes nothing
}

func newWriter(w http.ResponseWriter, sse bool) writer {
	out := writer{w: w, conn: http.NewResponseController(w), sse: sse}
	_ = out.conn.SetReadDeadline(time.Time{}) // when it passes, net/http takes the client for gone
	if sse {
		out.buffer.WriteString("retry: 3000\n\n")
	}
	return out
}

func (w *writer) put(f *frame) {
	if w.sse {
		w.buffer.Write(f.sse)
	} else {
		w.buffer.Write(f.line)
	}
}

// beat says that the connection stands.
func (w *writer) beat() error {
	if w.sse {
		w.buffer.WriteByte(':')
	}
	w.buffer.WriteByte('\n')
	if w.sse {
		w.buffer.WriteByte('\n')
	}
	return w.flush()
}

// flush sends what was put. An error means that nothing more can be.
func (w *writer) flush() error {
	w.begun = true
	_ = w.conn.SetWriteDeadline(time.Now().Add(slowest))
	_, err := w.w.Write(w.buffer.Bytes())
	if err == nil {
		err = w.conn.Flush()
	}
	w.lost = err != nil
	w.buffer.Reset()
	if w.buffer.Cap() > keep {
		w.buffer = bytes.Buffer{}
	}
	return err
}

// finish writes the last event.
func (w *writer) finish(why end) error {
	data, err := json.Marshal(why)
	if err != nil {
		return fmt.Errorf("encoding the end: %w", err)
	}
	if w.sse {
		fmt.Fprintf(&w.buffer, "event: end\ndata: %s\n\n", data)
	} else {
		fmt.Fprintf(&w.buffer, "%s\n", data)
	}
	_ = w.flush() // the client may be gone; there is nobody to tell
	return nil
}
