package engine

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"
)

// Connect connects to an outside JetStream cluster: url is one NATS URL or several with commas between them. Options
// such as nats.UserCredentials may follow. It returns an error when no server of them answers; once connected, it
// reconnects for ever. It returns [ErrUnhealthy] when they have no JetStream.
func Connect(ctx context.Context, url string, logger *slog.Logger, options ...nats.Option) (*Engine, error) {
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
