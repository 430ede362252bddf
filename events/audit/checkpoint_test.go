package audit_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"accountd/events/audit"
	"accountd/testing/testlog"
)

func TestCheckpoint(t *testing.T) {
	signer, err := audit.NewSigner("accountd/x", bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	root := tlog.RecordHash([]byte("x"))
	signed, err := signer.Sign(12, root)
	require.NoError(t, err)
	want := audit.Checkpoint{Origin: "accountd/x", Size: 12, Root: root}
	for _, key := range []string{"", signer.Key(), signer.Key() + "\n"} {
		got, err := audit.ParseCheckpoint(signed, key)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := audit.ParseCheckpoint([]byte(want.String()), "")
	require.NoError(t, err, "without a signature, when none is asked for")
	require.Equal(t, want, got)

	// what others read of it
	verifier, err := note.NewVerifier(signer.Key())
	require.NoError(t, err)
	n, err := note.Open(signed, note.VerifierList(verifier))
	require.NoError(t, err)
	require.Equal(t, "accountd/x\n12\n"+root.String()+"\n", n.Text)
	require.Equal(t, "accountd/x", n.Sigs[0].Name)
}

func TestWhatIsNoCheckpoint(t *testing.T) {
	signer, err := audit.NewSigner("accountd/x", bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	other, err := audit.NewSigner("accountd/x", bytes.Repeat([]byte{8}, 32))
	require.NoError(t, err)
	signed, err := signer.Sign(12, tlog.Hash{})
	require.NoError(t, err)
	for i := range signed {
		changed := bytes.Clone(signed)
		changed[i] ^= 1
		_, err := audit.ParseCheckpoint(changed, signer.Key())
		require.ErrorIs(t, err, audit.ErrCheckpoint, "%q", changed)
	}
	for _, key := range []string{other.Key(), "key"} {
		_, err = audit.ParseCheckpoint(signed, key)
		require.ErrorIs(t, err, audit.ErrCheckpoint)
	}
	root := tlog.Hash{}.String()
	for _, text := range []string{"", "a\n1\n" + root, "a\n01\n" + root + "\n", "a\n-1\n" + root + "\n",
		"\n1\n" + root + "\n", "a\n1\nxx\n", "a\n1\n" + strings.TrimSuffix(root, "A=") + "B=\n"} {
		_, err := audit.ParseCheckpoint([]byte(text), "")
		require.ErrorIs(t, err, audit.ErrCheckpoint, text)
	}
}

func TestAnEmptyLogHasNoSigner(t *testing.T) {
	_, err := audit.SignerOf(t.Context(), testlog.Start(t).Log)
	require.ErrorIs(t, err, audit.ErrEmpty)
}
