package audit

import (
	"accountd/events"

	"golang.org/x/mod/sumdb/tlog"
)

// Leaf returns the leaf hash of a Record with that chain hash.
func Leaf(chain events.Chain) tlog.Hash { return tlog.RecordHash(chain[:]) }

// edge is the right edge of a tree: of each level the newest complete node, which is all that it takes to add leaves
// and to tell the root.
type edge struct {
	size  int64
	nodes [64]tlog.Hash // by level
}

// add adds a leaf and returns the nodes that it completes, the leaf itself first.
func (e *edge) add(leaf tlog.Hash) []tlog.Hash {
	completed, err := tlog.StoredHashesForRecordHash(e.size, leaf, e)
	if err != nil {
		panic(err) // ReadHashes has no errors
	}
	copy(e.nodes[:], completed)
	e.size++
	return completed
}

func (e *edge) root() tlog.Hash {
	root, err := tlog.TreeHash(e.size, e)
	if err != nil {
		panic(err) // ReadHashes has no errors
	}
	return root
}

// ReadHashes returns nodes that lie on the edge. Those that a new leaf and the root need do.
func (e *edge) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		out[i] = e.nodes[level]
	}
	return out, nil
}
