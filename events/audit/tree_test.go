package audit_test

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"accountd/events"
	"accountd/events/audit"
	"accountd/events/eventlog"
)

// leaves are records as far as a tree looks at them.
func leaves(from, to uint64) (out []events.Record) {
	for n := from; n <= to; n++ {
		out = append(out, events.Record{Sequence: n, Chain: events.Chain{byte(n), byte(n >> 8), 7}})
	}
	return out
}

// open opens a tree that had so many records at the last place that was kept.
func open(t require.TestingT, path string, kept uint64) *audit.Tree {
	root := byHand(kept)
	tree, err := audit.OpenTree(path, kept, root[:])
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
		tree, size := open(t, path, 0), uint64(0)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			seen := rapid.Uint64Range(0, size).Draw(t, "seen before")
			size += rapid.Uint64Range(0, 40).Draw(t, "more")
			require.NoError(t, tree.Apply(leaves(seen+1, size)))
			if rapid.Bool().Draw(t, "closed") {
				require.NoError(t, tree.Close())
				torn(t, path, rapid.SliceOfN(rapid.Byte(), 0, 31).Draw(t, "torn"))
				kept := rapid.Uint64Range(0, size).Draw(t, "kept")
				tree = open(t, path, kept)
				require.Equal(t, kept, tree.Size(), "what is behind the kept place is not believed")
				require.NoError(t, tree.Apply(leaves(kept+1, size)))
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
	tree := open(t, filepath.Join(t.TempDir(), "tree"), 0)
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
}

// chainLog is a Log of leaves, as far as a tree reads it.
type chainLog struct {
	audit.Log
	records []eventlog.Stored
}

// newChainLog returns a Log and its Records.
func newChainLog(n int) (h chainLog, records []events.Record) {
	var previous events.Chain
	for i := range n {
		s := eventlog.Stored{Sequence: uint64(i + 1), Subject: "s", Headers: map[string]string{},
			Data: []byte{byte(i), byte(i >> 8)}}
		previous = s.ChainBehind(previous)
		s.Headers["acc-chain"] = previous.String()
		h.records = append(h.records, s)
		records = append(records, events.Record{Sequence: s.Sequence, Chain: previous})
	}
	return h, records
}

func (h chainLog) ReadStored(_ context.Context, after, until uint64, each func(eventlog.Stored) error) error {
	for _, s := range h.records[after:until] {
		if err := each(s); err != nil {
			return err
		}
	}
	return nil
}

// TestATreeThatFailsIsMadeAnew: a write that fails, a sync that fails, and hashes that changed on the disk end nothing,
// and nothing wrong is signed or proved meanwhile.
func TestATreeThatFailsIsMadeAnew(t *testing.T) {
	const n = 300
	log, records := newChainLog(n)
	want := subtree(records)
	half := subtree(records[:n/2])
	for name, fault := range map[string]func(*audit.Tree){
		"write": func(tree *audit.Tree) { tree.FailFile(); require.NoError(t, tree.Apply(records[n/2:])) },
		"sync":  func(tree *audit.Tree) { tree.FailFile(); require.Error(t, tree.Sync()) },
		"rot": func(tree *audit.Tree) {
			require.NoError(t, tree.Apply(records[n/2:]))
			tree.Change(tlog.StoredHashIndex(0, 4))
			for i := uint64(1); i <= n; i++ {
				proof, err := tree.ProveRecord(n, i)
				if err == nil {
					require.NoError(t, tlog.CheckRecord(proof, n, want, int64(i-1), audit.Leaf(records[i-1].Chain)))
				} else {
					require.ErrorIs(t, err, audit.ErrDamaged)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tree")
			tree := open(t, path, 0)
			require.NoError(t, tree.Apply(records[:n/2]))
			fault(tree)
			_, err := tree.Root(n / 2)
			require.ErrorIs(t, err, audit.ErrDamaged)
			ctx, end := context.WithCancel(t.Context())
			var told atomic.Int64
			done := make(chan struct{})
			go func() { defer close(done); tree.Keep(ctx, log, func(error) { told.Add(1) }) }()
			require.NoError(t, tree.Apply(records[n/2:]))
			require.NoError(t, tree.Wait(ctx, n))
			require.Eventually(t, func() bool {
				root, err := tree.Root(n)
				return err == nil && root == want
			}, 10*time.Second, time.Millisecond)
			root, err := tree.Root(n / 2)
			require.NoError(t, err)
			require.Equal(t, half, root)
			require.Positive(t, told.Load())
			end()
			<-done
			require.NoError(t, tree.Close())
			again, err := audit.OpenTree(path, n, want[:])
			require.NoError(t, err)
			require.EqualValues(t, n, again.Size())
			require.NoError(t, again.Close())
		})
	}
}

// TestPagesThatDidNotReachTheDisk: the file has its length, and a hole where a page was not written back when the power
// went.
func TestPagesThatDidNotReachTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tree")
	tree := open(t, path, 0)
	require.NoError(t, tree.Apply(leaves(1, 2000)))
	require.NoError(t, tree.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, page := range []int{3, 10, 20} {
		holed := append([]byte(nil), content...)
		clear(holed[page*4096 : (page+1)*4096])
		require.NoError(t, os.WriteFile(path, holed, 0o600))
		tree := open(t, path, 100) // within the first three pages
		require.EqualValues(t, 100, tree.Size())
		require.NoError(t, tree.Apply(leaves(101, 2000)))
		root, err := tree.Root(2000)
		require.NoError(t, err)
		require.Equal(t, byHand(2000), root)
		require.NoError(t, tree.Close())
	}
}

func TestWaitForTheTree(t *testing.T) {
	tree := open(t, filepath.Join(t.TempDir(), "tree"), 0)
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
