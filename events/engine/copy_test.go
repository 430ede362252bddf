package engine

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCopyStreams starts an engine on the copy of a stream.
func TestCopyStreams(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	e := startIn(t, from)
	makeStream(t, e)
	_, err := e.JetStream().Publish(t.Context(), "s", []byte("one"))
	require.NoError(t, err)
	stop(t, e)

	require.NoError(t, CopyStreams(from, to, "S"))
	require.ErrorIs(t, CopyStreams(from, t.TempDir(), "T"), fs.ErrNotExist)
	copied := startIn(t, to)
	defer stop(t, copied)
	stream, err := copied.JetStream().Stream(t.Context(), "S")
	require.NoError(t, err)
	msg, err := stream.GetMsg(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "one", string(msg.Data))
}
