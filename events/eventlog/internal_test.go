package eventlog

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/seal"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// start runs an empty Log whose stream lets the test do what the real one denies.
func start(t testing.TB) *Log {
	t.Helper()
	e, err := engine.Start(t.Context(), engine.Options{StoreDir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close(context.Background())) })
	config := logConfig()
	config.DenyDelete, config.DenyPurge = false, false
	for _, c := range []jetstream.StreamConfig{config, keyConfig()} {
		_, err = e.JetStream().CreateStream(t.Context(), c)
		require.NoError(t, err)
	}
	l := newLog(Options{Engine: e, Master: seal.Generate(), Logger: slog.New(slog.DiscardHandler)}, 1)
	require.NoError(t, l.openKeys(t.Context(), 0))
	t.Cleanup(l.Close)
	return l
}

func entry(users int) Entry {
	e := Entry{Command: uuid.New()}
	for i := range users {
		e.Drafts = append(e.Drafts, events.Draft{Aggregate: events.User(uuid.New()),
			Event: events.UserCreated{Number: int64(i) + 1}})
	}
	return e
}

func mustAppend(t testing.TB, l *Log, head events.Head, users int) []events.Record {
	t.Helper()
	records, err := l.Append(t.Context(), head, []Entry{entry(users)})
	require.NoError(t, err)
	return records
}

// build makes a unit without appending it.
func build(t *testing.T, l *Log, head events.Head, users int) *unit {
	t.Helper()
	u := &unit{log: l, head: head, codec: l.codec(t.Context())}
	require.NoError(t, u.build(t.Context(), []Entry{entry(users)}))
	return u
}

// followAll follows from the start until it ends by itself, and returns what was delivered and why it ended.
func followAll(t *testing.T, l *Log) ([]events.Record, error) {
	t.Helper()
	var got []events.Record
	err := l.Follow(t.Context(), events.Head{}, func(records []events.Record) error {
		got = append(got, records...)
		return nil
	})
	return got, err
}

// TestRetryIsNoDuplicate appends what is in the Log already, as a retry after a lost receipt does, and a first attempt
// that one of two would-be leaders refused and the other stored.
func TestRetryIsNoDuplicate(t *testing.T) {
	for _, size := range []int{1, 7} {
		for _, unsure := range []bool{true, false} {
			l := start(t)
			u := build(t, l, events.Head{}, size)
			require.NoError(t, u.commit(t.Context()))
			u.unsure = unsure
			require.NoError(t, u.commit(t.Context()))
			require.Equal(t, 2, u.attempts)
			last, err := l.Last(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, size, last)
		}
	}
}

// TestRefusedAndStored has a server that holds itself for the leader refuse every attempt for longer than a leader's
// change takes to settle, and another one store the first attempt later than that.
func TestRefusedAndStored(t *testing.T) {
	l := start(t)
	l.replicas = 3
	stream, err := l.engine.JetStream().Stream(t.Context(), Stream)
	require.NoError(t, err)
	config := stream.CachedInfo().Config
	away := config
	away.Subjects = []string{"elsewhere"}
	_, err = l.engine.JetStream().UpdateStream(t.Context(), away)
	require.NoError(t, err)
	u := build(t, l, events.Head{}, 1)
	held := make(chan *nats.Msg, 64)
	refusing, err := l.engine.Conn().Subscribe(events.Subjects, func(m *nats.Msg) {
		held <- m
		_ = m.Respond([]byte(`{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 7"}}`))
	})
	require.NoError(t, err)

	done := make(chan error, 1)
	go func() { done <- u.commit(t.Context()) }()
	select {
	case err := <-done:
		t.Fatalf("decided before anything was stored: %v", err)
	case <-time.After(3 * time.Second):
	}
	require.NoError(t, refusing.Unsubscribe())
	_, err = l.engine.JetStream().UpdateStream(t.Context(), config)
	require.NoError(t, err)
	first := <-held
	first.Reply = ""
	require.NoError(t, l.engine.Conn().PublishMsg(first))
	require.NoError(t, <-done)
	last, err := l.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, last)
}

// TestSettle resolves a conflict of which the cause is unknown: another's record, one's own, or nothing yet.
func TestSettle(t *testing.T) {
	l := start(t)
	ours, theirs := build(t, l, events.Head{}, 3), build(t, l, events.Head{}, 3)
	require.NoError(t, ours.commit(t.Context()))

	settled, err := ours.settle(t.Context(), errBroken)
	require.True(t, settled)
	require.NoError(t, err, "it was stored, by whatever attempt")
	settled, err = theirs.settle(t.Context(), errBroken)
	require.True(t, settled)
	require.ErrorIs(t, err, ErrConflict)

	ahead := build(t, l, events.Head{Sequence: 9}, 1)
	settled, err = ahead.settle(t.Context(), errBroken)
	require.True(t, settled)
	require.ErrorIs(t, err, ErrConflict, "a single server has nothing on its way")
	l.replicas = 3
	settled, err = ahead.settle(t.Context(), errBroken)
	require.False(t, settled)
	require.NotErrorIs(t, err, ErrConflict)
}

