package eventstream

import (
	"bufio"

	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/events/session"
)

// listener is a client of a stream over a real connection.
type listener struct {
	t      testing.TB
	answer *http.Response
	in     *bufio.Reader
}

// message is one server-sent event, or one line.
type message struct {
	id, event, data string
	comment         bool
}

func (f *fixture) listen(t testing.TB, query string, headers ...string) *listener {
	t.Helper()
	s := httptest.NewServer(f.handler)
	t.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/v1/events"+query, nil)
	require.NoError(t, err)
	r.Header.Set("Accept", typeSSE)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.Client().Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { answer.Body.Close() })
	return &listener{t, answer, bufio.NewReader(answer.Body)}
}

// next returns the next message; comments count, the announcement of retry does not.
func (l *listener) next() (m message) {
	l.t.Helper()
	for {
		line, err := l.in.ReadString('\n')
		require.NoError(l.t, err)
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.event = value
		case "data":
			m.data = value
		case ":":
			m.comment = true
		case "":
			if m != (message{}) {
				return m
			}
		}
	}
}

// want reads the events of these sequences, and nothing else.
func (l *listener) want(sequences ...int) {
	l.t.Helper()
	for _, n := range sequences {
		m := l.next()
		require.Equal(l.t, strconv.Itoa(n), m.id, m.data)
		var e map[string]any
		require.NoError(l.t, json.Unmarshal([]byte(m.data), &e))
		require.EqualValues(l.t, n, e["sequence"])
		require.Equal(l.t, e["type"], m.event)
	}
}

// ends reads the last event, and the end of the answer.
func (l *listener) ends(reason string, sequence int) {
	l.t.Helper()
	m := l.next()
	require.Equal(l.t, "end", m.event, m.data)
	require.Empty(l.t, m.id)
	var e end
	require.NoError(l.t, json.Unmarshal([]byte(m.data), &e))
	require.Equal(l.t, reason, e.Reason)
	require.EqualValues(l.t, sequence, e.Sequence)
	_, err := l.in.ReadByte()
	require.ErrorIs(l.t, err, io.EOF)
}

func (f *fixture) do(t testing.TB, c commands.Command) commands.Outcome {
	t.Helper()
	out, err := f.service.Do(t.Context(), commands.Service(), c)
	require.NoError(t, err)
	return out
}

func TestHistoryThenLive(t *testing.T) {
	f := newFixture(t)
	f.create(t, "ada", false)
	f.create(t, "bob", false)
	l := f.listen(t, "")
	require.Equal(t, typeSSE, l.answer.Header.Get("Content-Type"))
	l.want(1, 2)
	f.create(t, "cyd", false)
	l.want(3)
	f.create(t, "dan", false)
	f.create(t, "eve", false)
	l.want(4, 5)
	later := f.listen(t, "?after=1", "Last-Event-ID", "3")
	later.want(4, 5)
	f.create(t, "fay", false)
	l.want(6)
	later.want(6)
}

func TestLinesMayFollow(t *testing.T) {
	f := newFixture(t)
	l := f.listen(t, "?follow=true&after=1", "Accept", "application/x-ndjson")
	require.Equal(t, typeLine, l.answer.Header.Get("Content-Type"))
	f.create(t, "ada", false)
	f.create(t, "bob", false)
	line, err := l.in.ReadBytes('\n')
	require.NoError(t, err)
	require.Equal(t, []int{2}, sequences(lines(t, strings.NewReader(string(line)))))
	close(f.draining)
	rest, err := io.ReadAll(l.in)
	require.NoError(t, err)
	require.Contains(t, string(rest), `{"type":"end","reason":"shutting_down"`)
}

func TestFilters(t *testing.T) {
	f := newFixture(t)
	start := time.Now()
	a, b := f.create(t, "ada", false), f.create(t, "bob", false) // 1, 2
	group := uuid.New()
	f.do(t, commands.CreateGroup{ID: group, Group: events.GroupCreated{Name: "staff"}}) // 3
	phone := "1"
	// 4
	f.do(t, commands.UpdateUser{ID: a.ID, Profile: events.ProfileUpdated{Phone: &phone}})
	// 5
	f.do(t, commands.UpdateUser{ID: b.ID, Profile: events.ProfileUpdated{Phone: &phone}})
	// 6
	mark := f.do(t, commands.LinkResource{ID: a.ID, Resource: events.ResourceLinked{Kind: "vm",
		ID: "1"}}).User.UpdatedAt
	// 7
	f.do(t, commands.DeleteUser{ID: b.ID})
	day := func(t time.Time) string { return strings.ReplaceAll(t.Format(time.RFC3339Nano), "+", "%2B") }
	for query, want := range map[string][]int{
		"?user=" + a.ID.String():                        {1, 4, 6},
		"?user=" + a.ID.String() + "&after=1":           {4, 6},
		"?user=" + a.ID.String() + "&limit=2":           {1, 4},
		"?user=" + a.ID.String() + "&until=5":           {1, 4},
		"?user=" + uuid.NewString():                     nil,
		"?aggregate=user/" + b.ID.String():              {2, 5, 7},
		"?aggregate=group":                              {3},
		"?aggregate=group/" + group.String():            {3},
		"?aggregate=datacenter":                         nil,
		"?aggregate=user":                               {1, 2, 4, 5, 6, 7},
		"?type=ProfileUpdated.v1":                       {4, 5},
		"?type=ProfileUpdated,UserDeleted.v1":           {4, 5, 7},
		"?type=ProfileUpdated&type=UserDeleted&limit=2": {4, 5},
		"?type=ProfileUpdated&user=" + a.ID.String():    {4},
		"?since=5":                                 {5, 6, 7},
		"?since=3&until=4":                         {3, 4},
		"?until=0":                                 nil,
		"?since=99":                                nil,
		"?since=" + day(start) + "&until=2":        {1, 2},
		"?until=" + day(start.Add(-time.Hour)):     nil,
		"?until=" + day(time.Now().Add(time.Hour)): {1, 2, 3, 4, 5, 6, 7},
		"?until=6&since=" + day(mark):              {6},
		"?since=" + day(start.Add(-time.Hour)) + "&until=" + day(mark): {1, 2, 3, 4, 5, 6},
	} {
		require.Equal(t, want, sequences(lines(t, f.get(t, query).Body)), query)
		if want == nil {
			continue
		}
		l := f.listen(t, query+"&follow=false")
		l.want(want...)
		_, err := io.Copy(io.Discard, l.in)
		require.NoError(t, err)
	}
}

