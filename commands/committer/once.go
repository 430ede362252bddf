package committer

import (
	"context"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// Once makes a command take effect once, however often and wherever it is asked for. Its zero value makes it a command
// like any other.
type Once struct {
	// ID of the command, the same each time; its Records in the Log bear it.
	ID uuid.UUID
	// After is a sequence up to which the Log has no Record of the command.
	After uint64
	// Again says that the command was asked for before, and that nobody knows what came of it.
	Again bool
}

// readTimeout bounds a look into the Log for what a command has led to.
const readTimeout = 5 * time.Second

// lookBehind is how many Records are read at a time.
const lookBehind = 1000

// DoOnce is Do of a command that may have taken effect already: then it returns what that led to, as if it had done so
// now. It refuses who would not be allowed to ask for the command any more, and what is about a user who is gone since.
func (h *Handler) DoOnce(ctx context.Context, actor commands.Actor, cmd commands.Command, once Once) (commands.Outcome,
	error) {
	return h.start(ctx, actor, cmd, once)()
}

// Done returns what the command has led to if it has taken effect already, nil if it has not.
func (h *Handler) Done(ctx context.Context, actor commands.Actor, cmd commands.Command, once Once) (*commands.Outcome,
	error) {
	states := h.fold.States()
	if states == nil || once.ID == uuid.Nil {
		return nil, nil
	}
	if actor.At.IsZero() {
		actor.At = time.Now()
	}
	return h.lookBack(ctx, states, actor, cmd, once)
}

// lookBackAll finds out which commands have taken effect already. All of them share one time: who waits behind them
// waits no longer than that.
func (h *Handler) lookBackAll(states commands.States, group []*request) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	for _, r := range group {
		if r.done != nil || r.ctx.Err() != nil || !r.once.mayBeDone(states, r.cmd) {
			continue
		}
		r.done, r.failed = h.lookBack(ctx, states, r.actor, r.cmd, r.once)
		if r.done == nil && r.failed == nil {
			r.once.After, r.once.Again = max(r.once.After, states.Head().Sequence), false
		}
	}
}

// mayBeDone reports whether the command may have taken effect already: it was asked for before, or what it is about has
// changed since.
func (o Once) mayBeDone(s commands.States, cmd commands.Command) bool {
	return o.ID != uuid.Nil && (o.Again || commands.VersionOf(s, cmd.Of().ID) > o.After)
}

// lookBack reads in the Log, up to where the States are, what the command has led to, nil when it has not taken effect.
func (h *Handler) lookBack(ctx context.Context, s commands.States, a commands.Actor, cmd commands.Command,
	once Once) (*commands.Outcome, error) {
	of, upTo := cmd.Of(), s.Head().Sequence
	var records []events.Record // of the command
	err := h.eachOf(ctx, of, once.After, upTo, func(r events.Record) {
		if r.Command == once.ID {
			records = append(records, r)
		}
	})
	if err != nil || len(records) == 0 {
		return nil, err
	}
	recalled, err := commands.Recall(s, a, cmd, records)
	if err != nil {
		return nil, err
	}
	if of.Kind == events.KindUser {
		if err := h.eachOf(ctx, of, 0, recalled.Last(), recalled.Evolve); err != nil {
			return nil, err
		}
	}
	return recalled.Outcome()
}

// eachOf visits the aggregate's Records behind after, up to upTo.
func (h *Handler) eachOf(ctx context.Context, of events.Aggregate, after, upTo uint64,
	visit func(events.Record)) error {
	for after < upTo {
		records, err := h.log.ReadOf(ctx, of, after, lookBehind)
		if err != nil {
			return err
		}
		for _, r := range records {
			if r.Sequence > upTo {
				return nil
			}
			visit(r)
			after = r.Sequence
		}
		if len(records) < lookBehind {
			return nil
		}
	}
	return nil
}
