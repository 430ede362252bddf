package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/http/rest"
)

// pipe is a listener with one connection, the other end of which is the client's.
type pipe struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p pipe) Close() error   { close(p.done); return nil }
func (p pipe) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// connect serves the handler to one connection.
func connect(t *testing.T, h rest.Handler) net.Conn {
	t.Helper()
	routes := []rest.Route{{Method: http.MethodPost, Path: "/d/x", Handle: h}}
	f := newFixture(t, routes, nil)
	ours, theirs := net.Pipe()
	l := pipe{make(chan net.Conn, 1), make(chan struct{})}
	l.conns <- theirs
	s := HTTP(f.handler, f.Logger)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		_ = ours.Close()
		<-time.After(time.Hour) // of the bubble's clock: everybody has ended by then
	})
	return ours
}

// post begins a request with a body of that length.
func post(t *testing.T, conn net.Conn, length int) {
	t.Helper()
	_, err := fmt.Fprintf(conn, "POST /d/x HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", length)
	require.NoError(t, err)
}

// drip writes a piece each time, until the other end has had enough.
func drip(conn net.Conn, piece string, every time.Duration) {
	for {
		if _, err := io.WriteString(conn, piece); err != nil {
			return
		}
		<-time.After(every) // of the bubble's clock
	}
}

func readsBody(w http.ResponseWriter, r *http.Request) error {
	b, err := rest.ReadBody(w, r)
	if err != nil {
		return err
	}
	return text(fmt.Sprint(len(b)))(w, r)
}

func TestABodyThatDripsIsDropped(t *testing.T) {
	for name, c := range map[string]struct {
		piece string
		every time.Duration
	}{"a byte a second": {"x", time.Second}, "nothing": {"x", time.Minute},
		"a kilobyte a second": {strings.Repeat("x", 1024), time.Second}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := connect(t, readsBody)
				began := time.Now()
				post(t, conn, 1<<20)
				go drip(conn, c.piece, c.every)
				answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
				require.NoError(t, err)
				require.Equal(t, http.StatusRequestTimeout, answer.StatusCode)
				require.True(t, answer.Close)
				require.Less(t, time.Since(began), 15*time.Second)
				conn.Close()
			})
		})
	}
}

// TestABodyThatMakesProgressIsRead sends half a megabyte, slowly, and after it another request.
func TestABodyThatMakesProgressIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, readsBody)
		in := bufio.NewReader(conn)
		for range 2 {
			post(t, conn, 512<<10)
			go func() {
				for range 16 {
					_, _ = io.WriteString(conn, strings.Repeat("x", 32<<10))
					<-time.After(2 * time.Second) // of the bubble's clock
				}
			}()
			answer, err := http.ReadResponse(in, nil)
			require.NoError(t, err)
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(512<<10), string(body))
			<-time.After(10 * time.Second) // the writer is through
		}
	})
}

// TestABodyThatNobodyReadsHoldsNothing answers without reading: the connection is not kept for what is still to come.
func TestABodyThatNobodyReadsHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, text("no"))
		began := time.Now()
		post(t, conn, 1000)
		go drip(conn, "x", time.Second)
		in := bufio.NewReader(conn)
		answer, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		_, err = io.ReadAll(answer.Body)
		require.NoError(t, err)
		_, err = in.ReadByte()
		require.Error(t, err)
		require.Less(t, time.Since(began), 15*time.Second)
		conn.Close()
	})
}

// TestAHandlerBoundsItsBody takes its time with each piece, as an import does.
func TestAHandlerBoundsItsBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, func(w http.ResponseWriter, r *http.Request) error {
			c := http.NewResponseController(w)
			require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Hour)))
			require.NoError(t, c.SetWriteDeadline(time.Time{}))
			return readsBody(w, r)
		})
		post(t, conn, 10)
		go func() {
			for range 10 {
				_, _ = io.WriteString(conn, "x")
				<-time.After(30 * time.Second) // of the bubble's clock
			}
		}()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.StatusCode)
	})
}
