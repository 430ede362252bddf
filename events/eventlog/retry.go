package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"accountd/events/pause"
)

// attemptFor bounds one request to the engine, againFor an append that follows one without an answer, and patience all
// attempts together: a change of leader takes 4 to 9 seconds.
const (
	attemptFor = 2 * time.Second
	againFor   = time.Second
	patience   = 20 * time.Second
)

// permanent marks an error that asking again cannot change.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// retry calls do until it succeeds, fails for good, the connection is closed for ever or ctx ends, with a growing pause
// between.
func retry(ctx context.Context, do func() error) error {
	var rest backoff
	for {
		err := do()
		if fatal, ok := errors.AsType[permanent](err); ok {
			return fatal.error
		}
		if err == nil || errors.Is(err, nats.ErrConnectionClosed) {
			return err
		}
		if ended := rest.wait(ctx); ended != nil {
			return fmt.Errorf("%w: %w", ended, err)
		}
	}
}

// backoff is the pause between attempts: it doubles from 2 ms to 500 ms.
type backoff struct{ next time.Duration }

// wait pauses. It returns the cause of ctx's end when that comes first.
func (b *backoff) wait(ctx context.Context) error {
	b.next = min(max(2*b.next, 2*time.Millisecond), 500*time.Millisecond)
	return pause.For(ctx, b.next)
}
