package eventlog_test

import (
	"encoding/json"
	"testing"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/testlog"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestStored reads a log as it is stored, through JSON as an export does, and opens it with the blocks of keys: what
// comes out is what readers of the log get, before and after an erasure.
func TestStored(t *testing.T) {
	env := testlog.Start(t)
	records, head := extend(t, env.Log, events.Head{}, create(3))
	more, head := extend(t, env.Log, head, eventlog.Entry{
		Cause: events.Cause{Actor: uuid.NewString(), Credential: "a b%", Address: "192.0.2.7",
			AddressKey: records[1].Key},
		Drafts: []events.Draft{{Aggregate: records[0].Aggregate, Key: records[0].Key, Event: events.UserDisabled{}}}})
	require.Equal(t, append(records, more...), opened(t, env, 0, head.Sequence))
	require.Equal(t, more, opened(t, env, 3, 4))
	require.Empty(t, opened(t, env, 4, 4))

	require.NoError(t, env.Log.Destroy(t.Context(), records[1].Key))
	require.Equal(t, follow(t, env.Another(), events.Head{}, head.Sequence), opened(t, env, 0, head.Sequence))
}

func opened(t *testing.T, env *testlog.Env, after, until uint64) (out []events.Record) {
	t.Helper()
	o := eventlog.NewOpener(env.Master)
	require.NoError(t, env.Log.ReadBlocks(t.Context(), o.Add))
	var previous events.Chain
	require.NoError(t, env.Log.ReadStored(t.Context(), 0, until, func(s eventlog.Stored) error {
		line, err := json.Marshal(s)
		require.NoError(t, err)
		var read eventlog.Stored
		require.NoError(t, json.Unmarshal(line, &read))
		r, err := o.Open(read)
		require.NoError(t, err)
		claimed, err := read.Claimed()
		require.NoError(t, err)
		require.Equal(t, claimed, read.ChainBehind(previous))
		if previous = claimed; r.Sequence > after {
			out = append(out, r)
		}
		return nil
	}))
	return out
}

func TestOpenerWithoutTheRightKeys(t *testing.T) {
	env := testlog.Start(t)
	extend(t, env.Log, events.Head{}, create(1))
	wrong, none := eventlog.NewOpener(seal.Generate()), eventlog.NewOpener(env.Master)
	require.ErrorIs(t, env.Log.ReadBlocks(t.Context(), wrong.Add), eventlog.ErrWrongKey)
	require.NoError(t, env.Log.ReadStored(t.Context(), 0, 1, func(s eventlog.Stored) error {
		_, err := none.Open(s)
		require.ErrorIs(t, err, eventlog.ErrLostKeys)
		require.ErrorAs(t, err, new(eventlog.RecordError))
		s.Headers["acc-chain"] = "x"
		_, err = s.Claimed()
		require.ErrorIs(t, err, eventlog.ErrEnvelope)
		return nil
	}))
	last, err := eventlog.Last(t.Context(), env.Engine)
	require.NoError(t, err)
	require.EqualValues(t, 1, last)
}

// TestDerive gives a secret that depends on key and purpose alone.
func TestDerive(t *testing.T) {
	env := testlog.Start(t)
	records, _ := extend(t, env.Log, events.Head{}, create(2))
	derive := func(log *eventlog.Log, key events.KeyID, purpose string) string {
		secret, err := log.Derive(t.Context(), key, purpose)
		require.NoError(t, err)
		require.Len(t, secret, 32)
		return string(secret)
	}
	a, b := records[0].Key, records[1].Key
	require.Equal(t, derive(env.Log, a, "x"), derive(env.Another(), a, "x"))
	require.NotEqual(t, derive(env.Log, a, "x"), derive(env.Log, a, "y"))
	require.NotEqual(t, derive(env.Log, a, "x"), derive(env.Log, b, "x"))
	require.NoError(t, env.Log.Destroy(t.Context(), a))
	_, err := env.Log.Derive(t.Context(), a, "x")
	require.ErrorIs(t, err, eventlog.ErrKeyGone)
}