func TestLiveFilters(t *testing.T) {
	f := newFixture(t)
	a := f.create(t, "ada", false)
	one, types, bounded := f.listen(t, "?user="+a.ID.String()), f.listen(t, "?type=ResourceLinked&limit=1"),
		f.listen(t, "?until=3")
	until := f.listen(t, "?after=2&until="+time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	f.create(t, "bob", false)
	f.create(t, "cyd", false)
	first := f.listen(t, "?limit=1&user="+a.ID.String())
	first.want(1)
	first.ends("complete", 1) // who goes on from there misses nothing
	f.do(t, commands.LinkResource{ID: a.ID, Resource: events.ResourceLinked{Kind: "vm", ID: "1"}})
	f.create(t, "dan", false)
	one.want(1, 4)
	types.want(4)
	types.ends("complete", 4)
	bounded.want(1, 2, 3)
	bounded.ends("complete", 3)
	until.want(3, 4, 5)
}

func TestBadRequests(t *testing.T) {
	f := newFixture(t)
	for query, reason := range map[string]string{
		"?type=UserFlew": "type_unknown", "?type=": "type_unknown", "?type=UserCreated.v": "type_unknown",
		"?user=7": "parameter_invalid", "?user=": "parameter_invalid", "?aggregate=server": "parameter_invalid",
		"?aggregate=user/7": "parameter_invalid", "?aggregate=user/": "parameter_invalid",
		"?user=" + uuid.NewString() + "&aggregate=user": "parameter_invalid", "?follow=yes": "parameter_invalid",
		"?since=yesterday": "parameter_invalid", "?until=2030-01-01": "parameter_invalid",
		"?since=2999-01-01T00:00:00Z": "parameter_invalid", "?since=1&since=2": "parameter_invalid",
		"?%zz": "query_invalid",
	} {
		w := f.get(t, query)
		require.Equal(t, http.StatusBadRequest, w.Code, query)
		require.Equal(t, reason, w.Body.String(), query)
	}
	ask := func(name, value string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/events", nil)
		r.Header.Set(name, value)
		f.handler.ServeHTTP(w, r)
		return w
	}
	require.Equal(t, "last_event_id_invalid", ask("Last-Event-ID", "x").Body.String())
	require.Equal(t, http.StatusNotAcceptable, ask("Accept", "text/html").Code)
	require.Equal(t, http.StatusOK, ask("Accept", "text/html, */*;q=0.1").Code)
}

func TestBrowserIsToldNotToComeBack(t *testing.T) {
	f := newFixture(t)
	f.create(t, "ada", false)
	l := f.listen(t, "?until=1", "Last-Event-ID", "1")
	require.Equal(t, http.StatusNoContent, l.answer.StatusCode)
}

func TestHeartbeats(t *testing.T) {
	f := newFixture(t)
	f.source.Heartbeat = time.Millisecond
	l := f.listen(t, "")
	require.True(t, l.next().comment)
	require.True(t, l.next().comment)
	past := f.listen(t, "?until="+time.Now().Add(50*time.Millisecond).UTC().Format(time.RFC3339Nano))
	for m := past.next(); m.event != "end"; m = past.next() {
		require.True(t, m.comment)
	}
}

func TestStreamsEndWhenTheServiceDoes(t *testing.T) {
	f := newFixture(t)
	f.create(t, "ada", false)
	l := f.listen(t, "")
	l.want(1)
	close(f.draining)
	l.ends("shutting_down", 1)
}

func TestStreamsEndWithTheirCredential(t *testing.T) {
	f := newFixture(t)
	admin := f.create(t, "admin", true)
	key := events.APIKey{ID: uuid.New(), Kind: "native", Hash: "x",
		Permissions: events.Permissions{Audit: commands.LevelRead}}
	f.do(t, commands.AddAPIKey{ID: admin.ID, Key: key})
	f.actor = commands.Actor{User: admin.ID, Credential: "api-key:" + key.ID.String(),
		Permissions: commands.Granted(key.Permissions)}
	l := f.listen(t, "")
	l.want(1, 2)
	f.do(t, commands.RevokeAPIKey{ID: admin.ID, KeyID: key.ID})
	l.ends("not_allowed", 2)
	require.Equal(t, http.StatusOK, f.get(t, "").Code, "a short answer is let through by who authenticated it")
}

func TestStreamsEndWithTheirSession(t *testing.T) {
	f := newFixture(t)
	var err error
	f.service.Sessions, err = session.Open(t.Context(), f.Engine)
	require.NoError(t, err)
	f.source.sessions, f.source.Heartbeat = f.service.Sessions, time.Millisecond
	admin := f.create(t, "admin", true)
	by := commands.Session{Kind: "test", Hash: secrets.Hash("token"), ExpiresAt: time.Now().Add(time.Hour)}
	f.actor = commands.Actor{User: admin.ID, Session: by, Permissions: commands.Whole()}
	require.NoError(t, f.service.Sessions.Put(t.Context(), by.Hash, session.Token{Kind: by.Kind, User: admin.ID,
		ExpiresAt: by.ExpiresAt}))
	l := f.listen(t, "")
	require.NoError(t, f.service.Sessions.Delete(t.Context(), by.Kind, by.Hash))
	m := l.next()
	for m.event != "end" { // heartbeats, and what there is
		m = l.next()
	}
	require.Contains(t, m.data, `"not_allowed"`)
}

// TestSlowReaders reads nothing until the tail has gone on without it. Nobody waits for it meanwhile.
func TestSlowReaders(t *testing.T) {
	f := newFixture(t)
	f.source.tail.most = 8
	u := f.create(t, "ada", false)
	slow, quick := f.listen(t, ""), f.listen(t, "")
	slow.want(1)
	quick.want(1)
	large := strings.Repeat("x", 60_000)
	const many = 400 // of 60 kB are more than the connection's buffers hold
	for i := range many {
		text := large + strconv.Itoa(i)
		f.do(t, commands.UpdateUser{ID: u.ID, Profile: events.ProfileUpdated{ExtraParams: &text}})
		quick.want(i + 2)
	}
	last := 1
	for {
		m := slow.next()
		if m.event == "end" {
			require.Contains(t, m.data, `"reason":"too_slow"`)
			break
		}
		last++
		require.Equal(t, strconv.Itoa(last), m.id)
	}
	require.Less(t, last, many)
	again := f.listen(t, "", "Last-Event-ID", strconv.Itoa(last))
	for n := last + 1; n <= many+1; n++ {
		again.want(n)
	}
}

// TestNobodyMissesAnything lets readers come at any time while others write.
func TestNobodyMissesAnything(t *testing.T) {
	f := newFixture(t)
	const writers, each = 4, 60
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				f.create(t, fmt.Sprintf("w%d-%d", w, i), false)
			}
		})
	}
	for r := range 12 {
		all.Go(func() {
			l := f.listen(t, "?after="+strconv.Itoa(r))
			for n := r + 1; n <= writers*each; n++ {
				l.want(n)
			}
		})
	}
	all.Wait()
}

