package server

import (
	"bufio"
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// from is a connection from an address.
type from struct {
	net.Conn
	addr string
}

func (c from) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.addr)) }

func TestConnectionsAreBounded(t *testing.T) {
	l := pipe{make(chan net.Conn), make(chan struct{})}
	logged := &bytes.Buffer{}
	b := Connections{InAll: 6, PerAddress: 2, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}.Bound(l,
		slog.New(slog.NewTextHandler(logged, nil)))
	accepted := make(chan net.Conn)
	go func() {
		defer close(accepted)
		for {
			c, err := b.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	// connect returns the server's end, nil when the client was told that it is too many.
	connect := func(addr string) net.Conn {
		t.Helper()
		ours, theirs := net.Pipe()
		t.Cleanup(func() { ours.Close() })
		l.conns <- from{theirs, addr}
		told := make(chan *http.Response, 1)
		go func() {
			if answer, err := http.ReadResponse(bufio.NewReader(ours), nil); err == nil {
				told <- answer
			}
		}()
		select {
		case c := <-accepted:
			return c
		case answer := <-told:
			require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
			require.Equal(t, "2", answer.Header.Get("Retry-After"))
			return nil
		}
	}
	first := connect("192.0.2.1:1")
	require.NotNil(t, first)
	require.NotNil(t, connect("192.0.2.1:2"))
	require.Nil(t, connect("192.0.2.1:3"), "a third one from there")
	require.NotNil(t, connect("[2001:db8::1]:1"), "somebody else")
	require.NotNil(t, connect("[2001:db8::ffff]:1"))
	require.Nil(t, connect("[2001:db8::2]:1"), "the same network")
	require.NoError(t, first.Close())
	_ = first.Close() // once more frees nothing more
	require.NotNil(t, connect("192.0.2.1:4"))
	require.Nil(t, connect("192.0.2.1:5"))
	require.NotNil(t, connect("10.0.0.1:1"))
	require.NotNil(t, connect("10.0.0.1:2"))
	require.Nil(t, connect("10.0.0.1:3"), "six in all")
	require.Nil(t, connect("192.0.2.9:1"))
	require.Equal(t, 1, bytes.Count(logged.Bytes(), []byte("connections were refused")), "not each of them")
	require.NoError(t, b.Close())
	<-accepted
}

func TestConnectionsWithoutBound(t *testing.T) {
	b := &bounded{clients: map[netip.Prefix]int{}}
	for range 100 {
		require.True(t, b.enter(netip.MustParseAddr("192.0.2.1")))
	}
	require.Zero(t, b.logged.Compare(time.Time{}))
}
