package audit

import (
	"fmt"

	"accountd/events"
	"accountd/events/eventlog"

	"golang.org/x/mod/sumdb/tlog"
)

// BrokenError says that a log is not what it should be, and where.
type BrokenError struct {
	Sequence uint64 // the first Record that is to blame; 0: none can be told
	What     string
}

func (e BrokenError) Error() string {
	if e.Sequence == 0 {
		return e.What
	}
	return fmt.Sprintf("record %d: %s", e.Sequence, e.What)
}

// Verifier computes a log anew, Record by Record, without any key. It needs no more memory for a longer log.
type Verifier struct {
	origin string
	chain  events.Chain // of the newest Record
	edge   edge
	kept   []Checkpoint // that are still to be reached
	agreed uint64       // the size of the largest checkpoint that agreed
}

// NewVerifier returns a Verifier that also looks whether the log goes on from checkpoints, which may be of any sizes.
func NewVerifier(kept ...Checkpoint) *Verifier { return &Verifier{kept: kept} }

// Add takes the next Record. It returns a [BrokenError], after which the Verifier is of no use.
func (v *Verifier) Add(s eventlog.Stored) error {
	want := uint64(v.edge.size) + 1
	switch {
	case s.Sequence > want:
		return BrokenError{want, fmt.Sprintf("it is missing: record %d follows on record %d", s.Sequence, want-1)}
	case s.Sequence < want:
		return BrokenError{s.Sequence, fmt.Sprintf("it comes behind record %d: records were inserted or reordered",
			want-1)}
	}
	claimed, err := s.Claimed()
	if err != nil {
		return BrokenError{want, err.Error()}
	}
	chain := s.ChainBehind(v.chain)
	if chain != claimed {
		return BrokenError{want, "its chain hash does not follow from its content and the record before: it was " +
			"changed, or another stood here"}
	}
	if want == 1 {
		v.origin = OriginOf(s)
	}
	v.chain = chain
	v.edge.add(Leaf(chain))
	return v.compare()
}

// compare looks at the checkpoints of this size.
func (v *Verifier) compare() error {
	left := v.kept[:0:0]
	for _, c := range v.kept {
		switch {
		case c.Size != v.Size():
			left = append(left, c)
		case c.Origin != v.origin && c.Origin != "":
			return BrokenError{What: fmt.Sprintf("the checkpoint is of another log, %s; this one is %s", c.Origin,
				v.origin)}
		case c.Root != v.Root():
			return BrokenError{What: fmt.Sprintf("the log was forked: some record from %d to %d is another than when "+
				"the checkpoint of %d records was made",
				v.agreed+1, c.Size, c.Size)}
		default:
			v.agreed = c.Size
		}
	}
	v.kept = left
	return nil
}

// End says that the log has no more Records. It returns a [BrokenError] when a checkpoint was made of more.
func (v *Verifier) End() error {
	for _, c := range v.kept {
		if c.Size > 0 {
			return BrokenError{v.Size() + 1, fmt.Sprintf("it is missing: the log was truncated, the checkpoint was "+
				"made of %d records", c.Size)}
		}
	}
	return nil
}

// Size returns how many Records there were.
func (v *Verifier) Size() uint64 { return uint64(v.edge.size) }

// Root returns the root of their tree.
func (v *Verifier) Root() tlog.Hash { return v.edge.root() }

// Head returns the place of the newest Record; its Time is zero.
func (v *Verifier) Head() events.Head { return events.Head{Sequence: v.Size(), Chain: v.chain} }

// Checkpoint returns the checkpoint of what there was, to be kept.
func (v *Verifier) Checkpoint() Checkpoint {
	return Checkpoint{Origin: v.origin, Size: v.Size(), Root: v.Root()}
}
