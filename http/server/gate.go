package server

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"accountd/commands"
)

// Gate says whether dialects may be called. The zero Gate is shut: the service is starting. It is safe for concurrent
// use.
type Gate struct {
	phase  atomic.Int32
	replay atomic.Pointer[replay]

	mu      sync.Mutex
	running int           // dialects' calls that are in
	idle    chan struct{} // closed when the last of them is out; nil until somebody waits
	ending  chan struct{} // closed when those that last are to end; nil until somebody asks
}

const (
	starting = int32(iota)
	open
	draining
)

// replay is where the reading of the log began, and how to learn how far it is.
type replay struct {
	began    time.Time
	first    uint64
	progress func() (position, target uint64)
}

// Replaying tells that the log is being read, and how far.
func (g *Gate) Replaying(progress func() (position, target uint64)) {
	first, _ := progress()
	g.replay.Store(&replay{began: time.Now(), first: first, progress: progress})
}

// Open lets requests in.
func (g *Gate) Open() { g.phase.CompareAndSwap(starting, open) }

// Drain lets no more requests in; those that are in may finish.
func (g *Gate) Drain() {
	g.mu.Lock() // nobody is on the way in
	defer g.mu.Unlock()
	if g.phase.Swap(draining) != draining {
		close(g.end())
	}
}

// Draining is closed by Drain: calls that last as long as the client likes end then.
func (g *Gate) Draining() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.end()
}

func (g *Gate) end() chan struct{} {
	if g.ending == nil {
		g.ending = make(chan struct{})
	}
	return g.ending
}

// Idle returns when no dialect's call is in any more, or with the context's error. It comes after Drain.
func (g *Gate) Idle(ctx context.Context) error {
	g.mu.Lock()
	if g.idle == nil {
		g.idle = make(chan struct{})
		if g.running == 0 {
			close(g.idle)
		}
	}
	g.mu.Unlock()
	select {
	case <-g.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter lets a dialect's call in, which then must leave, or returns what it is refused with.
func (g *Gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.Refusal(); err != nil {
		return err
	}
	g.running++
	return nil
}

func (g *Gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running--; g.running == 0 && g.idle != nil {
		close(g.idle)
	}
}

// Refusal returns what a dialect's call is refused with, nil while the Gate is open.
func (g *Gate) Refusal() error {
	switch g.phase.Load() {
	case open:
		return nil
	case draining:
		return &commands.Refusal{Kind: commands.Busy, Reason: "shutting_down", Detail: "The service is shutting down."}
	}
	return &commands.Refusal{Kind: commands.Busy, Reason: "not_ready", Detail: "The service is still starting."}
}

// Progress is how far the reading of the log is.
type Progress struct {
	Position, Target uint64
	Percent          int
	Left             time.Duration // an estimate; negative when there is none
}

// Progress returns how far the reading of the log is, and false before it began.
func (g *Gate) Progress() (Progress, bool) {
	r := g.replay.Load()
	if r == nil {
		return Progress{}, false
	}
	p := Progress{Percent: 100, Left: -1}
	p.Position, p.Target = r.progress()
	if p.Position >= p.Target {
		p.Left = 0
		return p, true
	}
	p.Percent = int(p.Position * 100 / p.Target)
	if done := p.Position - min(r.first, p.Position); done > 0 {
		each := time.Since(r.began) / time.Duration(done)
		p.Left = (each * time.Duration(p.Target-p.Position)).Round(time.Second)
	}
	return p, true
}
