package audit

import (
	"fmt"
	"io"

	"accountd/events/eventlog"
)

// VerifyOptions say what an export is compared with.
type VerifyOptions struct {
	Key      string       // that must have signed the export's checkpoint; empty: the one that the export names
	Kept     []Checkpoint // the log must go on from
	Progress func(done, total uint64)
}

// VerifyExport verifies a log from its export; see [Verify]. It also returns [ErrExport].
func VerifyExport(r io.Reader, o VerifyOptions) (*Verifier, Header, error) {
	e, err := ReadExport(r)
	if err != nil {
		return nil, Header{}, err
	}
	v, err := Verify(e, o)
	return v, e.Header, err
}

// Verify verifies a log from its export. It returns a [BrokenError] for a log that is not what it should be.
func Verify(e *Export, o VerifyOptions) (*Verifier, error) {
	kept := o.Kept
	if e.Header.Checkpoint != "" {
		own, err := ownCheckpoint(e.Header, o.Key)
		if err != nil {
			return nil, BrokenError{What: fmt.Sprintf("the checkpoint that comes with the records: %v", err)}
		}
		kept = append(kept[:len(kept):len(kept)], own)
	}
	v := NewVerifier(kept...)
	err := e.Each(func(s eventlog.Stored) error {
		err := v.Add(s)
		if o.Progress != nil {
			o.Progress(v.Size(), e.Header.Records)
		}
		return err
	}, nil)
	if err == nil && v.Size() < e.Header.Records {
		err = BrokenError{v.Size() + 1, fmt.Sprintf("it is missing: the export says that it has %d records",
			e.Header.Records)}
	}
	if err == nil && v.Size() > e.Header.Records {
		err = BrokenError{e.Header.Records + 1, fmt.Sprintf("it was appended: the export says that it has %d records",
			e.Header.Records)}
	}
	if err == nil {
		err = v.End()
	}
	return v, err
}

// ownCheckpoint returns the checkpoint of all Records that came with them.
func ownCheckpoint(h Header, key string) (Checkpoint, error) {
	if key == "" {
		key = h.Key
	}
	if key == "" {
		return Checkpoint{}, fmt.Errorf("%w: the export does not say which key signed its checkpoint", ErrCheckpoint)
	}
	c, err := ParseCheckpoint([]byte(h.Checkpoint), key)
	if err == nil && c.Size != h.Records {
		err = fmt.Errorf("it is of %d records, and there are said to be %d", c.Size, h.Records)
	}
	return c, err
}
