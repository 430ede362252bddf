package audit_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/events/audit"
)

// BenchmarkTree adds records to a tree, 256 at a time as a replay does; a unit is one record.
func BenchmarkTree(b *testing.B) {
	tree := open(b, filepath.Join(b.TempDir(), "tree"), 0)
	defer tree.Close()
	batch := leaves(1, 256)
	for b.Loop() {
		for i := range batch {
			batch[i].Sequence = tree.Size() + uint64(i) + 1
		}
		require.NoError(b, tree.Apply(batch))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(tree.Size()), "ns/record")
}

// BenchmarkProof proves a record in a tree of 65,536.
func BenchmarkProof(b *testing.B) {
	tree := open(b, filepath.Join(b.TempDir(), "tree"), 0)
	defer tree.Close()
	require.NoError(b, tree.Apply(leaves(1, 65_536)))
	for b.Loop() {
		_, err := tree.ProveRecord(65_536, 40_000)
		require.NoError(b, err)
	}
}

// BenchmarkVerify verifies an export; a unit is one record.
func BenchmarkVerify(b *testing.B) {
	h := grown(b, 500)
	text := strings.Join(h.lines, "")
	for b.Loop() {
		_, _, err := audit.VerifyExport(strings.NewReader(text), audit.VerifyOptions{})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(h.records)), "ns/record")
}
