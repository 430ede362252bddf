package commands

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Once makes a command take effect once, however often and wherever it is asked for. Its zero value makes it a command like
// any other.
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
func (h *Handler) DoOnce(ctx context.Context, actor Actor, cmd Command, once Once) (Outcome, error) {
	return h.start(ctx, actor, cmd, once)()
}

// Done returns what the command has led to if it has taken effect already, nil if it has not.
func (h *Handler) Done(ctx context.Context, actor Actor, cmd Command, once Once) (*Outcome, error) {
	states := h.fold.States()
	if states == nil || once.ID == uuid.Nil {
		return nil, nil
	}
	if actor.At.IsZero() {
		actor.At = time.Now()
	}
	return h.lookBack(ctx, states, actor, cmd, once)
}

// lookBackAll finds out which commands have taken effect already. All of them share one time: who waits behind them waits no longer
// than that.
func (h *Handler) lookBackAll(states States, group []*request) {
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

// mayBeDone reports whether the command may have taken effect already: it was asked for before, or what it is about has changed since.
func (o Once) mayBeDone(s States, cmd Command) bool {
	return o.ID != uuid.Nil && (o.Again || versionOf(s, cmd.Of().ID) > o.After)
}

// versionOf returns the sequence of the newest Record of the aggregate of that id, 0 when it is not known of.
func versionOf(s States, id uuid.UUID) uint64 {
	version := s.Directory().version(id)
	if u := s.User(id); u != nil {
		version = max(version, u.Version)
	}
	if d := s.Deleted(id); d != nil {
		version = max(version, d.Version)
	}
	return version
}

// lookBack reads in the Log, up to where the States are, what the command has led to, nil when it has not taken effect.
func (h *Handler) lookBack(ctx context.Context, s States, a Actor, cmd Command, once Once) (*Outcome, error) {
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
	last := records[len(records)-1]
	if err := Rehearse(s, a, cmd); err != nil && !ends(last) && !missesPart(err) {
		return nil, err
	}
	out := &Outcome{Sequence: last.Sequence + uint64(last.Of-last.Index), Directory: s.Directory()}
	if of.Kind != events.KindUser {
		return out, nil
	}
	err = h.eachOf(ctx, of, 0, last.Sequence, func(r events.Record) {
		if r.Sequence < records[0].Sequence {
			out.Before = Evolve(out.Before, r)
			out.User = out.Before
		} else {
			out.User = Evolve(out.User, r)
		}
	})
	if err == nil && out.User == nil && !ends(last) {
		err = noSuchUser() // erased since
	}
	return out, err
}

// missesPart reports whether the refusal says that what the command is about has no such part, which the command itself may have
// removed. Who learns so much has the right: whether somebody may ask is decided first.
func missesPart(err error) bool {
	var refusal *Refusal
	return errors.As(err, &refusal) && refusal.Kind == NotFound && refusal.Reason != noSuchUser().Reason
}

// eachOf visits the aggregate's Records behind after, up to upTo.
func (h *Handler) eachOf(ctx context.Context, of events.Aggregate, after, upTo uint64, visit func(events.Record)) error {
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

// Rehearse returns the Refusal of who may not ask for a command that has taken effect, or not any more, and of what is about
// a user who is gone: nil for everybody who may still learn what came of it. That its own effect, or what came later, stands in
// its way now is no reason.
func Rehearse(s States, a Actor, cmd Command) error {
	if create, ok := cmd.(CreateUser); ok {
		switch made := s.User(create.ID); {
		case made != nil:
			o := newOverlay(s)
			o.replace(made, nil, made.ID)
			s = o
		case s.Deleted(create.ID) != nil:
			return noSuchUser()
		}
	}
	if on, ok := cmd.(OnVersion); ok {
		cmd = on.Command // it has another version since
	}
	if rotate, ok := cmd.(RotateAPIKey); ok && s.User(a.User) != nil && inUse(s.User(a.User), a).ID == rotate.KeyID {
		a.Until = time.Time{} // the secret by which it is asked for ends because of it
	}
	_, err := Decide(s, a, cmd)
	var refusal *Refusal
	if errors.As(err, &refusal) && (refusal.Kind == Forbidden || refusal.Kind == NotFound) {
		return err
	}
	return nil
}
