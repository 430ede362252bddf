package bench

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/eventstream"
	"accountd/http/native"
	"accountd/http/rest"
	"accountd/projections"
	"accountd/projections/past"
	"accountd/testing/testlog"
)

// history is a service on a log of its own.
type history struct {
	rest.Service
	log *testlog.Env
}

func newHistory(b *testing.B) history {
	env := testlog.Start(b)
	view := projections.NewView()
	view.Open()
	h := history{log: env, Service: rest.Service{View: view, Handler: committer.New(env.Log, view, committer.Options{}),
		Past: past.New(env.Log, view)}}
	b.Cleanup(h.Handler.Close)
	b.Cleanup(h.Past.Close)
	return h
}

func (h history) do(b *testing.B, c commands.Command) *commands.User {
	out, err := h.Do(context.Background(), commands.Service(), c)
	require.NoError(b, err)
	return out.User
}

// BenchmarkFanOut makes one change at a time and waits until every reader has it. The time is from the acknowledged
// write to the last reader; memory and processor time are those of both ends of the connections.
func BenchmarkFanOut(b *testing.B) {
	for _, readers := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) { fanOut(b, readers) })
	}
}

func fanOut(b *testing.B, readers int) {
	h := newHistory(b)
	u := h.do(b, commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Email: "ada@example.org", Active: true}})
	serve := eventstream.New(h.View, h.Sessions, h.log.Log, eventstream.Options{})
	s := httptest.NewServer(withInfo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.NoError(b, serve(w, r, commands.Service()))
	})))
	b.Cleanup(s.Close)
	before := memory()
	var arrived sync.WaitGroup
	arrived.Add(readers)
	for range readers {
		listen(b, s.Listener.Addr().String(), &arrived)
	}
	arrived.Wait() // the history
	change := func(i int) {
		phone := fmt.Sprint(i)
		h.do(b, commands.UpdateUser{ID: u.ID, Profile: events.ProfileUpdated{Phone: &phone}})
	}
	var l laps
	used := processorTime(b)
	b.ResetTimer()
	for i := range b.N {
		arrived.Add(readers)
		change(i)
		acknowledged := time.Now()
		arrived.Wait()
		l.add(time.Since(acknowledged))
	}
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-used).Microseconds())/float64(b.N*readers), "cpu-µs/event/reader")
	b.ReportMetric(float64(memory()-before)/float64(readers), "B/reader")
	l.report(b)
}

// listen is a client that costs little itself.
func listen(b *testing.B, address string, arrived *sync.WaitGroup) {
	conn, err := net.Dial("tcp", address)
	require.NoError(b, err)
	b.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "GET /v1/events HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n")
	require.NoError(b, err)
	go func() {
		for in := bufio.NewScanner(conn); in.Scan(); {
			if strings.HasPrefix(in.Text(), "id: ") {
				arrived.Done()
			}
		}
	}()
}

// memory is what is in use, stacks included.
func memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// BenchmarkPast looks at a user with a thousand events: as it was in the middle of them, and a page of its history.
func BenchmarkPast(b *testing.B) {
	h := newHistory(b)
	token, hash := native.NewToken()
	admin := h.do(b, commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Email: "admin@example.org",
		Active: true, SuperAdmin: true,
		APIKeys: []events.APIKey{{ID: uuid.New(), Kind: "native", Hash: events.Secret(hash)}}}})
	for i := range 1000 {
		phone := fmt.Sprint(i)
		h.do(b, commands.UpdateUser{ID: admin.ID, Profile: events.ProfileUpdated{Phone: &phone}})
	}
	api, user := withInfo(native.New(h.Service, native.Options{})), "/v1/users/"+admin.ID.String()
	b.Run("at", func(b *testing.B) { get(b, api, user+"?at=500", token) })
	b.Run("history", func(b *testing.B) { get(b, api, user+"/history", token) })
	b.Run("list", func(b *testing.B) { get(b, api, "/v1/users?at=500", token) })
}
