package audit_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"accountd/events/audit"
)

// FuzzCheckpoint reads any text: what is a checkpoint is written as it was read, up to signatures.
func FuzzCheckpoint(f *testing.F) {
	f.Add([]byte(audit.Checkpoint{Origin: "accountd/x", Size: 3}.String()))
	f.Add([]byte("a\n0\n" + tlog.Hash{}.String() + "\n\n— a b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := audit.ParseCheckpoint(text, "")
		if err != nil {
			require.ErrorIs(t, err, audit.ErrCheckpoint)
			return
		}
		require.True(t, bytes.HasPrefix(text, []byte(c.String())), "%q", text)
	})
}

// FuzzExport verifies any text, which takes no more than the text has.
func FuzzExport(f *testing.F) {
	f.Add([]byte(`{"format":"accountd-export/1","records":1}` + "\n" +
		`{"sequence":1,"subject":"s","headers":{"acc-chain":"x"},"data":""}` + "\n"))
	f.Add([]byte(`{"format":"accountd-export/1","records":0}` + "\n" + `{"block":"x","data":""}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, header, err := audit.VerifyExport(bytes.NewReader(text), audit.VerifyOptions{})
		if err == nil {
			require.Equal(t, header.Records, v.Size())
		}
	})
}
