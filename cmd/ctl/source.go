package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"accountd/events/audit"
	"accountd/events/engine"
	"accountd/events/eventlog"
)

// export is a log being read, as an export.
type export struct {
	io.Reader
	close  func() error
	kept   []audit.Checkpoint // that the log's owner kept beside it
	broken func(error) error  // says more about what reading or verifying ended with
}

func (e *export) Close() error { return e.close() }

func same(err error) error { return err }

// open returns the log that the flags name: of a file, of a service, or of a data folder, which is asked through its
// service while that runs.
func (a *auditing) open(ctx context.Context) (*export, error) {
	switch {
	case a.export == "-":
		return &export{Reader: os.Stdin, close: func() error { return nil }, broken: same}, nil
	case a.export != "":
		f, err := os.Open(a.export)
		if err != nil {
			return nil, fmt.Errorf("opening the export: %w", err)
		}
		return &export{Reader: f, close: f.Close, broken: same}, nil
	case a.url == "" && (a.data != "" || a.profile == "" && a.env("ACCOUNTCTL_URL") == ""):
		e, err := a.openFolder(ctx)
		if !errors.Is(err, engine.ErrLocked) {
			return e, err
		}
	}
	return a.openService(ctx)
}

func (a *auditing) openService(ctx context.Context) (*export, error) {
	s, err := a.find()
	if err != nil {
		return nil, err
	}
	path := "/v1/audit/records"
	if a.keys {
		path += "?keys=true"
	}
	answer, err := s.get(ctx, path)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		return nil, refused(answer)
	}
	return &export{Reader: answer.Body, close: answer.Body.Close, broken: same}, nil
}

// folder is the log in a copy of a data folder.
type folder struct {
	temp    string
	engine  *engine.Engine
	records uint64
}

// openFolder copies the log of a data folder that nobody uses and starts an engine on the copy, because an engine
// repairs what it opens: what is to be looked at would change.
func (a *auditing) openFolder(ctx context.Context) (*export, error) {
	data := a.data
	if data == "" {
		data = defaultData
	}
	release, err := lockFolder(data)
	if err != nil {
		return nil, err
	}
	defer release()
	f, err := copyFolder(ctx, filepath.Join(data, engine.StoreName))
	if err != nil {
		return nil, err
	}
	out, in := io.Pipe()
	go func() {
		in.CloseWithError(audit.WriteExport(ctx, in, f, audit.Header{Records: f.records}, a.keys))
	}()
	e := &export{Reader: out, broken: f.broken, close: func() error { return errors.Join(out.Close(), f.close()) }}
	if e.kept, err = keptIn(data); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// lockFolder sees to it that no service runs on the folder, without making anything in it. It returns engine.ErrLocked.
func lockFolder(data string) (release func(), err error) {
	if _, err := os.Stat(filepath.Join(data, engine.StoreName)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("where is the log? There is no %s; give --data, --url or --export",
				filepath.Join(data, engine.StoreName))
		}
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(data, engine.LockName)); errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil // a copy
	}
	unlock, err := engine.Lock(data)
	if err != nil {
		return nil, err
	}
	return func() { _ = unlock() }, nil
}

func copyFolder(ctx context.Context, store string) (f *folder, err error) {
	f = &folder{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.close())
		}
	}()
	if f.temp, err = os.MkdirTemp("", "accountctl-audit-"); err != nil {
		return f, err
	}
	if err = engine.CopyStreams(store, f.temp, eventlog.Stream, eventlog.KeyStream); err != nil {
		return f, err
	}
	if f.engine, err = engine.Start(ctx, engine.Options{StoreDir: f.temp}); err != nil {
		return f, err
	}
	f.records, err = eventlog.Last(ctx, f.engine)
	return f, err
}

func (f *folder) close() error {
	var err error
	if f.engine != nil {
		err = f.engine.Close(context.Background())
	}
	return errors.Join(err, os.RemoveAll(f.temp))
}

// ReadStored is of audit.Log.
func (f *folder) ReadStored(ctx context.Context, after, until uint64, each func(eventlog.Stored) error) error {
	return eventlog.ReadStored(ctx, f.engine, after, until, each)
}

// ReadBlocks is of audit.Log.
func (f *folder) ReadBlocks(ctx context.Context, each func(eventlog.StoredBlock) error) error {
	return eventlog.ReadBlocks(ctx, f.engine, each)
}

// broken tells of a record that the store lost.
func (f *folder) broken(err error) error {
	if gap, ok := errors.AsType[eventlog.GapError](err); ok {
		return audit.BrokenError{Sequence: gap.Want,
			What: fmt.Sprintf("it is missing: record %d follows on record %d; the store is damaged",
				gap.Got, gap.Want-1)}
	}
	if lost, ok := errors.AsType[eventlog.RecordError](err); ok && errors.Is(err, eventlog.ErrUnreadable) {
		return audit.BrokenError{Sequence: lost.Sequence, What: "the store is damaged there: it cannot be read"}
	}
	return err
}

// keptIn returns the place of the log that its service kept in the data folder.
func keptIn(data string) ([]audit.Checkpoint, error) {
	anchor, err := eventlog.LoadAnchor(filepath.Join(data, "checkpoint.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case len(anchor.Root) != len(audit.Checkpoint{}.Root):
		return nil, nil
	}
	return []audit.Checkpoint{{Size: anchor.Head.Sequence, Root: [32]byte(anchor.Root)}}, nil
}
