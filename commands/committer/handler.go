package committer

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"accountd/commands"
	"accountd/commands/standstill"
	"accountd/events"
	"accountd/events/eventlog"
)

// maxWaiting is how many commands may wait for the committer; past that they are refused.
const maxWaiting = 8192

// ErrClosed is returned by Handler.Do after Close.
var ErrClosed = errors.New("the handler is closed")

// Observer learns what the Handler does; its methods must be quick and safe for concurrent use.
type Observer interface {
	// Appended tells of one append: how many commands and events it held and how long the Log took.
	Appended(commands, events int, took time.Duration)
	// Conflicted tells that the Log had moved on and commands are decided again.
	Conflicted()
}

// Options of a Handler.
type Options struct {
	Observer             Observer // nil: nobody
	ExternalProvisioning bool     // users are creating until another system reports them done
}

// Fold is the running fold that the Handler decides on and feeds. projections.View implements it.
type Fold interface {
	// States returns the newest picture, nil while the Log is being read for the first time.
	States() commands.States
	// Apply folds Records that follow directly on what was applied, and ignores those already seen.
	Apply(records []events.Record) error
	// Wait returns when the Record of that sequence is applied, or with the context's error.
	Wait(ctx context.Context, sequence uint64) error
}

// Handler runs commands: it decides them on the newest States, appends their Events, and decides again when somebody
// else was faster. It is safe for concurrent use.
type Handler struct {
	log      *eventlog.Log
	fold     Fold
	opts     Options
	queue    chan *request
	fairness fairness // of the loop alone
	still    standstill.Watch

	mu     sync.RWMutex
	closed bool
	done   chan struct{}
}

type request struct {
	ctx       context.Context
	span      trace.Span
	actor     commands.Actor
	cmd       commands.Command
	once      Once
	conflicts int               // how often somebody else was faster
	done      *commands.Outcome // what the command has led to already, nil for nothing
	failed    error             // why that could not be found out
	answer    chan answer
}

type answer struct {
	outcome commands.Outcome
	err     error
}

// New starts a Handler on the Log and its fold; Close ends it.
func New(log *eventlog.Log, fold Fold, opts Options) *Handler {
	h := &Handler{log: log, fold: fold, opts: opts, queue: make(chan *request, maxWaiting), done: make(chan struct{})}
	if h.opts.Observer == nil {
		h.opts.Observer = nobody{}
	}
	go h.run()
	return h
}

// Do runs the command and returns when it is durable and the fold has it. It returns a [*commands.Refusal] (Busy when
// too many commands wait or too many races were lost), [eventlog.ErrUnavailable] when the outcome stays unknown,
// [ErrClosed], or the context's error, after which the command may still take effect.
func (h *Handler) Do(ctx context.Context, actor commands.Actor, cmd commands.Command) (commands.Outcome, error) {
	return h.Start(ctx, actor, cmd)()
}

// Start is Do in two steps: when it returns, the command has its place behind those that were started before, and the
// function that it returns waits for the outcome. So many commands share appends, and stay in order.
func (h *Handler) Start(ctx context.Context, actor commands.Actor, cmd commands.Command) (wait func() (commands.Outcome,
	error)) {
	return h.start(ctx, actor, cmd, Once{})
}

func (h *Handler) start(ctx context.Context, actor commands.Actor, cmd commands.Command,
	once Once) (wait func() (commands.Outcome, error)) {
	if create, ok := cmd.(commands.CreateUser); ok && h.opts.ExternalProvisioning && create.User.State == "" {
		create.User.State = commands.StateCreating
		cmd = create
	}
	if actor.At.IsZero() {
		actor.At = time.Now()
	}
	r := &request{ctx: ctx, actor: actor, cmd: cmd, once: once, answer: make(chan answer, 1)}
	r.begin()
	if err := h.enqueue(r); err != nil {
		r.end(answer{err: err})
	}
	return r.wait
}

func (r *request) wait() (commands.Outcome, error) {
	select {
	case a := <-r.answer:
		return a.outcome, a.err
	case <-r.ctx.Done():
		return commands.Outcome{}, r.ctx.Err()
	}
}

func (h *Handler) enqueue(r *request) error {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.closed {
		return ErrClosed
	}
	select {
	case h.queue <- r:
		return nil
	default:
		return busy("over_capacity", "Too many changes are waiting.")
	}
}

// Waiting returns how many commands wait to be decided.
func (h *Handler) Waiting() int { return len(h.queue) }

// Standstill returns why commands do not get into the Log at the moment: one has been waiting for more than a few
// seconds, or the last one was given up and none has got through since, or tried for ten seconds. It is nil otherwise,
// and asks nobody.
func (h *Handler) Standstill() error { return h.still.Err(time.Now()) }

// Close lets no more commands in and returns when those already in have their answers.
func (h *Handler) Close() {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.queue)
	}
	h.mu.Unlock()
	<-h.done
}

type nobody struct{}

func (nobody) Appended(int, int, time.Duration) {}
func (nobody) Conflicted()                      {}
