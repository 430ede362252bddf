package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"accountd/events"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	workPull      = 64               // Records that are fetched ahead
	workWait      = 10 * time.Second // after which a Record whose instance is silent goes to another
	workHeartbeat = 2 * time.Second  // two of which that do not come show that the consumer is lost
	// Records that may wait for a Job or another attempt; past that, newer ones wait, too
	workPending = 4096
	workGrace   = 5 * time.Second // that jobs have to end when the work ends
	unreadRest  = time.Minute     // after which a Record that could not be read is tried again
)

// Task is a Record that something is to be done about.
type Task struct {
	events.Record
	Attempt int // from 1 up
}

// Job does it. It returns how long to rest before the Task comes again, 0 when it is done with.
type Job func(ctx context.Context) (again time.Duration)

// Work is one kind of work that follows the Log.
type Work struct {
	Name     string         // of the durable consumer that keeps the place
	Types    []string       // the events that are looked at
	Parallel int            // Jobs that run at once
	Plan     func(Task) Job // says what is to be done about a Task, nil for nothing; it must be quick
}

// Worker does a kind of Work, together with those of other instances.
type Worker struct {
	Work
	log *Log
}

// OpenWork returns a Worker. The place from which the Work begins is the Log's end when it is first opened; from then
// on it is kept, whether or not anybody works.
func (l *Log) OpenWork(ctx context.Context, w Work) (*Worker, error) {
	_, err := l.workConsumer(ctx, w.Name)
	return &Worker{Work: w, log: l}, err
}

// Run has the Work done until ctx ends: each Record goes to one of the instances that run it, and again to any of them
// until its Job is done; so a Job may run twice, when an instance dies in between. Jobs run in no order; those that run
// when ctx ends get a moment to end, too. Lost connections and consumers heal by themselves; a consumer that somebody
// removed begins at the Log's end again.
//
// The chain is not verified: whoever follows the Log does that.
func (w *Worker) Run(ctx context.Context) {
	jobs, cancel := graced(ctx)
	defer cancel()
	s := &shift{Worker: w, codec: w.log.codec(jobs), ctx: jobs, slots: make(chan struct{}, max(1, w.Parallel))}
	defer s.running.Wait()
	var pause backoff
	for ctx.Err() == nil {
		if err := s.session(ctx); err != nil && ctx.Err() == nil {
			w.log.log.Warn("the work begins again", "work", w.Name, "error", err)
			_ = pause.wait(ctx) // the loop looks
		}
	}
}

// workConsumer returns the durable consumer, and makes it when there is none.
func (l *Log) workConsumer(ctx context.Context, name string) (jetstream.Consumer, error) {
	return patiently(ctx, func(ctx context.Context) (jetstream.Consumer, error) {
		consumer, err := l.engine.JetStream().Consumer(ctx, Stream, name)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			consumer, err = l.engine.JetStream().CreateConsumer(ctx, Stream, jetstream.ConsumerConfig{
				Durable: name, DeliverPolicy: jetstream.DeliverNewPolicy, AckPolicy: jetstream.AckExplicitPolicy,
				AckWait:    workWait,
				MaxDeliver: -1, MaxAckPending: workPending,
			})
		}
		if err != nil {
			return nil, fmt.Errorf("opening the consumer %s: %w", name, err)
		}
		return consumer, nil
	})
}

// graced returns a context that ends a while after ctx.
func graced(ctx context.Context) (context.Context, context.CancelFunc) {
	jobs, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(workGrace, cancel) })
	return jobs, func() { stop(); cancel() }
}

// shift is one run of a Worker.
type shift struct {
	*Worker
	codec   codec
	ctx     context.Context // of the Jobs
	slots   chan struct{}
	running sync.WaitGroup
}

// session hands out what comes, until ctx ends or the consumer is silent.
func (s *shift) session(ctx context.Context) error {
	consumer, err := s.log.workConsumer(ctx, s.Name)
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(workPull), jetstream.PullExpiry(pullFor),
		jetstream.PullHeartbeat(workHeartbeat))
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		msg, err := messages.Next()
		if err != nil {
			return fmt.Errorf("reading: %w", err)
		}
		s.take(ctx, msg)
	}
}

// take plans what is to be done about a message, and starts it.
func (s *shift) take(ctx context.Context, msg jetstream.Msg) {
	if kind := msg.Headers()[fieldNames[fieldType]]; len(kind) != 1 || !slices.Contains(s.Types, kind[0]) {
		_ = msg.Ack() // one that is lost makes it come again
		return
	}
	task, err := s.read(msg)
	if err != nil {
		s.log.log.Error("a record cannot be worked on", slog.String("work", s.Name), slog.Any("error", err))
		_ = msg.NakWithDelay(unreadRest)
		return
	}
	job := s.Plan(task)
	if job == nil {
		_ = msg.Ack()
		return
	}
	s.running.Go(func() { s.do(ctx, msg, job) })
}

func (s *shift) read(msg jetstream.Msg) (Task, error) {
	place, err := msg.Metadata()
	if err != nil {
		return Task{}, err
	}
	record, err := s.codec.decode(place.Sequence.Stream, &nats.Msg{Subject: msg.Subject(), Header: msg.Headers(),
		Data: msg.Data()})
	if err != nil {
		return Task{}, unreadable(s.ctx, place.Sequence.Stream, err)
	}
	return Task{Record: record, Attempt: int(place.NumDelivered)}, nil
}

// do runs a Job when it is its turn. While it waits and runs, it shows that somebody is at it.
func (s *shift) do(ctx context.Context, msg jetstream.Msg, job Job) {
	done := make(chan struct{})
	defer close(done)
	s.running.Go(func() { keep(msg, done) })
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		_ = msg.Nak()
		return
	}
	if again := job(s.ctx); again > 0 {
		_ = msg.NakWithDelay(again)
		return
	}
	_ = msg.Ack()
}

// keep keeps a message from going to another instance until done is closed.
func keep(msg jetstream.Msg, done <-chan struct{}) {
	alive := time.NewTicker(workWait / 4)
	defer alive.Stop()
	for {
		select {
		case <-alive.C:
			_ = msg.InProgress()
		case <-done:
			return
		}
	}
}
