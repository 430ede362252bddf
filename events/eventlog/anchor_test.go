package eventlog_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"

	"github.com/stretchr/testify/require"
)

func TestAnchorFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "anchor.json")
	_, err := eventlog.LoadAnchor(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for _, a := range []eventlog.Anchor{
		{Head: events.Head{Sequence: 1, Chain: events.Chain{1}}},
		{Head: events.Head{Sequence: 1 << 60, Chain: events.Chain{31: 9}}, Root: []byte("root")},
	} {
		require.NoError(t, eventlog.SaveAnchor(path, a))
		loaded, err := eventlog.LoadAnchor(path)
		require.NoError(t, err)
		require.Equal(t, a, loaded)
	}
	require.NoError(t, os.WriteFile(path, []byte(`{"sequence":1,"chain":"?"}`), 0o600))
	_, err = eventlog.LoadAnchor(path)
	require.ErrorIs(t, err, events.ErrChain)
	require.NoError(t, os.WriteFile(path, []byte(`{`), 0o600))
	_, err = eventlog.LoadAnchor(path)
	require.Error(t, err)
}

func TestVerify(t *testing.T) {
	env := testlog.Start(t)
	require.NoError(t, env.Log.Verify(t.Context(), events.Head{}))
	require.ErrorIs(t, env.Log.Verify(t.Context(), events.Head{Sequence: 1}), eventlog.ErrLogDiffers)
	records, head := extend(t, env.Log, events.Head{}, create(3))
	for _, r := range records {
		require.NoError(t, env.Log.Verify(t.Context(), r.Head()))
	}
	env.Reopen()
	require.NoError(t, env.Log.Verify(t.Context(), head))
	require.ErrorIs(t, env.Log.Verify(t.Context(), events.Head{Sequence: 4, Chain: head.Chain}), eventlog.ErrLogDiffers)
	require.ErrorIs(t, env.Log.Verify(t.Context(), events.Head{Sequence: 2, Chain: head.Chain}), eventlog.ErrLogDiffers)
}
