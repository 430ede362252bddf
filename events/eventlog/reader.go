package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"accountd/events/engine"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// heartbeat is how often the engine shows that it is there while there is nothing to deliver.
	heartbeat = time.Second
	// silentAfter is how long nothing comes, not even that, from a consumer that is lost.
	silentAfter = 3 * heartbeat
	// pullFor is how long a pull stays open; the next one follows at once.
	pullFor = 30 * time.Second
	// stalledAfter is how long nothing comes until it is asked whether something should have come.
	stalledAfter = 2 * time.Second
	// byHandFor bounds asking for one message while there is no consumer.
	byHandFor = time.Second
	// batchSize is how many messages the reader hands over at most at a time.
	batchSize = 256
)

// errBroken stands for a consumer that was lost; another one takes its place.
var errBroken = errors.New("consumer lost")

// placedMsg is a message and its sequence in the stream.
type placedMsg struct {
	sequence uint64
	msg      *nats.Msg
}

// reader delivers a stream's messages in order, each once: those that are there, then those that come. It asks for so
// many at a time, and for more only as they are taken, so a slow receiver never fills the memory.
//
// It is an ordered consumer of its own: that of nats.go hands over one message at a time without telling whether more
// are there, so that batches could be made only by waiting, and its healing does not end with a context.
type reader struct {
	engine  *engine.Engine
	stream  string
	subject string // only messages of this subject, which may have wildcards; empty: all
	next    uint64 // sequence to start from
	until   uint64 // last sequence to read; 0: go on for ever
	pull    int    // messages to ask for at a time
	gapless bool   // a sequence that is missing is a GapError
	log     *slog.Logger

	end uint64 // how far the stream is known to go
}

// read delivers until the last wanted message, and returns nil then, or until ctx ends or deliver fails, and returns
// the reason. Lost consumers and connections heal. It returns [GapError] when a message is missing that must be there,
// [RecordError] with [ErrUnreadable] when the engine cannot read it, and jetstream.ErrStreamNotFound when there is no
// stream; of a cluster none of these, which one server may say that the others do not.
func (r *reader) read(ctx context.Context, deliver func([]placedMsg) error) error {
	var pause backoff
	for {
		if r.finished() {
			return nil
		}
		start := r.next
		err := r.session(ctx, deliver)
		if !errors.Is(err, errBroken) {
			return err
		}
		if r.next > start {
			pause = backoff{}
		}
		if pause == (backoff{}) { // the first of several failures says it all
			r.log.Warn("reading the stream again", "stream", r.stream, "from", r.next, "error", err)
		}
		if err := r.byHand(ctx, deliver); err != nil {
			return err
		}
		if err := pause.wait(ctx); err != nil {
			return err
		}
	}
}

// byHand delivers, message by message, what the stream's leader has. A consumer is made by the leader of the whole
// cluster, which may be elected later than that of the stream; until then nobody who waits for what was appended should
// have to.
func (r *reader) byHand(ctx context.Context, deliver func([]placedMsg) error) error {
	if r.engine.Embedded() {
		return nil
	}
	for range batchSize {
		asked, cancel := context.WithTimeout(ctx, byHandFor)
		got, err := leaderGet(asked, r.engine, r.stream, messageQuery{Sequence: r.next, NextFor: r.subject})
		cancel()
		if err != nil || r.until != 0 && got.sequence > r.until {
			return context.Cause(ctx) // what is not there yet comes later
		}
		if err := deliver([]placedMsg{got.placed()}); err != nil {
			return err
		}
		r.next = got.sequence + 1
	}
	return nil
}

func (r *reader) finished() bool { return r.until != 0 && r.next > r.until }

// session reads with one consumer. It returns errBroken when another one should go on.
func (r *reader) session(ctx context.Context, deliver func([]placedMsg) error) error {
	consumer, err := r.create(ctx)
	if err != nil {
		return err
	}
	conn := r.engine.Conn()
	s := &session{
		reader: r,
		pulls:  apiConsumerNext + r.stream + "." + consumer,
		inbox:  conn.NewInbox(),
		// Room for all that is asked for at any time, and for the engine's own messages.
		arrived: make(chan *nats.Msg, 2*r.pull+64),
		out:     make([]placedMsg, 0, batchSize),
	}
	sub, err := conn.ChanSubscribe(s.inbox, s.arrived)
	if err != nil {
		return fmt.Errorf("%w: subscribing: %w", errBroken, err)
	}
	changes := conn.StatusChanged(nats.CONNECTED, nats.CLOSED)
	defer func() {
		conn.RemoveStatusListener(changes)
		_ = sub.Unsubscribe() // fails only on a closed connection
		// Nobody waits for the answer: an idle consumer goes away by itself.
		_ = conn.Publish(apiConsumerDelete+r.stream+"."+consumer, nil)
	}()
	return s.run(ctx, changes, deliver)
}

func (r *reader) create(ctx context.Context) (name string, err error) {
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	consumer, err := r.engine.JetStream().CreateConsumer(asked, r.stream, jetstream.ConsumerConfig{
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       r.next,
		FilterSubject:     r.subject,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: 2 * pullFor,
	})
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, jetstream.ErrStreamNotFound) && r.engine.Embedded(), errors.Is(err, nats.ErrConnectionClosed):
		return "", fmt.Errorf("reading %s: %w", r.stream, err)
	case err != nil:
		return "", fmt.Errorf("%w: creating: %w", errBroken, err)
	}
	info := consumer.CachedInfo()
	r.end = max(r.end, r.until, r.next-1+info.NumPending)
	return info.Name, nil
}
