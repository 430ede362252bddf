package audit_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"accountd/events"
	"accountd/events/audit"
)

// leaves are records as far as a tree looks at them.
func leaves(from, to uint64) (out []events.Record) {
	for n := from; n <= to; n++ {
		out = append(out, events.Record{Sequence: n, Chain: events.Chain{byte(n), byte(n >> 8), 7}})
	}
	return out
}

func open(t require.TestingT, path string) *audit.Tree {
	tree, err := audit.OpenTree(path)
	require.NoError(t, err)
	return tree
}

// byHand is the root of the first n leaves by RFC 6962's definition.
func byHand(n uint64) tlog.Hash {
	if n == 0 {
		root, _ := tlog.TreeHash(0, nil)
		return root
	}
	return subtree(leaves(1, n))
}

func subtree(of []events.Record) tlog.Hash {
	if len(of) == 1 {
		return audit.Leaf(of[0].Chain)
	}
	k := 1
	for k*2 < len(of) {
		k *= 2
	}
	return tlog.NodeHash(subtree(of[:k]), subtree(of[k:]))
}

// TestTree grows a tree in steps of any size, closing it and leaving half-written hashes at its end now and then, and
// checks roots and proofs at any sizes.
func TestTree(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "tree")
		require.NoError(t, os.RemoveAll(path))
		tree, size := open(t, path), uint64(0)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			seen := rapid.Uint64Range(0, size).Draw(t, "seen before")
			size += rapid.Uint64Range(0, 40).Draw(t, "more")
			require.NoError(t, tree.Apply(leaves(seen+1, size)))
			if rapid.Bool().Draw(t, "closed") {
				require.NoError(t, tree.Close())
				torn(t, path, rapid.SliceOfN(rapid.Byte(), 0, 31).Draw(t, "torn"))
				tree = open(t, path)
			}
			require.Equal(t, size, tree.Size())
			root, err := tree.Root(size)
			require.NoError(t, err)
			require.Equal(t, byHand(size), root)
			if size > 0 {
				checkProofs(t, tree, size)
			}
		}
		require.NoError(t, tree.Close())
	})
}

func torn(t *rapid.T, path string, rest []byte) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.Write(rest)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func checkProofs(t *rapid.T, tree *audit.Tree, size uint64) {
	at := rapid.Uint64Range(1, size).Draw(t, "size of the proof")
	sequence := rapid.Uint64Range(1, at).Draw(t, "record")
	older, err := tree.Root(at)
	require.NoError(t, err)
	require.Equal(t, byHand(at), older)
	leaf, err := tree.Leaf(sequence)
	require.NoError(t, err)
	record, err := tree.ProveRecord(at, sequence)
	require.NoError(t, err)
	require.NoError(t, tlog.CheckRecord(record, int64(at), older, int64(sequence-1), leaf))
	consistency, err := tree.ProveTree(at, size)
	require.NoError(t, err)
	require.NoError(t, tlog.CheckTree(consistency, int64(size), byHand(size), int64(at), older))
}

func TestSizesThatAreNotThere(t *testing.T) {
	tree := open(t, filepath.Join(t.TempDir(), "tree"))
	defer tree.Close()
	require.NoError(t, tree.Apply(leaves(1, 5)))
	require.Error(t, tree.Apply(leaves(7, 8)), "a gap")
	_, err := tree.Root(6)
	require.ErrorIs(t, err, audit.ErrSize)
	for _, c := range [][2]uint64{{5, 0}, {5, 6}, {6, 1}, {0, 0}} {
		_, err = tree.ProveRecord(c[0], c[1])
		require.ErrorIs(t, err, audit.ErrSize)
	}
	for _, c := range [][2]uint64{{0, 5}, {4, 3}, {1, 6}} {
		_, err = tree.ProveTree(c[0], c[1])
		require.ErrorIs(t, err, audit.ErrSize)
	}
	require.NoError(t, tree.Reset())
	require.Zero(t, tree.Size())
	require.NoError(t, tree.Apply(leaves(1, 3)))
}

// TestADamagedTreeProvesNothing and is gone at the next start.
func TestADamagedTreeProvesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tree")
	tree := open(t, path)
	require.NoError(t, tree.Apply(leaves(1, 64)))
	require.NoError(t, tree.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[5*tlog.HashSize] ^= 1
	require.NoError(t, os.WriteFile(path, content, 0o600))
	tree = open(t, path)
	defer tree.Close()
	failed := 0
	for sequence := uint64(1); sequence <= 64; sequence++ {
		if _, err := tree.ProveRecord(64, sequence); err != nil {
			require.ErrorIs(t, err, audit.ErrDamaged)
			failed++
		}
	}
	require.NotZero(t, failed)
	require.NoFileExists(t, path)
}

func TestWaitForTheTree(t *testing.T) {
	tree := open(t, filepath.Join(t.TempDir(), "tree"))
	defer tree.Close()
	done := make(chan error, 1)
	go func() { done <- tree.Wait(context.Background(), 3) }()
	require.NoError(t, tree.Apply(leaves(1, 2)))
	require.NoError(t, tree.Apply(leaves(3, 3)))
	require.NoError(t, <-done)
	ended, end := context.WithCancel(context.Background())
	end()
	require.ErrorIs(t, tree.Wait(ended, 4), context.Canceled)
}
