package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/feed"
	"accountd/events/pause"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"
)

// Schedule returns the pauses before the attempts to send an event, of which the first comes at once.
func Schedule() []time.Duration {
	return []time.Duration{0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
}

// Timeout is how long an address may take to answer.
const Timeout = 20 * time.Second

// Handler runs commands. committer.Handler implements it.
type Handler interface {
	Do(ctx context.Context, actor commands.Actor, cmd commands.Command) (commands.Outcome, error)
}

// Options of a Reactor.
type Options struct {
	Engine  *engine.Engine
	Log     *eventlog.Log
	Feed    *feed.Feed     // knows how far older versions were
	Fold    committer.Fold // knows the webhooks
	Handler Handler        // disables them
	Logger  *slog.Logger   // nil: nobody
	Tracer  trace.Tracer   // nil: attempts are no spans

	Attempted    func(outcome string, took time.Duration) // learns what became of an attempt; nil: nobody
	AllowPrivate bool                                     // send inside the provider's network, too, and in clear
	Schedule     []time.Duration                          // nil: Schedule()
	Timeout      time.Duration                            // 0: Timeout
	Now          func() time.Time                         // nil: time.Now
}

// Reactor sends events to webhooks. It is safe for concurrent use.
type Reactor struct {
	id           string // of this Reactor, among all that ever send
	embedded     bool   // there are no other instances
	history      *eventlog.Log
	feed         *feed.Feed
	places       places
	lag          sync.Map // webhook's id: time of the oldest event that it was not sent
	fold         committer.Fold
	handler      Handler
	logger       *slog.Logger
	tracer       trace.Tracer
	attempted    func(outcome string, took time.Duration)
	allowPrivate bool
	schedule     []time.Duration
	timeout      time.Duration
	now          func() time.Time
	client       *http.Client
	log          deliveries
}

// New returns a Reactor, whose delivery log is opened.
func New(ctx context.Context, o Options) (*Reactor, error) {
	log, err := openDeliveries(ctx, o.Engine)
	if err != nil {
		return nil, err
	}
	places, err := openPlaces(ctx, o.Engine)
	if err != nil {
		return nil, err
	}
	r := &Reactor{id: o.Engine.Conn().ConnectedServerId() + "/" + uuid.NewString(), embedded: o.Engine.Embedded(),
		history: o.Log, places: places, feed: o.Feed, fold: o.Fold, handler: o.Handler, logger: o.Logger,
		tracer: o.Tracer, attempted: o.Attempted, allowPrivate: o.AllowPrivate, schedule: o.Schedule,
		timeout: o.Timeout, now: o.Now, log: log}
	if r.logger == nil {
		r.logger = slog.New(slog.DiscardHandler)
	}
	if r.attempted == nil {
		r.attempted = func(string, time.Duration) {}
	}
	if r.schedule == nil {
		r.schedule = Schedule()
	}
	if r.timeout == 0 {
		r.timeout = Timeout
	}
	if r.now == nil {
		r.now = time.Now
	}
	r.client = newClient(o.AllowPrivate, r.timeout)
	return r, nil
}

// AllowsPlain reports whether addresses may be reached in clear.
func (r *Reactor) AllowsPlain() bool { return r.allowPrivate }

// Run sends until ctx ends, whose cause it then returns.
func (r *Reactor) Run(ctx context.Context) error {
	workers := workers{Reactor: r, running: map[uuid.UUID]worker{}}
	defer workers.stopAll()
	var seen *commands.Directory
	for {
		states := r.fold.States()
		if states != nil && states.Directory() != seen {
			seen = states.Directory()
			workers.reconcile(ctx, seen, states.Head().Sequence)
		}
		if err := pause.For(ctx, lookEvery); err != nil {
			r.client.CloseIdleConnections()
			return err
		}
	}
}

// lookEvery is how soon a change of a webhook is seen.
const lookEvery = 100 * time.Millisecond

// Deliveries returns the attempts to send to a webhook, the newest first.
func (r *Reactor) Deliveries(ctx context.Context, hook uuid.UUID) ([]Delivery, error) {
	return r.log.of(ctx, hook)
}

// ErrNoEvent is returned by [Reactor.Redeliver] for a Record that the Log does not have, or whose person was erased.
var ErrNoEvent = errors.New("the log has no such event")

// Redeliver sends the webhook the event of that Record now, once, whether or not its filter wants it. It returns
// [ErrNoEvent].
func (r *Reactor) Redeliver(ctx context.Context, hook *commands.Webhook, record uint64) (Delivery, error) {
	found, err := r.record(ctx, record)
	if err == nil && !r.sendable(found) {
		err = ErrNoEvent
	}
	if err != nil {
		return Delivery{}, err
	}
	p, err := parcelOf(found)
	if err != nil {
		return Delivery{}, err
	}
	d, _ := r.attempt(ctx, hook, p)
	return d, r.log.add(ctx, hook.ID, d)
}

// sameProcess reports whether both Reactors are on one run of one embedded server.
func sameProcess(a, b string) bool {
	server, _, _ := strings.Cut(a, "/")
	other, _, _ := strings.Cut(b, "/")
	return server == other
}

// workers are those that send, one for each enabled webhook.
type workers struct {
	*Reactor
	running map[uuid.UUID]worker
}

type worker struct {
	version uint64
	stop    context.CancelFunc
	done    *sync.WaitGroup
}

// reconcile makes the workers those of the webhooks that there are.
func (w *workers) reconcile(ctx context.Context, d *commands.Directory, position uint64) {
	for id, running := range w.running {
		if hook := d.Webhook(id); hook == nil || hook.Version != running.version {
			running.end()
			delete(w.running, id)
		}
	}
	for _, hook := range d.Webhooks() {
		if _, there := w.running[hook.ID]; !there && hook.Disabled == "" {
			w.start(ctx, hook)
		}
	}
	if err := w.closeOthers(ctx, d, position); err != nil && ctx.Err() == nil {
		w.logger.Warn("the places of deleted webhooks stay for now", "error", err)
	}
}

// closeOthers forgets the places of webhooks that are gone, but none of one that this instance does not know yet.
func (w *workers) closeOthers(ctx context.Context, d *commands.Directory, position uint64) error {
	ids, err := w.places.hooks(ctx)
	for _, id := range ids {
		if d.Webhook(id) != nil {
			continue
		}
		p, _, failed := w.places.load(ctx, id)
		if failed == nil && p.Made <= position {
			failed = errors.Join(w.places.bucket.Purge(ctx, id.String()), w.feed.CloseQueue(ctx, id.String()))
		}
		err = errors.Join(err, failed)
	}
	return err
}

func (w *workers) start(ctx context.Context, hook *commands.Webhook) {
	ctx, stop := context.WithCancel(ctx)
	started := worker{version: hook.Version, stop: stop, done: new(sync.WaitGroup)}
	started.done.Go(func() { w.serve(ctx, hook) })
	w.running[hook.ID] = started
}

func (w worker) end() {
	w.stop()
	w.done.Wait()
}

func (w *workers) stopAll() {
	for _, running := range w.running {
		running.stop()
	}
	for _, running := range w.running {
		running.end()
	}
}
