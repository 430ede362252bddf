package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Root returns the root of the first so many Records. It returns [ErrSize], and [ErrDamaged] instead of a root that
// does not fit what the Tree has grown from.
func (t *Tree) Root(size uint64) (tlog.Hash, error) {
	newest, err := t.newest()
	if err != nil {
		return tlog.Hash{}, err
	}
	switch have := uint64(newest.size); {
	case size > have:
		return tlog.Hash{}, ErrSize
	case size == have:
		return newest.root(), nil
	case size == 0:
		return (&edge{}).root(), nil
	}
	root, err := tlog.TreeHash(int64(size), t)
	proof, err2 := tlog.ProveTree(newest.size, int64(size), t)
	if err := errors.Join(err, err2); err != nil {
		return root, t.damaged(err)
	}
	if err := tlog.CheckTree(proof, newest.size, newest.root(), int64(size), root); err != nil {
		return root, t.damaged(err)
	}
	return root, nil
}

// newest returns the right edge of the Tree, which was never read from what was not checked.
func (t *Tree) newest() (edge, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.making {
		return edge{}, ErrDamaged
	}
	return t.edge, nil
}

// Leaf returns the leaf hash of the Record of that sequence. It returns [ErrSize].
func (t *Tree) Leaf(sequence uint64) (tlog.Hash, error) {
	if sequence == 0 || sequence > t.Size() {
		return tlog.Hash{}, ErrSize
	}
	leaf, err := t.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(sequence)-1)})
	if err != nil {
		return tlog.Hash{}, err
	}
	return leaf[0], nil
}

// ProveRecord returns a proof that the Record of that sequence is among the first so many (RFC 6962, section 2.1.1). It
// returns [ErrSize], and [ErrDamaged] instead of a proof that does not hold.
func (t *Tree) ProveRecord(size, sequence uint64) (tlog.RecordProof, error) {
	if _, err := t.newest(); err != nil {
		return nil, err
	}
	if sequence == 0 || sequence > size || size > t.Size() {
		return nil, ErrSize
	}
	n, i := int64(size), int64(sequence)-1
	proof, err := tlog.ProveRecord(n, i, t)
	root, err2 := t.Root(size)
	leaf, err3 := t.Leaf(sequence)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, t.damaged(err)
	}
	if err := tlog.CheckRecord(proof, n, root, i, leaf); err != nil {
		return nil, t.damaged(err)
	}
	return proof, nil
}

// ProveTree returns a proof that the first from Records are the beginning of the first to Records (RFC 6962, section
// 2.1.2). It returns [ErrSize], and [ErrDamaged] instead of a proof that does not hold.
func (t *Tree) ProveTree(from, to uint64) (tlog.TreeProof, error) {
	if _, err := t.newest(); err != nil {
		return nil, err
	}
	if from == 0 || from > to || to > t.Size() {
		return nil, ErrSize
	}
	proof, err := tlog.ProveTree(int64(to), int64(from), t)
	older, err2 := t.Root(from)
	newer, err3 := t.Root(to)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, t.damaged(err)
	}
	if err := tlog.CheckTree(proof, int64(to), newer, int64(from), older); err != nil {
		return nil, t.damaged(err)
	}
	return proof, nil
}

// damaged has the Tree made anew.
func (t *Tree) damaged(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lose(fmt.Errorf("%w: %w", ErrDamaged, err))
}
