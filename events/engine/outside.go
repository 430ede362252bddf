package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// How soon a connection is noticed that is one only in name: after a ping of which two in a row are not answered, or a
// write that does not get away.
const (
	pingEvery    = 2 * time.Second
	pingsMissed  = 2
	dialFor      = 2 * time.Second
	writeFor     = 3 * time.Second
	reconnectGap = 3 * time.Second // between two connections that are given up on purpose
)

// Connect connects to an outside JetStream cluster: url is one NATS URL or several with commas between them. Options
// such as nats.UserCredentials may follow. It returns an error when no server of them answers; once connected, it
// reconnects for ever. It returns [ErrUnhealthy] when they have no JetStream.
func Connect(ctx context.Context, url string, logger *slog.Logger, options ...nats.Option) (*Engine, error) {
	options = append([]nats.Option{nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsMissed),
		nats.Timeout(dialFor), nats.FlusherTimeout(writeFor)}, options...)
	e, err := attach(url, newLogger(logger), options...)
	if err != nil {
		return nil, err
	}
	if _, err := e.js.AccountInfo(ctx); err != nil {
		e.conn.Close()
		return nil, fmt.Errorf("%w: asking for JetStream: %w", ErrUnhealthy, err)
	}
	return e, nil
}

// Reconnect gives up the connection for one to the server of that URL, which [Engine.AskEach] gave, and reports whether
// it did: not when there is no connection, or it is only seconds old.
func (e *Engine) Reconnect(url string) bool {
	e.moving.Lock()
	defer e.moving.Unlock()
	if e.Embedded() || e.conn.Status() != nats.CONNECTED || time.Since(e.moved) < reconnectGap {
		return false
	}
	e.moved = time.Now()
	e.wanted.Store(url)
	return e.conn.ForceReconnect() == nil
}

// next returns the server that Reconnect wants, once; of the others the next one is tried after another.
func (e *Engine) next(pool []nats.Server, _ nats.ServerInfo) (*nats.Server, time.Duration) {
	wanted, _ := e.wanted.Swap("").(string)
	for i := range pool {
		if sameServer(wanted, pool[i].URL) {
			return &pool[i], 0
		}
	}
	return nil, 0
}

func sameServer(text string, have *url.URL) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host == have.Host
}

// At reports whether the connection is to the server of that URL.
func (e *Engine) At(at string) bool {
	u, err := url.Parse(e.conn.ConnectedUrl())
	return err == nil && sameServer(at, u)
}

// Connected reports whether there is a connection, which may be to a server that does not answer.
func (e *Engine) Connected() bool { return e.conn.Status() == nats.CONNECTED }

// Temporary reports whether an error of the engine may go away by itself: nobody answers, or a cluster elects its
// leaders.
func Temporary(err error) bool {
	if err == nil || errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) {
		return false
	}
	if api, ok := errors.AsType[*jetstream.APIError](err); ok {
		return api.Code >= 500 && api.ErrorCode != codeNotForAccount || api.ErrorCode == codeNoPeers
	}
	for _, e := range []error{
		nats.ErrNoServers, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrDisconnected, nats.ErrConnectionReconnecting,
		nats.ErrStaleConnection,
		jetstream.ErrNoStreamResponse, jetstream.ErrJetStreamNotEnabled, context.DeadlineExceeded,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	_, ok := errors.AsType[net.Error](err)
	return ok
}

const (
	codeNoPeers       = 10005 // no server is known yet that could take a stream
	codeNotForAccount = 10039 // the operator has not given the account JetStream
)