func TestErasureEmptiesTheTail(t *testing.T) {
	tail := newTail()
	tail.Begin(0)
	tail.join()
	records := make([]events.Record, 3)
	for i := range records {
		records[i] = events.Record{Sequence: uint64(i) + 1, Aggregate: events.User(uuid.New()),
			Event: events.UserDisabled{}, Type: "UserDisabled.v1"}
	}
	records[2].Event, records[2].Type = events.UserErased{}, "UserErased.v1"
	tail.Applied(records[:2])
	frames, _, ok := tail.after(0)
	require.True(t, ok)
	require.Len(t, frames, 2)
	tail.Applied(records[2:])
	_, _, ok = tail.after(1)
	require.False(t, ok)
	frames, _, ok = tail.after(2)
	require.True(t, ok)
	require.Len(t, frames, 1)
	tail.leave()
	require.Empty(t, tail.frames)
}

func TestTailIsBounded(t *testing.T) {
	tail := newTail()
	tail.most, tail.bytes = 10, 3000
	tail.Begin(7)
	tail.join()
	for n := range uint64(100) {
		phone := strings.Repeat("x", int(n%3)*500)
		tail.Applied([]events.Record{{Sequence: n + 8, Aggregate: events.User(uuid.New()),
			Event: events.ProfileUpdated{Phone: &phone}, Type: "ProfileUpdated.v1"}})
		require.LessOrEqual(t, len(tail.frames), 10)
		require.LessOrEqual(t, tail.size, 3000)
		size := 0
		for _, f := range tail.frames {
			size += len(f.sse)
		}
		require.Equal(t, size, tail.size)
		require.Equal(t, n+8, tail.frames[len(tail.frames)-1].sequence)
		require.Equal(t, tail.from+1, tail.frames[0].sequence)
	}
}
