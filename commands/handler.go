package commands

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

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

// Outcome is what a command led to.
type Outcome struct {
	// Sequence of the command's newest Record; of what the command is about, when everything was so already.
	Sequence  uint64
	User      *User      // the State after the command, nil after a deletion or when the command is about no user
	Before    *User      // the State before the command, nil before a creation or when the command is about no user
	Directory *Directory // as the command left it
}

// Handler runs commands: it decides them on the newest States, appends their Events, and decides again when somebody
// else was faster. It is safe for concurrent use.
type Handler struct {
	log   *eventlog.Log
	fold  Fold
	opts  Options
	queue chan *request
	turns turns // the committer's
	still standstill.Watch

	mu     sync.RWMutex
	closed bool
	done   chan struct{}
}

type request struct {
	ctx       context.Context
	span      trace.Span
	actor     Actor
	cmd       Command
	once      Once
	conflicts int      // how often somebody else was faster
	done      *Outcome // what the command has led to already, nil for nothing
	failed    error    // why that could not be found out
	answer    chan answer
}

type answer struct {
	outcome Outcome
	err     error
}

// NewHandler starts a Handler on the Log and its fold; Close ends it.
func NewHandler(log *eventlog.Log, fold Fold, opts Options) *Handler {
	h := &Handler{log: log, fold: fold, opts: opts, queue: make(chan *request, maxWaiting), done: make(chan struct{})}
	if h.opts.Observer == nil {
		h.opts.Observer = nobody{}
	}
	go h.run()
	return h
}

// Do runs the command and returns when it is durable and the fold has it. It returns a [*Refusal] (Busy when too many
// commands wait or too many races were lost), [eventlog.ErrUnavailable] when the outcome stays unknown, [ErrClosed], or
// the context's error, after which the command may still take effect.
func (h *Handler) Do(ctx context.Context, actor Actor, cmd Command) (Outcome, error) {
	return h.Start(ctx, actor, cmd)()
}

// Start is Do in two steps: when it returns, the command has its place behind those that were started before, and the
// function that it returns waits for the outcome. So many commands share appends, and stay in order.
func (h *Handler) Start(ctx context.Context, actor Actor, cmd Command) (wait func() (Outcome, error)) {
	return h.start(ctx, actor, cmd, Once{})
}

func (h *Handler) start(ctx context.Context, actor Actor, cmd Command, once Once) (wait func() (Outcome, error)) {
	if create, ok := cmd.(CreateUser); ok && h.opts.ExternalProvisioning && create.User.State == "" {
		create.User.State = StateCreating
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

func (r *request) wait() (Outcome, error) {
	select {
	case a := <-r.answer:
		return a.outcome, a.err
	case <-r.ctx.Done():
		return Outcome{}, r.ctx.Err()
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
		return refuse(Busy, "over_capacity", "", "Too many changes are waiting.")
	}
}

// Waiting returns how many commands wait to be decided.
func (h *Handler) Waiting() int { return len(h.queue) }

// Standstill returns why commands do not get into the Log at the moment: one has been waiting for more than a few seconds, or the
// last one was given up and none has got through since, or tried for ten seconds. It is nil otherwise, and asks nobody.
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

// decided is a request with what Decide made of it.
type decided struct {
	*request
	before *User      // the target before the command, nil when it is no user
	gone   *Deleted   // the target when it was deleted before
	dir    *Directory // before the command
	drafts []events.Draft
	err    error
}

func (d decided) reply(records []events.Record) {
	if d.err != nil {
		d.end(answer{err: d.err})
		return
	}
	if d.done != nil {
		d.end(answer{outcome: *d.done})
		return
	}
	out := Outcome{User: d.before, Before: d.before, Directory: d.dir, Sequence: d.dir.version(d.cmd.Of().ID)}
	if d.before != nil {
		out.Sequence = d.before.Version
	} else if d.gone != nil {
		out.Sequence = d.gone.Version
	}
	for _, r := range records {
		out.Directory, out.Sequence = out.Directory.Evolve(r), r.Sequence
		if r.Aggregate == d.cmd.Of() {
			out.User = Evolve(out.User, r)
		}
	}
	d.end(answer{outcome: out})
}

func (d decided) entry(s States) eventlog.Entry {
	id := d.once.ID
	if id == uuid.Nil {
		id = uuid.Must(uuid.NewV7())
	}
	return eventlog.Entry{Command: id, Cause: d.actor.cause(s), Drafts: d.drafts}
}
