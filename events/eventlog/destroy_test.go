package eventlog_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// TestDestroy erases one of two users: of the erased one's history remains who, when and which type.
func TestDestroy(t *testing.T) {
	env := testlog.Start(t)
	erased, kept := events.User(uuid.New()), events.User(uuid.New())
	records, head := extend(t, env.Log, events.Head{},
		eventlog.Entry{Drafts: []events.Draft{{Aggregate: erased, Event: newUser(1)},
			{Aggregate: kept, Event: newUser(2)}}})
	key := records[0].Key
	more, head := extend(t, env.Log, head,
		eventlog.Entry{
			Cause:  events.Cause{Actor: erased.ID.String(), Address: "192.0.2.7", AddressKey: key},
			Drafts: []events.Draft{{Aggregate: kept, Key: records[1].Key, Event: events.UserDisabled{}}},
		},
		eventlog.Entry{Drafts: []events.Draft{{Aggregate: erased, Key: key, Event: events.UserErased{}}}},
	)
	want := append(records, more...)
	other := env.Another()
	require.Equal(t, want, follow(t, other, events.Head{}, head.Sequence))

	require.NoError(t, env.Log.Destroy(t.Context(), key))
	require.NoError(t, env.Log.Destroy(t.Context(), key), "again")
	want[0].Event, want[0].Erased = nil, true
	want[3].Event, want[3].Erased = nil, true
	want[2].Cause.Address = ""
	require.Equal(t, want, follow(t, env.Log, events.Head{}, head.Sequence))
	require.Equal(t, events.Number{Kind: events.UserNumber, Value: 1}, want[0].Assigned)

	// Another instance still has its copy, until it destroys the key, too.
	require.False(t, follow(t, other, events.Head{}, head.Sequence)[0].Erased)
	has, err := other.HasKey(t.Context(), key)
	require.NoError(t, err)
	require.True(t, has)
	require.NoError(t, other.Destroy(t.Context(), key))
	has, err = other.HasKey(t.Context(), key)
	require.NoError(t, err)
	require.False(t, has)
	require.Equal(t, want, follow(t, other, events.Head{}, head.Sequence))

	env.Reopen()
	require.Equal(t, want, follow(t, env.Log, events.Head{}, head.Sequence))
	_, err = env.Log.Append(t.Context(), head, []eventlog.Entry{
		{Drafts: []events.Draft{{Aggregate: erased, Key: key, Event: events.UserDisabled{}}}},
	})
	require.ErrorIs(t, err, eventlog.ErrKeyGone)

	// An actor who was erased meanwhile takes the address along, but does not stop the command.
	late, _ := extend(t, env.Log, head, eventlog.Entry{
		Cause:  events.Cause{Address: "192.0.2.7", AddressKey: key},
		Drafts: []events.Draft{{Aggregate: kept, Key: records[1].Key, Event: events.UserEnabled{}}},
	})
	require.Equal(t, events.Cause{}, late[0].Cause)
}

func TestDestroyUnknownKeys(t *testing.T) {
	env := testlog.Start(t)
	require.ErrorIs(t, env.Log.Destroy(t.Context(), events.KeyID{Block: 7}), eventlog.ErrLostKeys)
	require.ErrorIs(t, env.Log.Destroy(t.Context(), events.KeyID{Block: 7, Index: 256}), events.ErrKeyID)
}

// TestDestroyLeavesNothingInTheFiles searches the store's files for the wrapped key before and after.
func TestDestroyLeavesNothingInTheFiles(t *testing.T) {
	env := testlog.Start(t)
	records, _ := extend(t, env.Log, events.Head{}, create(2))
	gone, kept := wrapped(t, env, records[0].Key), wrapped(t, env, records[1].Key)
	require.True(t, inFiles(t, env.Dir, gone))

	require.NoError(t, env.Log.Destroy(t.Context(), records[0].Key))
	require.False(t, inFiles(t, env.Dir, gone))
	require.True(t, inFiles(t, env.Dir, kept))
	env.Reopen()
	require.False(t, inFiles(t, env.Dir, gone))
	require.True(t, inFiles(t, env.Dir, kept))
}

// wrapped returns the bytes of a wrapped key as they stand in its block.
func wrapped(t *testing.T, env *testlog.Env, id events.KeyID) []byte {
	t.Helper()
	stream, err := env.Engine.JetStream().Stream(t.Context(), eventlog.KeyStream)
	require.NoError(t, err)
	msg, err := stream.GetLastMsgForSubject(t.Context(), eventlog.BlockSubject(id.Block))
	require.NoError(t, err)
	return eventlog.WrappedKey(msg.Data, id.Index)
}

func inFiles(t *testing.T, dir string, want []byte) bool {
	t.Helper()
	found := false
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || bytes.Contains(content, want)
		return err
	}))
	return found
}

// TestConcurrentDestroy destroys many keys of one block from two instances: each writes the block anew.
func TestConcurrentDestroy(t *testing.T) {
	env := testlog.Start(t)
	records, head := extend(t, env.Log, events.Head{}, create(24))
	logs := []*eventlog.Log{env.Log, env.Another()}
	results := make(chan error, len(records))
	for i, r := range records {
		go func() { results <- logs[i%2].Destroy(t.Context(), r.Key) }()
	}
	for range records {
		require.NoError(t, <-results)
	}
	for _, r := range follow(t, env.Another(), events.Head{}, head.Sequence) {
		require.True(t, r.Erased)
	}
	// Of the block remains one message.
	stream, err := env.Engine.JetStream().Stream(t.Context(), eventlog.KeyStream)
	require.NoError(t, err)
	info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter(eventlog.BlockSubject(records[0].Key.Block)))
	require.NoError(t, err)
	require.EqualValues(t, 1, info.State.Subjects[eventlog.BlockSubject(records[0].Key.Block)])
}
