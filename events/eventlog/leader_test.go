package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"accountd/events/engine"
	"accountd/events/seal"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// actor plays a stream's leader: it answers what a test has it say, the last answer again and again.
type actor struct {
	t    *testing.T
	conn *nats.Conn

	mu    sync.Mutex
	lines map[string][]string // by what is asked
	asked map[string]int
}

// act starts a server of that name without streams of its own, and an actor on it.
func act(t *testing.T, name string) (*actor, string) {
	t.Helper()
	s, err := server.NewServer(&server.Options{ServerName: name, Host: "127.0.0.1", Port: server.RANDOM_PORT,
		NoSigs: true, NoLog: true})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	conn, err := nats.Connect(s.ClientURL())
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	a := &actor{t: t, conn: conn, lines: map[string][]string{"INFO": {"{}"}}, asked: map[string]int{}}
	_, err = conn.Subscribe("$JS.API.>", func(m *nats.Msg) {
		if line := a.next(m.Subject); line != silence {
			_ = m.Respond([]byte(line))
		}
	})
	require.NoError(t, err)
	require.NoError(t, conn.Flush())
	return a, s.ClientURL()
}

// play starts a server, an actor on it, and a Log that takes the actor for its cluster.
func play(t *testing.T) (*Log, *actor) {
	t.Helper()
	a, url := act(t, "n0")
	return logOn(t, url), a
}

func logOn(t *testing.T, urls string) *Log {
	t.Helper()
	e, err := engine.Connect(t.Context(), urls, nil, nats.DontRandomize())
	require.NoError(t, err)
	t.Cleanup(e.Conn().Close)
	l := newLog(Options{Engine: e, Master: seal.Generate(), Logger: slog.New(slog.DiscardHandler)}, 3)
	t.Cleanup(l.Close)
	return l
}

func (a *actor) next(subject string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	what := strings.TrimSuffix(strings.TrimPrefix(subject, "$JS.API."), "."+Stream)
	a.asked[what]++
	lines := a.lines[what]
	if len(lines) == 0 {
		return temporarily
	}
	if len(lines) > 1 {
		a.lines[what] = lines[1:]
	}
	return lines[0]
}

// times returns how often that was asked.
func (a *actor) times(what string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked[what]
}

func (a *actor) says(what string, lines ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines[what] = lines
}

const (
	silence     = "" // no answer
	nothing     = `{"error":{"code":404,"err_code":10037,"description":"no message found"}}`
	temporarily = `{"error":{"code":503,"err_code":10008,"description":"JetStream system temporarily unavailable"}}`
)

// end is what the leader n0 says of the stream that others followed so long ago.
func end(t *testing.T, last uint64, ago ...time.Duration) string { return endOf(t, "n0", last, ago...) }

func endOf(t *testing.T, leader string, last uint64, ago ...time.Duration) string {
	t.Helper()
	info := jetstream.StreamInfo{State: jetstream.StreamState{LastSeq: last},
		Cluster: &jetstream.ClusterInfo{Leader: leader}}
	for _, active := range ago {
		info.Cluster.Replicas = append(info.Cluster.Replicas, &jetstream.PeerInfo{Name: "n", Active: active})
	}
	text, err := json.Marshal(info)
	require.NoError(t, err)
	return string(text)
}

func message(t *testing.T, sequence uint64) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"message": map[string]any{"subject": "accounts.user.x", "seq": sequence}})
	require.NoError(t, err)
	return string(text)
}

const near, far = 100 * time.Millisecond, 10 * time.Second

// TestEndIsTheLeaders takes no end of the Log from a server that most of the others do not follow, or that lacks what
// was seen.
func TestEndIsTheLeaders(t *testing.T) {
	l, a := play(t)
	l.saw(5)
	for name, line := range map[string]string{
		"alone": end(t, 5, far, far), "never followed": end(t, 5, 0, 0), "behind": end(t, 4, near, near),
		"no leader": temporarily,
	} {
		a.says("STREAM.INFO", line)
		_, err := l.end(t.Context())
		require.Error(t, err, name)
	}
	a.says("STREAM.INFO", end(t, 5, far, far), temporarily, end(t, 4, near, near), end(t, 7, far, near))
	last, err := l.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 7, last)
	a.says("STREAM.INFO", end(t, 6, near, near))
	_, err = l.end(t.Context())
	require.ErrorIs(t, err, errBehind, "an answer that was taken counts as seen, too")
}

// TestNothingIsTheLeadersToSay has a server that is behind say that there is nothing: what is there is found all the
// same, and what is not there is not found only when the leader says so.
func TestNothingIsTheLeadersToSay(t *testing.T) {
	l, a := play(t)
	l.saw(9)
	a.says("STREAM.INFO", end(t, 9, far, far), end(t, 8, near, near), end(t, 9, near, near))
	a.says("STREAM.MSG.GET", nothing, temporarily, message(t, 9))
	last, err := l.lastOf(t.Context(), "accounts.user.x")
	require.NoError(t, err)
	require.EqualValues(t, 9, last)

	a.says("STREAM.MSG.GET", nothing)
	last, err = l.lastOf(t.Context(), "accounts.user.x")
	require.NoError(t, err)
	require.Zero(t, last)
	_, err = l.get(t.Context(), messageQuery{Sequence: 10})
	require.ErrorIs(t, err, errNoMessage)
	_, err = l.get(t.Context(), messageQuery{Sequence: 9})
	require.ErrorIs(t, err, errBehind, "the leader counts it")
	a.says("STREAM.INFO", end(t, 9, far, far))
	_, err = l.get(t.Context(), messageQuery{Sequence: 10})
	require.ErrorIs(t, err, errBehind, "who says so is alone")
}

