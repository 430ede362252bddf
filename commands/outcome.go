package commands

import (
	"errors"

	"github.com/google/uuid"

	"accountd/events"
)

// Outcome is what a command led to.
type Outcome struct {
	// Sequence of the command's newest Record; of what the command is about, when everything was so already.
	Sequence  uint64
	User      *User      // the State after the command, nil after a deletion or when the command is about no user
	Before    *User      // the State before the command, nil before a creation or when the command is about no user
	Directory *Directory // as the command left it
}

// Unchanged returns the Outcome of a command that leads to no Event on these States.
func Unchanged(s States, cmd Command) Outcome {
	of := cmd.Of().ID
	u := s.User(of)
	return Outcome{User: u, Before: u, Directory: s.Directory(), Sequence: VersionOf(s, of)}
}

// After returns the Outcome once the command's Records are in the Log, too.
func (o Outcome) After(cmd Command, records []events.Record) Outcome {
	for _, r := range records {
		o.Directory, o.Sequence = o.Directory.Evolve(r), r.Sequence
		if r.Aggregate == cmd.Of() {
			o.User = Evolve(o.User, r)
		}
	}
	return o
}

// VersionOf returns the sequence of the newest Record of the aggregate of that id, 0 when it is not known of.
func VersionOf(s States, id uuid.UUID) uint64 {
	version := s.Directory().version(id)
	if u := s.User(id); u != nil {
		version = max(version, u.Version)
	}
	if d := s.Deleted(id); d != nil {
		version = max(version, d.Version)
	}
	return version
}

// Recalled is the Outcome of a command that took effect before, found out by reading its aggregate's history again.
type Recalled struct {
	first, last events.Record // of the command
	out         Outcome
}

// Recall begins to find out what a command led to that has these Records, at least one. It returns the Refusal of who
// may not learn that any more; see [Rehearse].
func Recall(s States, a Actor, cmd Command, records []events.Record) (*Recalled, error) {
	c := &Recalled{first: records[0], last: records[len(records)-1]}
	if err := Rehearse(s, a, cmd); err != nil && !ends(c.last) && !missesPart(err) {
		return nil, err
	}
	c.out = Outcome{Sequence: c.last.Sequence + uint64(c.last.Of-c.last.Index), Directory: s.Directory()}
	return c, nil
}

// Last returns the sequence of the command's newest Record of its aggregate.
func (c *Recalled) Last() uint64 { return c.last.Sequence }

// Evolve folds one Record of the user whom the command is about; it takes them from the user's first to the command's
// last one.
func (c *Recalled) Evolve(r events.Record) {
	c.out.User = Evolve(c.out.User, r)
	if r.Sequence < c.first.Sequence {
		c.out.Before = c.out.User
	}
}

// Outcome returns what the command led to, or the Refusal of what is about a user who was erased since.
func (c *Recalled) Outcome() (*Outcome, error) {
	if c.first.Aggregate.Kind == events.KindUser && c.out.User == nil && !ends(c.last) {
		return nil, noSuchUser()
	}
	return &c.out, nil
}

// missesPart reports whether the refusal says that what the command is about has no such part, which the command itself
// may have removed. Who learns so much has the right: whether somebody may ask is decided first.
func missesPart(err error) bool {
	var refusal *Refusal
	return errors.As(err, &refusal) && refusal.Kind == NotFound && refusal.Reason != noSuchUser().Reason
}

// Rehearse returns the Refusal of who may not ask for a command that has taken effect, or not any more, and of what is
// about a user who is gone: nil for everybody who may still learn what came of it. That its own effect, or what came
// later, stands in its way now is no reason.
func Rehearse(s States, a Actor, cmd Command) error {
	if create, ok := cmd.(CreateUser); ok {
		switch made := s.User(create.ID); {
		case made != nil:
			o := NewOverlay(s)
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
		a.Secret = "" // the secret by which it is asked for ends because of it
	}
	_, err := Decide(s, a, cmd)
	var refusal *Refusal
	if errors.As(err, &refusal) && (refusal.Kind == Forbidden || refusal.Kind == NotFound) {
		return err
	}
	return nil
}
