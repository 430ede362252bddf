package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"accountd/events/engine"

	"github.com/nats-io/nats.go"
)

// errRepeated is what the engine means that takes an append for one that it has.
var errRepeated = errors.New("the engine knows the event's id")

// commit publishes the unit until it is known to be in the Log or known not to be, or ctx ends. Every attempt is the
// same: same ids, same content, same guard; so however many of them arrive, and however late, at most one is stored. A
// refusal of the guard is no proof that none was: while a cluster heals, two servers may hold themselves for the
// leader, of which one refuses an attempt that the other stores.
func (u *unit) commit(ctx context.Context) error {
	u.msgs[0].Header[headerExpectedLast] = []string{strconv.FormatUint(u.head.Sequence, 10)}
	var pause backoff
	late := 0 // attempts in a row that had no answer
	for {
		r, err := u.attempt(ctx, late)
		if late++; !unanswered(err) {
			late = 0
		}
		switch judge(r, err) {
		case stored:
			return u.confirm(r)
		case conflict, already:
			if err == nil {
				err = errRepeated // but an engine that knows the id need not have the message; only the Log tells
			}
			var settled bool
			if settled, err = u.settle(ctx, err); settled {
				return err
			}
		case closed:
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		case tooLarge:
			return fmt.Errorf("%w: %w", ErrTooLarge, err)
		case refused:
			if u.unsure {
				return fmt.Errorf("%w: %w", ErrUnavailable, err)
			}
			return fmt.Errorf("appending: %w", err)
		case full:
			if !u.unsure {
				return fmt.Errorf("%w: %w", ErrFull, err)
			}
		default:
			if broken := u.log.broken(); broken != nil {
				return broken
			}
			u.unsure = u.unsure || !u.log.certain(err)
			if full := u.log.noRoom(err); full != nil && !u.unsure {
				return full
			}
		}
		if ended := pause.wait(ctx); ended != nil {
			return fmt.Errorf("%w: %w: %w", ErrUnavailable, ended, err)
		}
	}
}

// attempt publishes the unit once. When earlier ones had no answer it waits for less: what was sent to a server that is
// gone is never answered, and a leader that was elected meanwhile answers soon.
func (u *unit) attempt(ctx context.Context, late int) (engine.Receipt, error) {
	wait := attemptFor
	if late > 0 {
		wait = againFor
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	u.attempts++
	return u.log.engine.Publish(ctx, u.msgs...)
}

// unanswered reports whether the engine said nothing.
func unanswered(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout)
}

// confirm checks that the unit stands where its chain hashes say. The guard makes anything else impossible; if it
// happens all the same, the log is broken and no one must go on as if it was not.
func (u *unit) confirm(r engine.Receipt) error {
	want := u.head.Sequence + uint64(len(u.msgs))
	if r.Sequence != 0 && r.Sequence != want {
		return fmt.Errorf("appending: %w", GapError{Want: want, Got: r.Sequence})
	}
	return nil
}

// settle finds out what stands behind the head after a conflict: something else, then the append is refused; or this
// very unit, then it is done. The id alone tells: the attempt that was refused may be one that another server has
// stored. Where nothing stands there yet, a single server was given a head that it does not have; but a replicated
// stream refuses already for what is on its way, perhaps this unit, and then it is not settled.
func (u *unit) settle(ctx context.Context, cause error) (settled bool, err error) {
	next, err := leaderGet(ctx, u.log.engine, Stream, messageQuery{Sequence: u.head.Sequence + 1})
	if err == nil {
		u.log.saw(next.sequence) // so that who catches up gets there
	}
	switch {
	case errors.Is(err, errNoMessage) && !u.unsure && u.log.replicas == 1:
		return true, fmt.Errorf("%w: %w", ErrConflict, cause)
	case err != nil:
		return false, fmt.Errorf("%w: %w", cause, err)
	case next.msg.Header.Get(headerMsgID) == u.records[0].ID.String():
		return true, nil
	}
	return true, fmt.Errorf("%w: %w", ErrConflict, cause)
}
