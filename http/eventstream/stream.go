package eventstream

import (
	"context"
	"fmt"
	"time"

	"accountd/commands"
	"accountd/events"
)

const chunk = 512 // records that are read or sent at once

// stream is one answer on its way.
type stream struct {
	*source
	wish
	actor    commands.Actor
	out      writer
	position uint64    // everything up to it is sent, or does not pass
	last     uint64    // where it ends
	deadline time.Time // when it ends; zero: never
	checked  time.Time // when it was last asked whether the session is there
	sent     uint64
}

func (s *stream) ended() bool { return s.position >= s.last || s.sent >= s.limit }

// history sends what is in the log up to the end.
func (s *stream) history(ctx context.Context) error {
	for !s.ended() {
		if err := s.page(ctx, s.last); err != nil {
			return s.gone(nil, err)
		}
	}
	return nil
}

// follow sends the history and then what is applied, until something ends it.
func (s *stream) follow(ctx context.Context) error {
	if err := s.out.flush(); err != nil { // the client waits for what is to come; it shall know that it does
		return s.gone(ctx.Err(), err)
	}
	live := false
	for !s.ended() {
		if reason := s.over(ctx); reason != nil {
			return s.out.finish(*reason)
		}
		frames, moved, ok := s.tail.after(s.position)
		var err error
		switch {
		case ok && len(frames) == 0:
			live = true
			err = s.wait(ctx, moved)
		case ok:
			live = true
			err = s.send(frames[:min(len(frames), chunk)])
		case live:
			return s.out.finish(s.reason("too_slow",
				"The reader is too far behind; Last-Event-ID or after goes on from the last event."))
		default:
			err = s.page(ctx, s.tail.position())
		}
		if err != nil {
			return s.gone(ctx.Err(), err)
		}
	}
	if !s.sse {
		return nil
	}
	return s.out.finish(s.reason("complete", "That was all that was asked for."))
}

// gone drops the error that a client's leaving led to.
func (s *stream) gone(left, err error) error {
	if left != nil || s.out.lost {
		return nil
	}
	return err
}

func (s *stream) reason(reason, detail string) end {
	return end{Type: "end", Reason: reason, Detail: detail, Sequence: s.position}
}

// over returns why the stream ends now, nil when it goes on.
func (s *stream) over(ctx context.Context) *end {
	var why end
	now := time.Now()
	switch states := s.view.States(); {
	case closed(s.Draining):
		why = s.reason("shutting_down", "The service is shutting down.")
	case !commands.MayReadLog(states, s.actor) || commands.Ended(states, s.actor, now), s.loggedOut(ctx, now):
		why = s.reason("not_allowed", "The credential has ended, or may not read the history any more.")
	case !s.deadline.IsZero() && now.After(s.deadline.Add(s.Heartbeat)):
		why = s.reason("complete", "That was all that was asked for.")
	default:
		return nil
	}
	return &why
}

// loggedOut reports whether the session by which the stream was asked for is gone; it asks once a heartbeat.
func (s *stream) loggedOut(ctx context.Context, now time.Time) bool {
	by := s.actor.Session
	if by.Hash == "" || now.Sub(s.checked) < s.Heartbeat {
		return false
	}
	s.checked = now
	_, ok, err := s.sessions.Get(ctx, by.Kind, by.Hash)
	return err == nil && !ok
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// wait returns when there is more, or something to look at.
func (s *stream) wait(ctx context.Context, moved <-chan struct{}) error {
	timer := time.NewTimer(s.Heartbeat)
	defer timer.Stop()
	select {
	case <-moved:
	case <-s.Draining:
	case <-timer.C:
		return s.out.beat()
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// page sends a piece of the log, in which everything up to upTo is by now. Few do so at a time.
func (s *stream) page(ctx context.Context, upTo uint64) error {
	select {
	case s.reads <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	frames, err := s.read(ctx)
	<-s.reads
	if err != nil {
		return err
	}
	if err := s.send(frames); err != nil {
		return err
	}
	if s.of.Kind != "" && len(frames) < chunk && !s.ended() {
		s.position = max(s.position, upTo)
	}
	return nil
}

func (s *stream) read(ctx context.Context) ([]frame, error) {
	var records []events.Record
	var err error
	if s.of.Kind == "" {
		if records, err = s.log.Read(ctx, s.position, chunk); err == nil && len(records) == 0 {
			err = fmt.Errorf("the log ends at %d", s.position)
		}
	} else {
		records, err = s.log.ReadOf(ctx, s.of, s.position, chunk)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	return framesOf(records)
}

// send writes those of the frames that pass, and moves the position behind them.
func (s *stream) send(frames []frame) error {
	for i := range frames {
		f := &frames[i]
		if f.sequence > s.last || !s.deadline.IsZero() && f.time.After(s.deadline) {
			s.last = s.position
		}
		if s.ended() {
			break
		}
		if s.passes(f) {
			s.out.put(f)
			s.sent++
		}
		s.position = f.sequence
	}
	return s.out.flush()
}
