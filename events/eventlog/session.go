package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// session is one consumer's delivery.
type session struct {
	*reader
	pulls, inbox string
	arrived      chan *nats.Msg
	due          int    // messages asked for and not come yet
	delivered    uint64 // the consumer's own count
	lacking      uint64 // a message that the leader had at the last probe; 0 for none
	out          []placedMsg
}

func (s *session) run(ctx context.Context, changes <-chan nats.Status, deliver func([]placedMsg) error) error {
	silence := time.NewTimer(silentAfter)
	defer silence.Stop()
	stalled := time.NewTimer(stalledAfter)
	defer stalled.Stop()
	for {
		if err := s.ask(); err != nil {
			return err
		}
		select {
		case msg := <-s.arrived:
			// Nothing else shows that the consumer is there: it may be on another server than the connection.
			silence.Reset(silentAfter)
			err := s.collect(msg)
			if len(s.out) > 0 {
				if err := deliver(s.out); err != nil {
					return err
				}
				s.out = s.out[:0]
				stalled.Reset(stalledAfter)
			}
			if err != nil || s.finished() {
				return err
			}
		case status := <-changes:
			return fmt.Errorf("%w: connection is %v", errBroken, status)
		case <-stalled.C:
			if err := s.probe(ctx); err != nil {
				return err
			}
			stalled.Reset(stalledAfter)
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
		want = min(want, int(s.until+1-s.next)-s.due)
	}
	if want <= 0 || s.due > s.pull/2 {
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
		return s.gap(sequence)
	}
	s.next = sequence + 1
	s.out = append(s.out, placedMsg{sequence: sequence, msg: msg})
	return nil
}

// gap is what a message means that is not the next one. Of several servers, one may have lost what the others have.
func (s *session) gap(got uint64) error {
	err := GapError{Want: s.next, Got: got}
	if s.engine.Embedded() {
		return err
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}

// probe asks for the next message by itself, if it must be there: an engine that cannot read a damaged block delivers
// nothing of it, and says so only to who asks for a single message. It may even have come to believe that the stream
// ends before it.
//
// In an embedded engine, a message that the store counts and does not give away is unreadable. On a cluster nothing
// that one server says ends the reading: it may be new, behind, or alone. But a message that the leader has had for two
// probes without the consumer having brought it shows that the consumer is lost, or on a server that is; another one
// takes its place.
func (s *session) probe(ctx context.Context) error {
	if !s.engine.Embedded() {
		return s.probeCluster(ctx)
	}
	last, err := leaderLast(ctx, s.engine, s.stream)
	if s.end = max(s.end, last); err != nil || s.end < s.next || !s.gapless {
		return nil // an engine that does not answer is asked again
	}
	if _, err = leaderGet(ctx, s.engine, s.stream, messageQuery{Sequence: s.next}); errors.Is(err, errNoMessage) {
		return RecordError{Sequence: s.next, Err: fmt.Errorf("%w: %w", ErrUnreadable, err)}
	}
	return nil
}

func (s *session) probeCluster(ctx context.Context) error {
	query := messageQuery{Sequence: s.next, NextFor: s.subject}
	got, err := leaderGet(ctx, s.engine, s.stream, query)
	switch {
	case err != nil && !errors.Is(err, errNoMessage):
		return nil // who does not answer is asked again
	case err != nil && s.gapless:
		last, err := leaderLast(ctx, s.engine, s.stream)
		if err != nil || last < s.next {
			s.lacking = 0
			return nil
		}
		got.sequence = s.next // one server counts it, and one does not have it
	case err != nil:
		return nil
	}
	if s.lacking != got.sequence {
		s.lacking = got.sequence
		return nil
	}
	s.lacking = 0
	return fmt.Errorf("%w: message %d is there and did not come", errBroken, got.sequence)
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
