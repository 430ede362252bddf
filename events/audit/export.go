package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"accountd/events/eventlog"
)

// Format names the form of an export, which its first line carries.
const Format = "accountd-export/1"

// ErrExport is returned for a text that is no export.
var ErrExport = errors.New("not an export")

// Header is the first line of an export.
type Header struct {
	Format     string `json:"format"`
	Records    uint64 `json:"records"`              // how many follow
	Key        string `json:"key,omitempty"`        // that signed the checkpoint
	Checkpoint string `json:"checkpoint,omitempty"` // of all Records
}

// Export is what is read of an export: each Record, and the blocks of data keys where they were exported.
type Export struct {
	Header Header
	lines  *bufio.Reader
	record uint64 // the sequence of the newest one read
}

// maxLine bounds a line of an export: a Record's payload is at most 8 MiB, a third more in base64.
const maxLine = 16 << 20

// ReadExport reads an export's header. It returns [ErrExport].
func ReadExport(r io.Reader) (*Export, error) {
	e := &Export{lines: bufio.NewReaderSize(r, 1<<16)}
	line, err := e.next()
	if err == nil {
		e.Header, err = parse[Header](line)
	}
	if err != nil || e.Header.Format != Format {
		return nil, fmt.Errorf("%w: the first line does not say that it is %s", ErrExport, Format)
	}
	return e, nil
}

// Each gives record every Record and block every block; block may be nil. It returns a [BrokenError] for a line that is
// neither.
func (e *Export) Each(record func(eventlog.Stored) error, block func(eventlog.StoredBlock) error) error {
	for {
		line, err := e.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case bytes.HasPrefix(line, []byte(`{"block":`)):
			err = give(e, line, block)
		default:
			e.record++
			err = give(e, line, record)
		}
		if err != nil {
			return err
		}
	}
}

func give[T any](e *Export, line []byte, take func(T) error) error {
	v, err := parse[T](line)
	if err != nil {
		return BrokenError{e.record, fmt.Sprintf("its line in the export was changed: %v", err)}
	}
	if take == nil {
		return nil
	}
	return take(v)
}

// parse reads a line that is written in exactly the way in which [WriteExport] writes it.
func parse[T any](line []byte) (v T, err error) {
	if err := json.Unmarshal(line, &v); err != nil {
		return v, err
	}
	again, err := json.Marshal(v)
	if err == nil && !bytes.Equal(append(again, '\n'), line) {
		err = errors.New("it is not written as exports are")
	}
	return v, err
}

// next returns the next line, io.EOF behind the last one.
func (e *Export) next() ([]byte, error) {
	var line []byte
	for {
		part, err := e.lines.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, BrokenError{e.record + 1, "its line in the export is too long"}
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, BrokenError{e.record + 1, "its line in the export breaks off"}
		case err != nil:
			return nil, err
		}
		return line, nil
	}
}

// Log is what an export is made of. *eventlog.Log implements it.
type Log interface {
	ReadStored(ctx context.Context, after, until uint64, each func(eventlog.Stored) error) error
	ReadBlocks(ctx context.Context, each func(eventlog.StoredBlock) error) error
}

// WriteExport writes the header, the blocks of data keys when they are wanted, and the first Records, as many as the
// header says.
func WriteExport(ctx context.Context, w io.Writer, log Log, h Header, keys bool) error {
	h.Format = Format
	lines := json.NewEncoder(w)
	if err := lines.Encode(h); err != nil {
		return err
	}
	if keys {
		if err := log.ReadBlocks(ctx, func(b eventlog.StoredBlock) error { return lines.Encode(b) }); err != nil {
			return err
		}
	}
	return log.ReadStored(ctx, 0, h.Records, func(s eventlog.Stored) error { return lines.Encode(s) })
}