// TestBatchIsAllOrNothing sends a batch of which one message has an id that is stored already.
func TestBatchIsAllOrNothing(t *testing.T) {
	l := start(t)
	head := mustAppend(t, l, events.Head{}, 1)[0].Head()
	stored := build(t, l, head, 1)
	require.NoError(t, stored.commit(t.Context()))
	u := build(t, l, stored.records[0].Head(), 5)
	u.msgs[3].Header[headerMsgID] = []string{stored.records[0].ID.String()}
	_, err := l.engine.Publish(t.Context(), u.msgs...)
	require.Equal(t, already, judge(engine.Receipt{}, err))
	last, err := l.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, last)
}

func TestGap(t *testing.T) {
	l := start(t)
	head := events.Head{}
	for range 5 {
		head = mustAppend(t, l, head, 1)[0].Head()
	}
	stream, err := l.engine.JetStream().Stream(t.Context(), Stream)
	require.NoError(t, err)
	require.NoError(t, stream.DeleteMsg(t.Context(), 3))
	got, err := followAll(t, l)
	require.ErrorIs(t, err, GapError{Want: 3, Got: 4})
	require.Len(t, got, 2)
	_, err = l.Read(t.Context(), 0, 10)
	require.ErrorIs(t, err, GapError{Want: 3, Got: 4})
}

// TestTampering puts records into the stream as one might who can write to it, and expects Follow to stop right there.
func TestTampering(t *testing.T) {
	forged := func(_ *testing.T, u *unit) { u.msgs[0].Header[chainHeader] = []string{events.Chain{1}.String()} }
	for name, c := range map[string]struct {
		tamper func(*testing.T, *unit)
		want   error
	}{
		"chain": {forged, ChainError{Sequence: 2}},
		"actor": {func(_ *testing.T, u *unit) { u.msgs[0].Header["acc-actor"] = []string{"x"} },
			ChainError{Sequence: 2}},
		"time":    {func(_ *testing.T, u *unit) { u.msgs[0].Header.Del("ce-time") }, ChainError{Sequence: 2}},
		"payload": {func(_ *testing.T, u *unit) { u.msgs[0].Data[20] ^= 1 }, ChainError{Sequence: 2}},
		"subject": {func(_ *testing.T, u *unit) { u.msgs[0].Subject = events.User(uuid.New()).Subject() },
			ChainError{Sequence: 2}},
		"no chain":     {func(_ *testing.T, u *unit) { u.msgs[0].Header.Del(chainHeader) }, ErrEnvelope},
		"no envelope":  {func(_ *testing.T, u *unit) { u.msgs[0].Header = nats.Header{} }, ErrEnvelope},
		"two types":    {func(_ *testing.T, u *unit) { u.msgs[0].Header.Add("ce-type", "x") }, ErrEnvelope},
		"unknown type": {rechain(fieldType, "UserCloned.v1"), events.UnknownTypeError{Name: "UserCloned.v1"}},
		"other type":   {rechain(fieldType, "UserDeleted.v1"), seal.ErrSealed},
		"other id":     {rechain(fieldID, uuid.NewString()), seal.ErrSealed},
		"other key":    {rechain(fieldKey, "0000000000000001.0"), ErrLostKeys},
		"version":      {rechain(fieldVersion, "2"), ErrEnvelope},
		"half":         {rechain(fieldCommand, uuid.NewString()+" 2/2"), ErrHalfCommand},
	} {
		t.Run(name, func(t *testing.T) {
			l := start(t)
			head := mustAppend(t, l, events.Head{}, 1)[0].Head()
			u := build(t, l, head, 1)
			c.tamper(t, u)
			_, err := l.engine.Publish(t.Context(), u.msgs...)
			require.NoError(t, err)
			got, err := followAll(t, l)
			require.ErrorIs(t, err, c.want)
			require.Len(t, got, 1)
		})
	}
}

// rechain changes a field and makes the chain hash fit: what the master key's holder alone could not be told by the
// chain.
func rechain(field int, text string) func(*testing.T, *unit) {
	return func(t *testing.T, u *unit) {
		var e envelope
		_, err := e.readHeader(u.msgs[0].Header)
		require.NoError(t, err)
		e[field] = text
		var c chained
		u.msgs[0].Header = e.header(c.next(u.head.Chain, u.head.Sequence+1, u.msgs[0].Subject, &e, u.msgs[0].Data))
	}
}

// TestHalfACommand keeps back a command that is not there as a whole, and stops when it will never be.
func TestHalfACommand(t *testing.T) {
	l := start(t)
	first := build(t, l, events.Head{}, 3)
	_, err := l.engine.Publish(t.Context(), first.msgs[:2]...)
	require.NoError(t, err)
	other := build(t, l, first.records[1].Head(), 1)
	_, err = l.engine.Publish(t.Context(), other.msgs...)
	require.NoError(t, err)
	got, err := followAll(t, l)
	require.ErrorIs(t, err, ErrHalfCommand)
	require.Empty(t, got)
}

