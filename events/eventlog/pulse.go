package eventlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"accountd/events/pause"
)

const (
	// pulseEvery is how often the engine is asked whether it is there, and pulseLate how long it may be silent.
	pulseEvery = time.Second
	pulseLate  = 5 * time.Second
	// pulseAgain is when the next question follows on one that had no answer.
	pulseAgain = 250 * time.Millisecond
	// longSilence is how long the engine has been silent when nobody waits for it any more than hurriedly: a change of
	// leader is over by then.
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

// pulse asks the engine every second, or more often, for the Log's end: that is how a Log knows whether writes and
// reads would be answered before somebody waits for them. It is safe for concurrent use.
type pulse struct {
	log  *Log
	ctx  context.Context
	work sync.WaitGroup

	scouts *scouts // what is done about a leader that does not answer; nil while it does

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
		for pause.For(p.ctx, p.ask()) == nil {
		}
	})
}

// ask asks once, sends scouts when the answer is not as it should be, and returns when to ask again.
func (p *pulse) ask() time.Duration {
	ctx, cancel := context.WithTimeout(p.ctx, attemptFor)
	defer cancel()
	s, err := p.log.standing(ctx, p.log.engine.JetStream())
	if p.ctx.Err() != nil {
		return 0
	}
	p.note(s.last, err, time.Now())
	switch well := err == nil && s.alone < uneasyAfter || !p.log.Shared(); {
	case !well && p.scouts == nil:
		p.scouts = p.log.send(p.ctx, &p.work)
	case well && p.scouts != nil:
		p.scouts.stop()
		p.scouts = nil
	}
	if err != nil {
		return pulseAgain
	}
	return min(pulseEvery, max(pulseAgain, uneasyAfter-s.alone)) // a leader that hears nobody is noticed in time
}

// failing returns why the last question had no answer, nil when it had one.
func (p *pulse) failing() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
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

// patience returns how long a request is tried.
func (l *Log) patience() time.Duration {
	if l.pulse.silent(time.Now()) > longSilence {
		return hurriedly
	}
	return patience
}

// Answering returns nil when the stream's leader has answered within the last seconds, is followed by most servers, and
// has all that was seen; and what is wrong otherwise. It does not ask.
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

// Behind returns for how long there has been a Record behind that sequence, 0 when there is none or nobody knows of it.
// It does not ask.
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
