package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"accountd/events/engine"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// heartbeat is how often the engine shows that it is there while there is nothing to deliver.
	heartbeat = 2 * time.Second
	// pullFor is how long a pull stays open; the next one follows at once.
	pullFor = 30 * time.Second
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

// reader delivers a stream's messages in order, each once: those that are there, then those that come. It asks for so many
// at a time, and for more only as they are taken, so a slow receiver never fills the memory.
//
// It is an ordered consumer of its own because that of nats.go keeps messages back that it already has from a receiver that
// wants all of them at once, and does not end with a context while it heals.
type reader struct {
	engine  *engine.Engine
	stream  string
	next    uint64 // sequence to start from
	until   uint64 // last sequence to read; 0: go on for ever
	pull    int    // messages to ask for at a time
	gapless bool   // a sequence that is missing is a GapError
	log     *slog.Logger
}

// read delivers until the last wanted message, and returns nil then, or until ctx ends or deliver fails, and returns the
// reason. Lost consumers and connections heal. It returns [GapError] when a message is missing that must be there, and
// jetstream.ErrStreamNotFound when there is no stream.
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
		if r.log != nil {
			r.log.Warn("reading the log again", "stream", r.stream, "from", r.next, "error", err)
		}
		if err := pause.wait(ctx); err != nil {
			return err
		}
	}
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
	asked, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	consumer, err := r.engine.JetStream().CreateConsumer(asked, r.stream, jetstream.ConsumerConfig{
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       r.next,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: 2 * pullFor,
	})
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, jetstream.ErrStreamNotFound), errors.Is(err, nats.ErrConnectionClosed):
		return "", fmt.Errorf("reading %s: %w", r.stream, err)
	case err != nil:
		return "", fmt.Errorf("%w: creating: %w", errBroken, err)
	}
	return consumer.CachedInfo().Name, nil
}

// session is one consumer's delivery.
type session struct {
	*reader
	pulls, inbox string
	arrived      chan *nats.Msg
	due          int    // messages asked for and not come yet
	delivered    uint64 // the consumer's own count
	out          []placedMsg
}

func (s *session) run(ctx context.Context, changes <-chan nats.Status, deliver func([]placedMsg) error) error {
	silence := time.NewTimer(0)
	defer silence.Stop()
	for {
		if err := s.ask(); err != nil {
			return err
		}
		silence.Reset(2*heartbeat + time.Second)
		select {
		case msg := <-s.arrived:
			err := s.collect(msg)
			if len(s.out) > 0 {
				if err := deliver(s.out); err != nil {
					return err
				}
				s.out = s.out[:0]
			}
			if err != nil || s.finished() {
				return err
			}
		case status := <-changes:
			return fmt.Errorf("%w: connection is %v", errBroken, status)
		case <-silence.C:
			return fmt.Errorf("%w: no heartbeat", errBroken)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// ask asks for more messages when half of what was asked for has come.
func (s *session) ask() error {
	want := s.pull
	if s.until != 0 {
		want = int(min(uint64(want), s.until+1-s.next-uint64(s.due)))
	}
	if want == 0 || s.due > s.pull/2 {
		return nil
	}
	request := fmt.Appendf(nil, `{"batch":%d,"expires":%d,"idle_heartbeat":%d}`, want, pullFor, heartbeat)
	if err := s.engine.Conn().PublishRequest(s.pulls, s.inbox, request); err != nil {
		return fmt.Errorf("%w: asking for messages: %w", errBroken, err)
	}
	s.due += want
	return nil
}

// collect takes the first message and all others that are there already, up to a batch.
func (s *session) collect(msg *nats.Msg) error {
	for {
		if err := s.take(msg); err != nil {
			return err
		}
		if len(s.out) == cap(s.out) {
			return nil
		}
		select {
		case msg = <-s.arrived:
		default:
			return nil
		}
	}
}

func (s *session) take(msg *nats.Msg) error {
	sequence, count, ok := position(msg.Reply)
	if !ok {
		return s.status(msg)
	}
	s.due--
	if s.delivered++; count != s.delivered {
		return fmt.Errorf("%w: message %d of the consumer came instead of %d", errBroken, count, s.delivered)
	}
	if sequence != s.next && s.gapless {
		return GapError{Want: s.next, Got: sequence}
	}
	s.next = sequence + 1
	s.out = append(s.out, placedMsg{sequence: sequence, msg: msg})
	return nil
}

// status takes what the engine says about a pull.
func (s *session) status(msg *nats.Msg) error {
	switch status := msg.Header.Get(headerStatus); status {
	case "100": // heartbeat; it names the newest message sent
		if last := msg.Header.Get(headerLastConsumer); last != strconv.FormatUint(s.delivered, 10) {
			return fmt.Errorf("%w: message %s of the consumer did not come", errBroken, last)
		}
		return nil
	case "408": // a pull has ended; it names how many of its messages did not come
		missing, err := strconv.Atoi(msg.Header.Get(headerPendingMessages))
		if err != nil {
			return fmt.Errorf("%w: status 408 without a count", errBroken)
		}
		s.due -= missing
		return nil
	default:
		return fmt.Errorf("%w: status %q", errBroken, status)
	}
}

// position reads a message's place in the stream, and in the consumer's count, from its reply subject:
//
//	$JS.ACK.<stream>.<consumer>.<tries>.<place>.<count>.<time>.<left>
//	$JS.ACK.<domain>.<account>.<stream>.<consumer>.<tries>.<place>.<count>.<time>.<left>.<token>
func position(reply string) (place, count uint64, ok bool) {
	const prefix = "$JS.ACK."
	if len(reply) < len(prefix) || reply[:len(prefix)] != prefix {
		return 0, 0, false
	}
	dots := 0
	for i := range len(reply) {
		if reply[i] == '.' {
			dots++
		}
	}
	skip := 5
	if dots > 8 {
		skip = 7
	}
	place, rest, ok := number(reply, skip)
	count, _, ok2 := number(rest, 0)
	return place, count, ok && ok2
}

// number reads the number behind so many dots, and returns what follows the dot behind it.
func number(s string, dots int) (n uint64, rest string, ok bool) {
	i := 0
	for ; dots > 0 && i < len(s); i++ {
		if s[i] == '.' {
			dots--
		}
	}
	start := i
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + uint64(s[i]-'0')
	}
	if i == start || i == len(s) || s[i] != '.' {
		return 0, "", false
	}
	return n, s[i+1:], true
}
