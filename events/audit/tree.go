package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"accountd/events"
	"accountd/events/eventlog"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrDamaged is returned by [Tree.ProveRecord] and [Tree.ProveTree] when the file's hashes do not fit together. The file is
// removed then, so that the next start makes it anew.
var ErrDamaged = errors.New("the file of the log's tree is damaged")

// ErrSize is returned for a size or sequence that the Tree does not have.
var ErrSize = errors.New("the log's tree is not that large")

// Tree is the Merkle tree of a Log's Records, kept in a file. It is safe for concurrent use.
type Tree struct {
	file *os.File

	mu    sync.Mutex
	edge  edge
	moved chan struct{} // closed when the tree has grown
}

// OpenTree opens the file, or makes it. What a crash left at its end is cut off.
func OpenTree(path string) (*Tree, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log's tree: %w", err)
	}
	t := &Tree{file: file, moved: make(chan struct{})}
	info, err := file.Stat()
	if err == nil {
		err = t.load(info.Size() / tlog.HashSize)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the log's tree: %w", err), file.Close())
	}
	return t, nil
}

// load takes as many leaves as so many stored hashes make.
func (t *Tree) load(stored int64) error {
	size := stored / 2 // n leaves make fewer than 2n hashes, and at least as many less one for each level
	for tlog.StoredHashCount(size+1) <= stored {
		size++
	}
	for level := 0; size>>level > 0; level++ {
		read, err := t.ReadHashes([]int64{tlog.StoredHashIndex(level, size>>level-1)})
		if err != nil {
			return err
		}
		t.edge.nodes[level] = read[0]
	}
	t.edge.size = size
	return t.file.Truncate(tlog.StoredHashCount(size) * tlog.HashSize)
}

// Close closes the file.
func (t *Tree) Close() error { return t.file.Close() }

// Sync returns when everything is on disk.
func (t *Tree) Sync() error { return t.file.Sync() }

// Reset makes the Tree empty.
func (t *Tree) Reset() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.edge = edge{}
	return t.file.Truncate(0)
}

// Size returns how many Records the Tree has.
func (t *Tree) Size() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return uint64(t.edge.size)
}

// Apply adds Records that follow on those that the Tree has; those it has already are ignored.
func (t *Tree) Apply(records []events.Record) error {
	size := t.Size()
	if len(records) > 0 && records[0].Sequence <= size {
		records = records[min(uint64(len(records)), size+1-records[0].Sequence):]
	}
	if len(records) == 0 {
		return nil
	}
	chains := make([]events.Chain, len(records))
	for i, r := range records {
		chains[i] = r.Chain
	}
	return t.add(records[0].Sequence, chains)
}

// add adds the Records of those chain hashes, of which the first has that sequence.
func (t *Tree) add(sequence uint64, chains []events.Chain) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if sequence != uint64(t.edge.size)+1 {
		return fmt.Errorf("record %d does not follow on the %d of the log's tree", sequence, t.edge.size)
	}
	next := t.edge
	var out []byte
	for _, chain := range chains {
		for _, h := range next.add(Leaf(chain)) {
			out = append(out, h[:]...)
		}
	}
	if _, err := t.file.WriteAt(out, tlog.StoredHashCount(t.edge.size)*tlog.HashSize); err != nil {
		return fmt.Errorf("writing the log's tree: %w", err)
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
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if _, err := t.file.ReadAt(out[i][:], index*tlog.HashSize); err != nil {
			return nil, fmt.Errorf("reading the log's tree: %w", err)
		}
	}
	return out, nil
}

// catchUpAtOnce is how many Records CatchUp adds at once.
const catchUpAtOnce = 4096

// CatchUp adds the Records that the Tree lacks, up to and with until, from the Log. It returns a [BrokenError] for a Log that
// does not continue its chain.
func (t *Tree) CatchUp(ctx context.Context, log Log, until uint64) error {
	first := t.Size() + 1
	var previous events.Chain
	var chains []events.Chain
	err := log.ReadStored(ctx, max(first, 2)-2, until, func(s eventlog.Stored) error {
		chain, err := s.Claimed()
		if err != nil || s.Sequence >= first && s.ChainBehind(previous) != chain {
			return BrokenError{s.Sequence, "it does not continue the chain"}
		}
		if previous = chain; s.Sequence < first {
			return nil
		}
		if chains = append(chains, chain); len(chains) < catchUpAtOnce {
			return nil
		}
		defer func() { first, chains = first+uint64(len(chains)), nil }()
		return t.add(first, chains)
	})
	if err != nil || len(chains) == 0 {
		return err
	}
	return t.add(first, chains)
}
