package engine

import (
	"context"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"accountd/events/pause"
)

// AskEach connects to each server of an outside cluster that is known, by a connection of its own, and has ask use it,
// all at the same time. It tries again with servers that let nobody in. It returns when ctx has ended, which closes the
// connections, or all have been asked. An url is one for [Engine.Reconnect].
func (e *Engine) AskEach(ctx context.Context, ask func(conn *nats.Conn, url string)) {
	var work sync.WaitGroup
	for _, at := range e.urls() {
		work.Go(func() {
			for ctx.Err() == nil {
				if conn, err := e.aside(ctx, at).Connect(); err == nil {
					ask(conn, at)
					conn.Close()
					return
				}
				_ = pause.For(ctx, askAgain)
			}
		})
	}
	work.Wait()
}

// askAgain is the pause before a server that let nobody in is tried again.
const askAgain = 500 * time.Millisecond

// urls returns the known servers, with credentials where those came in a URL: servers that one has told of have none of
// their own.
func (e *Engine) urls() (all []string) {
	var user *url.Userinfo
	pool := e.conn.ServerPool()
	for _, s := range pool {
		if s.URL.User != nil {
			user = s.URL.User
		}
	}
	for _, s := range pool {
		at := *s.URL
		if at.User == nil {
			at.User = user
		}
		all = append(all, at.String())
	}
	return all
}

// aside returns options for another connection as the Engine's is, to that server alone, of which nobody is told. It
// ends with ctx.
func (e *Engine) aside(ctx context.Context, at string) nats.Options {
	o := e.conn.Opts
	o.Url, o.Servers, o.NoRandomize, o.AllowReconnect, o.RetryOnFailedConnect = at, nil, true, false, false
	o.Timeout, o.CustomDialer = dialFor, ending{ctx, o.CustomDialer}
	o.ClosedCB, o.DisconnectedCB, o.DisconnectedErrCB, o.ReconnectedCB, o.AsyncErrorCB = nil, nil, nil, nil, nil
	o.ConnectedCB, o.DiscoveredServersCB, o.ReconnectErrCB, o.ReconnectToServerCB = nil, nil, nil, nil
	return o
}

// ending dials connections that end with a context.
type ending struct {
	ctx  context.Context
	dial nats.CustomDialer // nil: the usual way
}

// Dial implements nats.CustomDialer.
func (e ending) Dial(network, address string) (conn net.Conn, err error) {
	if e.dial == nil {
		conn, err = new(net.Dialer).DialContext(e.ctx, network, address)
	} else {
		conn, err = e.dial.Dial(network, address)
	}
	if err == nil {
		context.AfterFunc(e.ctx, func() { _ = conn.Close() })
	}
	return conn, err
}
