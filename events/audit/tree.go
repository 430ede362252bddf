package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"accountd/events"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrDamaged is returned by [Tree.Root], [Tree.ProveRecord] and [Tree.ProveTree] while the Tree is made anew, since its
// file could not be written or its hashes do not fit together.
var ErrDamaged = errors.New("the log's tree is damaged and being made anew")

// ErrSize is returned for a size or sequence that the Tree does not have.
var ErrSize = errors.New("the log's tree is not that large")

// Tree is the Merkle tree of a Log's Records, kept in a file. It is safe for concurrent use.
type Tree struct {
	path string
	lost chan error // has something in it when the file must be made anew

	mu      sync.Mutex
	file    *os.File
	edge    edge          // of what was added, so it needs no file to tell the newest root
	moved   chan struct{} // closed when the tree has grown
	applied uint64        // the newest Record that Apply was given
	making  bool          // the tree is made anew, and may have fewer Records
}

// OpenTree opens the file, or makes it. The file is believed for the first so many Records when they have that root;
// all else in it is thrown away, since it may not have been on disk when the power went.
func OpenTree(path string, size uint64, root []byte) (*Tree, error) {
	t := &Tree{path: path, lost: make(chan error, 1), moved: make(chan struct{})}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		t.file = file
		if err = t.load(int64(size), root); err == nil {
			return t, nil
		}
	}
	if err2 := t.fresh(); err2 != nil {
		return nil, errors.Join(fmt.Errorf("opening the log's tree: %w", err), err2)
	}
	return t, nil
}

// load takes so many leaves of the file if they have that root.
func (t *Tree) load(size int64, root []byte) error {
	var read edge
	if info, err := t.file.Stat(); err != nil || size < 0 || info.Size() < tlog.StoredHashCount(size)*tlog.HashSize {
		return errors.Join(err, t.file.Truncate(0))
	}
	for level := 0; size>>level > 0; level++ {
		node, err := t.read(tlog.StoredHashIndex(level, size>>level-1))
		if err != nil {
			return err
		}
		read.nodes[level] = node
	}
	read.size = size
	if have := read.root(); !bytes.Equal(have[:], root) {
		return t.file.Truncate(0)
	}
	t.edge, t.applied = read, uint64(size)
	return t.file.Truncate(tlog.StoredHashCount(size) * tlog.HashSize)
}

// fresh begins with an empty file in place of the one that is there.
func (t *Tree) fresh() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.edge = edge{}
	if t.file != nil {
		_ = t.file.Close() // what it held is of no use
	}
	if err := os.Remove(t.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("making the log's tree anew: %w", err)
	}
	file, err := os.OpenFile(t.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("making the log's tree anew: %w", err)
	}
	t.file = file
	return nil
}

// Close closes the file.
func (t *Tree) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.file.Close()
}

// Sync returns when everything is on disk. When that fails, nobody knows what is: the Tree is made anew.
func (t *Tree) Sync() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.file.Sync(); err != nil {
		return t.lose(fmt.Errorf("syncing the log's tree: %w", err))
	}
	return nil
}

// lose has the Tree made anew. It returns the reason.
func (t *Tree) lose(err error) error {
	t.making = true
	select {
	case t.lost <- err:
	default: // it is known
	}
	return err
}

// Size returns how many Records the Tree has.
func (t *Tree) Size() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return uint64(t.edge.size)
}

// Apply adds Records that follow on those that the Tree has; those it has already are ignored. A file that cannot be
// written is no error: the Tree is made anew then.
func (t *Tree) Apply(records []events.Record) error {
	if len(records) == 0 {
		return nil
	}
	chains := make([]events.Chain, len(records))
	for i, r := range records {
		chains[i] = r.Chain
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.applied = max(t.applied, records[len(records)-1].Sequence)
	err := t.add(records[0].Sequence, chains)
	if t.making {
		return nil // it is read from the Log later
	}
	return err
}

// add adds the Records of those chain hashes, of which the first has that sequence. The caller holds the lock.
func (t *Tree) add(sequence uint64, chains []events.Chain) error {
	have := uint64(t.edge.size)
	if sequence > have+1 {
		return fmt.Errorf("record %d does not follow on the %d of the log's tree", sequence, have)
	}
	chains = chains[min(uint64(len(chains)), have+1-sequence):]
	if len(chains) == 0 {
		return nil
	}
	next := t.edge
	var out []byte
	for _, chain := range chains {
		for _, h := range next.add(Leaf(chain)) {
			out = append(out, h[:]...)
		}
	}
	if _, err := t.file.WriteAt(out, tlog.StoredHashCount(t.edge.size)*tlog.HashSize); err != nil {
		return t.lose(fmt.Errorf("writing the log's tree: %w", err))
	}
	t.edge = next
	close(t.moved)
	t.moved = make(chan struct{})
	return nil
}

// Wait returns when the Tree has so many Records, or with the context's error.
func (t *Tree) Wait(ctx context.Context, size uint64) error {
	for {
		t.mu.Lock()
		have, moved := uint64(t.edge.size), t.moved
		t.mu.Unlock()
		if have >= size {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ReadHashes reads hashes from the file. It implements tlog.HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		var err error
		if out[i], err = t.read(index); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t *Tree) read(index int64) (h tlog.Hash, err error) {
	if _, err := t.file.ReadAt(h[:], index*tlog.HashSize); err != nil {
		return h, fmt.Errorf("reading the log's tree: %w", err)
	}
	return h, nil
}
