package server

import (
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"accountd/commands/login"
)

// Connections says how many connections clients may keep at once. 0 means any number.
type Connections struct {
	InAll      int
	PerAddress int            // and for IPv6 per network of 64 bits
	Proxies    []netip.Prefix // whose connections are those of many clients: only InAll counts
}

// Bound returns the listener with a bound on the connections that clients keep. One that is too many is told so and
// closed: it must not wait, since what waits is held, too.
func (c Connections) Bound(l net.Listener, logger *slog.Logger) net.Listener {
	return &bounded{Listener: l, Connections: c, logger: logger, clients: map[netip.Prefix]int{}}
}

// tooManyConnections is the whole answer to a connection that is too many.
const tooManyConnections = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: " +
	"close\r\nContent-Length: 0\r\n\r\n"

const (
	refusalTime = time.Second // that the client has to take the answer
	refusalLog  = time.Minute // once in it, refused connections are logged
)

type bounded struct {
	net.Listener
	Connections
	logger *slog.Logger

	mu      sync.Mutex
	all     int
	clients map[netip.Prefix]int
	refused int // since they were logged
	logged  time.Time
}

// Accept waits for a connection that is not too many.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		client := parseAddr(conn.RemoteAddr().String())
		if b.enter(client) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { b.leave(client) })}, nil
		}
		b.report(time.Now())
		refuse(conn)
	}
}

// refuse is done at once: the answer fits what the system sends without waiting for anybody.
func refuse(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(refusalTime))
	_, _ = io.WriteString(conn, tooManyConnections) // the client may be gone
	_ = conn.Close()
}

func (b *bounded) enter(client netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := login.Network(client)
	switch {
	case b.InAll > 0 && b.all >= b.InAll:
		return false
	case b.PerAddress > 0 && b.clients[n] >= b.PerAddress && !within(b.Proxies, client):
		return false
	}
	b.all++
	b.clients[n]++
	return true
}

func (b *bounded) leave(client netip.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := login.Network(client)
	b.all--
	if b.clients[n]--; b.clients[n] == 0 {
		delete(b.clients, n)
	}
}

// report logs what was refused, but not each: whoever makes the connections would fill the log.
func (b *bounded) report(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused++
	if now.Sub(b.logged) < refusalLog {
		return
	}
	b.logger.Warn("connections were refused", "refused", b.refused, "open", b.all, "clients", len(b.clients))
	b.refused, b.logged = 0, now
}

// counted is a connection that leaves when it is closed.
type counted struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
