package checkpoint

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"accountd/events"
	"accountd/events/durable"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/projections"
)

// ErrProgram is returned by [File.Load] for a file that another program wrote.
var ErrProgram = errors.New("the checkpoint is of another program")

// File is a checkpoint's place. It is safe for concurrent use; only one instance may use the place.
type File struct {
	path    string
	program string
	log     *eventlog.Log

	mu   sync.Mutex
	head events.Head    // of the file, zero when there is none
	keys []events.KeyID // that seal older files, and this one
}

// New returns the File at that path for a View of the Log. Program names what folds the Records, so that no other
// program takes what it made of them.
func New(path, program string, log *eventlog.Log) *File {
	return &File{path: path, program: program, log: log}
}

// Load gives the View, which has applied nothing yet, what the file has. An error says why the file is of no use; the
// View is as before then: fs.ErrNotExist when there is none, [ErrProgram], eventlog.ErrKeyGone when a person was erased
// since, eventlog.ErrLogDiffers when it is of another Log.
func (f *File) Load(ctx context.Context, v *projections.View) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.rememberUnfinished(ctx); err != nil {
		return err
	}
	file, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("opening the checkpoint: %w", err)
	}
	defer file.Close()
	saved, err := f.read(ctx, bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		return fmt.Errorf("reading the checkpoint: %w", err)
	}
	if err := v.Restore(saved); err != nil {
		return fmt.Errorf("reading the checkpoint: %w", err)
	}
	f.head = saved.Head
	return nil
}

// next returns where a file is until it is whole.
func (f *File) next() string { return f.path + ".new" }

// rememberUnfinished notes the keys of a file that a crash has left unfinished.
func (f *File) rememberUnfinished(ctx context.Context) error {
	file, err := os.Open(f.next())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for an unfinished checkpoint: %w", err)
	}
	defer file.Close()
	_, _, _ = f.open(ctx, bufio.NewReader(file)) // what cannot be opened has nothing that a key would help to read
	return nil
}

func (f *File) read(ctx context.Context, in *bufio.Reader) (projections.Saved, error) {
	c, begin, err := f.open(ctx, in)
	if err != nil {
		return projections.Saved{}, err
	}
	first, err := readFirst(begin)
	if err != nil {
		return projections.Saved{}, err
	}
	if err := f.log.Verify(ctx, first.Saved.Head); err != nil {
		return projections.Saved{}, err
	}
	return c.readRest(in, first)
}

// open reads the first line and opens the first block, which proves that the line is as it was written. Only then are
// the keys noted that it names: they will be destroyed when the file is replaced, whether the rest can be read or not.
func (f *File) open(ctx context.Context, in *bufio.Reader) (c content, begin []byte, err error) {
	h, line, err := readHeader(in)
	if err != nil {
		return content{}, nil, err
	}
	keys, err := h.keys()
	if err != nil {
		return content{}, nil, err
	}
	c.line = line
	if c.key, err = f.log.Key(ctx, keys[len(keys)-1]); err != nil {
		return content{}, nil, err
	}
	if begin, err = c.open(in, 0); err != nil {
		return content{}, nil, err
	}
	f.keys = append(f.keys, keys...)
	if h.Program != f.program {
		return content{}, nil, ErrProgram
	}
	return c, begin, nil
}

// Behind returns how many Records the View has applied that the file has not.
func (f *File) Behind(v *projections.View) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return v.Position() - f.head.Sequence
}

// Save writes the file anew with what the View holds now, and makes the one before unreadable.
func (f *File) Save(ctx context.Context, v *projections.View) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := v.Snapshot()
	if s == nil {
		return nil // it is still loading
	}
	id, key, err := f.log.NewKey(ctx)
	if err != nil {
		return fmt.Errorf("writing the checkpoint: %w", err)
	}
	h := header{Format: format, Program: f.program, Key: id.String()}
	for _, stale := range f.keys {
		h.Stale = append(h.Stale, stale.String())
	}
	saved := s.Saved()
	if err := f.write(h, key, saved); err != nil {
		return fmt.Errorf("writing the checkpoint: %w", err)
	}
	f.keys, f.head = append(f.keys, id), saved.Head
	return f.destroy(ctx, 1)
}

func (f *File) write(h header, key seal.DataKey, saved projections.Saved) error {
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(f.next(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	c := content{key: key, line: append(line, '\n')}
	if err := errors.Join(c.write(file, saved), file.Sync(), file.Close()); err != nil {
		return err
	}
	return durable.Move(f.next(), f.path)
}

// Drop makes the file, and every copy of it and of those before it, unreadable, and removes it.
func (f *File) Drop(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.destroy(ctx, 0); err != nil { // the keys first: without the file nobody would know them
		return err
	}
	f.head = events.Head{}
	for _, path := range []string{f.path, f.next()} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the checkpoint: %w", err)
		}
	}
	return nil
}

// destroy destroys all keys but the newest ones, so many.
func (f *File) destroy(ctx context.Context, but int) error {
	for len(f.keys) > but {
		if err := f.log.Destroy(ctx, f.keys[0]); err != nil && !errors.Is(err, eventlog.ErrLostKeys) {
			return fmt.Errorf("making an old checkpoint unreadable: %w", err)
		}
		f.keys = slices.Delete(f.keys, 0, 1)
	}
	return nil
}