// TestLostKeysAreTheLeadersToSay has a server that nobody follows say that a block of keys is not there.
func TestLostKeysAreTheLeadersToSay(t *testing.T) {
	l, a := play(t)
	a.says("STREAM.INFO."+KeyStream, end(t, 1, far, far))
	a.says("STREAM.MSG.GET."+KeyStream, nothing)
	_, err := sureGet(t.Context(), l.engine, KeyStream, messageQuery{LastFor: blockSubjects})
	require.ErrorIs(t, err, errBehind)
	a.says("STREAM.INFO."+KeyStream, end(t, 1, near, near))
	_, err = sureGet(t.Context(), l.engine, KeyStream, messageQuery{LastFor: blockSubjects})
	require.ErrorIs(t, err, errNoMessage)
}

// TestNoServerEndsTheReading asks a cluster for a message that does not come: whatever one server says, the reading
// goes on, with another consumer once the message is known to be there.
func TestNoServerEndsTheReading(t *testing.T) {
	for name, c := range map[string]struct {
		end, get string
		broken   bool
	}{
		"no leader":              {temporarily, temporarily, false},
		"nothing there":          {end(t, 6, near, near), nothing, false},
		"counted and not there":  {end(t, 9, near, near), nothing, true},
		"counted, and no answer": {end(t, 9, near, near), temporarily, false},
		"there":                  {end(t, 9, near, near), message(t, 7), true},
	} {
		t.Run(name, func(t *testing.T) {
			l, a := play(t)
			a.says("STREAM.INFO", c.end)
			a.says("STREAM.MSG.GET", c.get)
			s := session{reader: &reader{engine: l.engine, stream: Stream, next: 7, gapless: true, log: l.log}}
			require.NoError(t, s.probe(t.Context()), "it may be on its way")
			err := s.probe(t.Context())
			require.Equal(t, c.broken, errors.Is(err, errBroken), "%v", err)
			require.NotErrorAs(t, err, new(RecordError))
		})
	}
}

// TestSilence has a consumer of which nothing comes any more, not even a heartbeat, while a leader answers that there
// is nothing new: asking it again and again does not put off that the consumer is lost.
func TestSilence(t *testing.T) {
	l, a := play(t)
	a.says("STREAM.INFO", end(t, 6, near, near))
	a.says("STREAM.MSG.GET", nothing)
	s := session{reader: &reader{engine: l.engine, stream: Stream, next: 7, pull: 10, gapless: true, log: l.log},
		pulls: "nobody", inbox: l.engine.Conn().NewInbox(), arrived: make(chan *nats.Msg),
		out: make([]placedMsg, 0, batchSize)}
	ctx, cancel := context.WithTimeout(t.Context(), 5*silentAfter)
	defer cancel()
	err := s.run(ctx, nil, func([]placedMsg) error { return nil })
	require.ErrorIs(t, err, errBroken)
	require.ErrorContains(t, err, "no heartbeat")
	a.mu.Lock()
	defer a.mu.Unlock()
	require.Positive(t, a.asked["STREAM.MSG.GET"], "the leader was asked before")
}

// TestGapOfOneServer delivers a message that is not the next one.
func TestGapOfOneServer(t *testing.T) {
	l, _ := play(t)
	s := session{reader: &reader{engine: l.engine, stream: Stream, next: 7, gapless: true, log: l.log}}
	err := s.gap(9)
	require.ErrorIs(t, err, errBroken, "it is read again elsewhere")
	require.ErrorIs(t, err, GapError{Want: 7, Got: 9})
	embedded := start(t)
	s.reader = &reader{engine: embedded.engine, stream: Stream, next: 7, gapless: true, log: l.log}
	require.NotErrorIs(t, s.gap(9), errBroken)
}

// TestAnswering has the leader answer, fall silent, and answer again.
func TestAnswering(t *testing.T) {
	l, _ := play(t)
	now := time.Now()
	require.NoError(t, l.Answering(), "it was opened just now")
	l.pulse.note(0, errBehind, now)
	require.NoError(t, l.Answering(), "one answer may fail")
	l.pulse.beat = now.Add(-pulseLate - time.Second)
	require.ErrorIs(t, l.Answering(), errBehind)
	require.Equal(t, patience, l.patience())
	l.pulse.beat = now.Add(-longSilence - time.Second)
	require.Equal(t, hurriedly, l.patience(), "nobody waits long for what has been gone for long")
	l.pulse.note(3, nil, now)
	require.NoError(t, l.Answering())
	require.Equal(t, patience, l.patience())

	l.pulse.appended(2, ErrUnavailable)
	require.ErrorIs(t, l.Answering(), ErrUnavailable)
	l.pulse.note(4, nil, now)
	require.NoError(t, l.Answering())
}

// TestBehind tells since when there is a Record behind a position.
func TestBehind(t *testing.T) {
	l, _ := play(t)
	now := time.Now()
	require.Zero(t, l.Behind(0))
	for i := range 5 {
		l.pulse.note(uint64(i)*10, nil, now.Add(time.Duration(i-10)*time.Minute))
		l.pulse.note(uint64(i)*10, nil, now.Add(time.Duration(i-9)*time.Minute)) // it did not grow
	}
	require.InDelta(t, 9, l.Behind(5).Minutes(), 0.1)
	require.InDelta(t, 8, l.Behind(10).Minutes(), 0.1)
	require.InDelta(t, 6, l.Behind(39).Minutes(), 0.1)
	require.Zero(t, l.Behind(40))
	for i := range 3 * maxMarks {
		l.pulse.note(uint64(100+i), nil, now)
	}
	require.LessOrEqual(t, len(l.pulse.marks), maxMarks)
}