// TestHalfACommandAtTheEnd opens a log again that ends amid a command.
func TestHalfACommandAtTheEnd(t *testing.T) {
	l := start(t)
	u := build(t, l, events.Head{}, 3)
	_, err := l.engine.Publish(t.Context(), u.msgs[:2]...)
	require.NoError(t, err)
	require.ErrorIs(t, l.checkEnd(t.Context(), 2), ErrHalfCommand)
	_, err = l.engine.Publish(t.Context(), u.msgs[2])
	require.NoError(t, err)
	require.NoError(t, l.checkEnd(t.Context(), 3))
	require.NoError(t, l.checkEnd(t.Context(), 0))
}

// TestCrashWithinDestroy leaves the block with the key behind, as a crash would, and expects the next start to erase
// it.
func TestCrashWithinDestroy(t *testing.T) {
	l := start(t)
	key := mustAppend(t, l, events.Head{}, 1)[0].Key
	_, err := l.rewrite(t.Context(), key)
	require.NoError(t, err)
	_, err = leaderGet(t.Context(), l.engine, KeyStream, messageQuery{Sequence: 1})
	require.NoError(t, err)

	again := newLog(Options{Engine: l.engine, Master: l.keys.master, Logger: l.log}, 1)
	defer again.Close()
	require.NoError(t, again.openKeys(t.Context(), 1))
	_, err = leaderGet(t.Context(), l.engine, KeyStream, messageQuery{Sequence: 1})
	require.ErrorIs(t, err, errNoMessage)
	_, err = again.keys.get(t.Context(), key)
	require.ErrorIs(t, err, ErrKeyGone)
}

// TestDestroyedKeyStaysDestroyed takes in an older state of a block late, as a slow fetch might.
func TestDestroyedKeyStaysDestroyed(t *testing.T) {
	l := start(t)
	key := mustAppend(t, l, events.Head{}, 1)[0].Key
	old, err := leaderGet(t.Context(), l.engine, KeyStream, messageQuery{LastFor: blockSubject(key.Block)})
	require.NoError(t, err)
	require.NoError(t, l.Destroy(t.Context(), key))
	_, err = l.keys.add(old.msg)
	require.NoError(t, err)
	_, err = l.keys.get(t.Context(), key)
	require.ErrorIs(t, err, ErrKeyGone)
}

// TestPool takes keys from many goroutines, more than a block holds: each is taken once, and each is stored.
func TestPool(t *testing.T) {
	l := start(t)
	const takers, each = 8, 150
	taken := make(chan events.KeyID, takers*each)
	for range takers {
		go func() {
			for range each {
				id, err := l.pool.take(t.Context())
				if err != nil {
					t.Errorf("take: %v", err)
				}
				taken <- id
			}
		}()
	}
	seen := make(map[events.KeyID]bool)
	for range takers * each {
		seen[<-taken] = true
	}
	require.Len(t, seen, takers*each)
	other := newKeyring(Options{Engine: l.engine, Master: l.keys.master, Logger: l.log})
	for id := range seen {
		want, err := l.keys.get(t.Context(), id)
		require.NoError(t, err)
		got, err := other.get(t.Context(), id)
		require.NoError(t, err)
		require.True(t, want == got)
	}
}

// TestKeysOfFailedAppendsComeBack keeps the key stream from growing by conflicts.
func TestKeysOfFailedAppendsComeBack(t *testing.T) {
	l := start(t)
	for range 3 * blockKeys {
		_, err := l.Append(t.Context(), events.Head{Sequence: 9}, []Entry{entry(1)})
		require.ErrorIs(t, err, ErrConflict)
	}
	l.Close()
	last, err := leaderLast(t.Context(), l.engine, KeyStream)
	require.NoError(t, err)
	require.LessOrEqual(t, last, uint64(2))
}

func TestDamagedBlock(t *testing.T) {
	master := seal.Generate()
	block := newKeyBlock().wrap(7, master)
	_, err := block.unwrap(7, master)
	require.NoError(t, err)
	_, err = block.unwrap(8, master)
	require.ErrorIs(t, err, errBlock, "another block's")
	_, err = block.unwrap(7, seal.Generate())
	require.ErrorIs(t, err, ErrWrongKey)
	_, err = block[:100].unwrap(7, master)
	require.ErrorIs(t, err, errBlock)
	block[blockSize-1] ^= 1
	_, err = block.unwrap(7, master)
	require.ErrorIs(t, err, seal.ErrSealed)
	block[3] = 'x'
	_, err = block.unwrap(7, master)
	require.ErrorIs(t, err, errBlock)
}

func TestBackoffEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	err := retry(ctx, func() error { return errBroken })
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorIs(t, err, errBroken)
}
