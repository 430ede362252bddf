package server

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"accountd/commands"
)

// reserved is how many connections beyond the limit are let in for who asks how the service is.
const reserved = 32

// crowd counts a listener's connections. Past the limit they are let in for health alone, and past the reserve not at
// all: a process that has no descriptor left answers nobody, not even who asks why.
type crowd struct {
	net.Listener
	limit int64
	in    atomic.Int64
}

// Crowded returns a listener that lets in so many connections at once; 0 stands for any number.
func Crowded(l net.Listener, limit int) net.Listener {
	if limit <= 0 {
		return l
	}
	return &crowd{Listener: l, limit: int64(limit)}
}

// Accept is net.Listener's.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		n := c.in.Add(1)
		if n <= c.limit+reserved {
			return &seat{Conn: conn, crowd: c, late: n > c.limit}, nil
		}
		c.in.Add(-1)
		_ = conn.Close()
	}
}

// seat is a connection that is in.
type seat struct {
	net.Conn
	crowd *crowd
	late  bool // it came when the limit was reached
	once  sync.Once
}

// Close is net.Conn's.
func (c *seat) Close() error {
	c.once.Do(func() { c.crowd.in.Add(-1) })
	return c.Conn.Close()
}

type lateKey struct{}

// markLate is http.Server's ConnContext.
func markLate(ctx context.Context, c net.Conn) context.Context {
	if wrapped, ok := c.(interface{ NetConn() net.Conn }); ok { // such as TLS
		c = wrapped.NetConn()
	}
	if conn, ok := c.(*seat); ok && conn.late {
		return context.WithValue(ctx, lateKey{}, true)
	}
	return ctx
}

// late reports whether the request came on a connection that is for health alone, and sees to it that no other follows
// on it.
func late(w http.ResponseWriter, r *http.Request) bool {
	if r.Context().Value(lateKey{}) == nil {
		return false
	}
	w.Header().Set("Connection", "close")
	return true
}

func crowded() error {
	return &commands.Refusal{Kind: commands.Busy, Reason: "over_capacity",
		Detail: "As many connections are open as may be."}
}
