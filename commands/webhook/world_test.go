package webhook

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/feed"
	"accountd/projections"
	"accountd/testing/testlog"
)

const patience = 20 * time.Second

// world is a service whose events go to webhooks.
type world struct {
	*testlog.Env
	t       testing.TB
	view    *projections.View
	handler *committer.Handler
	feed    *feed.Feed
}

func newWorld(t testing.TB) *world {
	w := &world{Env: testlog.Start(t), t: t, view: projections.NewView()}
	w.view.Open()
	w.handler = committer.New(w.Log, w.view, committer.Options{})
	var err error
	w.feed, err = feed.Open(t.Context(), feed.Options{Engine: w.Engine, Log: w.Log})
	require.NoError(t, err)
	relaying, stop := context.WithCancel(context.Background())
	var relay sync.WaitGroup
	relay.Go(func() { _ = w.feed.Run(relaying) })
	t.Cleanup(func() {
		w.handler.Close()
		stop()
		relay.Wait()
	})
	return w
}

// react runs a Reactor, with short pauses unless the Options say otherwise, until stop is called or the test ends.
func (w *world) react(o Options) (r *Reactor, stop func()) {
	w.t.Helper()
	o.Engine, o.Log, o.Feed, o.Fold, o.Handler = w.Engine, w.Log, w.feed, w.view, w.handler
	if o.Schedule == nil {
		o.Schedule = make([]time.Duration, 4)
	}
	r, err := New(w.t.Context(), o)
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = r.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	w.t.Cleanup(stop)
	return r, stop
}

func (w *world) do(c commands.Command) commands.Outcome {
	w.t.Helper()
	out, err := w.handler.Do(w.t.Context(), commands.Service(), c)
	require.NoError(w.t, err)
	return out
}

// hook makes a webhook with the sink's address.
func (w *world) hook(s *sink, change func(*events.WebhookCreated)) *commands.Webhook {
	w.t.Helper()
	id := uuid.New()
	e := events.WebhookCreated{URL: s.URL, Secret: NewSecret()}
	if change != nil {
		change(&e)
	}
	return w.do(commands.CreateWebhook{ID: id, Webhook: e, Plain: true}).Directory.Webhook(id)
}

func (w *world) user(name string) *commands.User {
	w.t.Helper()
	return w.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: name,
		Email: name + "@example.com"}}).User
}

// erased is what the end of a user's erasure appends.
func erased(u *commands.User) []eventlog.Entry {
	return []eventlog.Entry{{Command: uuid.New(),
		Drafts: []events.Draft{{Aggregate: events.User(u.ID), Key: u.Key, Event: events.UserErased{}}}}}
}

// message returns what the feed tells of a Record.
func (w *world) message(record uint64) string {
	w.t.Helper()
	stream, err := w.Engine.JetStream().Stream(w.t.Context(), feed.Stream)
	require.NoError(w.t, err)
	for s := uint64(1); ; s++ {
		msg, err := stream.GetMsg(w.t.Context(), s)
		require.NoError(w.t, err)
		if msg.Header.Get("Nats-Msg-Id") == strconv.FormatUint(record, 10) {
			return string(msg.Data)
		}
	}
}

// webhook returns the webhook as it is.
func (w *world) webhook(id uuid.UUID) *commands.Webhook {
	return w.view.States().Directory().Webhook(id)
}

// until waits for something that comes by itself.
func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	require.Eventually(w.t, is, patience, time.Millisecond, what)
}

// deliveries waits until there are so many, and returns them, the oldest first.
func (w *world) deliveries(r *Reactor, hook uuid.UUID, n int) (all []Delivery) {
	w.t.Helper()
	w.until("deliveries", func() bool {
		newest, err := r.Deliveries(w.t.Context(), hook)
		require.NoError(w.t, err)
		all = nil
		for i := range newest {
			all = append(all, newest[len(newest)-1-i])
		}
		return len(all) >= n
	})
	return all
}

// sink is an address that events are sent to.
type sink struct {
	*httptest.Server
	got    chan received
	mu     sync.Mutex
	script []http.HandlerFunc // what it answers; behind its end, 200
}

type received struct {
	header http.Header
	body   string
}

func newSink(t testing.TB, script ...http.HandlerFunc) *sink {
	s := &sink{got: make(chan received, 1000), script: script}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	answer := func(http.ResponseWriter, *http.Request) {}
	if len(s.script) > 0 {
		answer, s.script = s.script[0], s.script[1:]
	}
	s.mu.Unlock()
	s.got <- received{r.Header, string(body)}
	answer(w, r)
}

// next waits for the next request.
func (s *sink) next(t *testing.T) received {
	t.Helper()
	select {
	case r := <-s.got:
		return r
	case <-time.After(patience):
		require.FailNow(t, "nothing came")
		return received{}
	}
}

// requireQuiet proves that nothing has come which was not asked for.
func (s *sink) requireQuiet(t *testing.T) {
	t.Helper()
	select {
	case r := <-s.got:
		require.FailNow(t, "something came", r.body)
	default:
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}
