package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// pulseEvery is how often the engine is asked whether it is there, and pulseLate how long it may be silent.
	pulseEvery = time.Second
	pulseLate  = 5 * time.Second
	// moveAfter is how long a server may leave requests unanswered until another one is tried.
	moveAfter = 4 * time.Second
	// longSilence is how long the engine has been silent when nobody waits for it any more than hurriedly: a change of leader is
	// over by then.
	longSilence = 15 * time.Second
	hurriedly   = 4 * time.Second
	// maxMarks bounds how many earlier ends of the Log are remembered.
	maxMarks = 1024
)

// mark is where the Log ended at a time.
type mark struct {
	last uint64
	at   time.Time
}

// pulse asks the engine every second for the Log's end: that is how a Log knows whether writes and reads would be answered
// before somebody waits for them. It is safe for concurrent use.
type pulse struct {
	log  *Log
	ctx  context.Context
	work sync.WaitGroup

	mu      sync.Mutex
	beat    time.Time // when the leader last answered; at first, when the Log was opened
	failure error     // why it has not since
	unsure  error     // why the last append that had one had no answer; nil once the leader answered behind it
	marks   []mark    // of a Log that grew, the oldest first
}

func newPulse(ctx context.Context, l *Log) *pulse {
	return &pulse{log: l, ctx: ctx, beat: time.Now()}
}

func (p *pulse) start() {
	p.work.Go(func() {
		tick := time.NewTicker(pulseEvery)
		defer tick.Stop()
		moved := time.Now()
		for {
			last, err := p.log.end(p.ctx)
			if p.ctx.Err() != nil {
				return
			}
			p.note(last, err, time.Now())
			if silent := p.silent(time.Now()); err != nil && silent > moveAfter && time.Since(moved) > moveAfter && p.log.move(err) {
				moved = time.Now()
			}
			select {
			case <-tick.C:
			case <-p.ctx.Done():
				return
			}
		}
	})
}

func (p *pulse) close() { p.work.Wait() }

// note takes an answer.
func (p *pulse) note(last uint64, err error, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failure = err
		return
	}
	p.beat, p.failure, p.unsure = now, nil, nil
	switch n := len(p.marks); {
	case n > 0 && p.marks[n-1].last >= last:
	case n == maxMarks:
		p.marks = append(p.marks[:0], p.marks[n/2:]...)
		fallthrough
	default:
		p.marks = append(p.marks, mark{last, now})
	}
}

// appended takes how an append ended.
func (p *pulse) appended(attempts int, err error) {
	if attempts == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unsure = nil
	if errors.Is(err, ErrUnavailable) {
		p.unsure = err
	}
}

func (p *pulse) silent(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Sub(p.beat)
}

// move has the connection go to another server of the cluster, and reports whether it did: it may be too new for that.
func (l *Log) move(err error) bool {
	moved := l.Shared() && l.engine.Reconnect()
	if moved {
		l.log.Warn("trying another server", slog.Any("error", err))
	}
	return moved
}

// patience returns how long a request is tried.
func (l *Log) patience() time.Duration {
	if l.pulse.silent(time.Now()) > longSilence {
		return hurriedly
	}
	return patience
}

// Answering returns nil when the stream's leader has answered within the last seconds, is followed by most servers, and has all
// that was seen; and what is wrong otherwise. It does not ask.
func (l *Log) Answering() error {
	p := l.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.unsure != nil {
		return fmt.Errorf("the last append had no answer: %w", p.unsure)
	}
	if silent := time.Since(p.beat); silent > pulseLate {
		return fmt.Errorf("the log has not answered for %v: %w", silent.Round(time.Second), p.reason())
	}
	return nil
}

func (p *pulse) reason() error {
	if p.failure == nil {
		return context.DeadlineExceeded // the first question is still open
	}
	return p.failure
}

// Behind returns for how long there has been a Record behind that sequence, 0 when there is none or nobody knows of it. It does
// not ask.
func (l *Log) Behind(sequence uint64) time.Duration {
	p := l.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.marks {
		if m.last > sequence {
			return time.Since(m.at)
		}
	}
	return 0
}

// Silent returns how long ago the leader last answered.
func (l *Log) Silent() time.Duration { return l.pulse.silent(time.Now()) }

// Newest returns the sequence of the newest Record that this instance knows of. It does not ask.
func (l *Log) Newest() uint64 { return l.seen.Load() }
