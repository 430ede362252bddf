package cluster

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Link is a way to a TCP address on which a test may stop, delay or break what goes along it. The zero delay is none.
type Link struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	changed *sync.Cond
	stopped [2]bool // by direction: nothing arrives, and nobody is told
	refused bool    // connections end at once
	delay   time.Duration
	ends    map[net.Conn]bool
}

// The directions of a Link.
const (
	there = iota // to the target
	back
)

// NewLink lays a way to the address until the test ends.
func NewLink(t testing.TB, target string) *Link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &Link{listener: listener, target: target, ends: map[net.Conn]bool{}}
	l.changed = sync.NewCond(&l.mu)
	go l.accept()
	t.Cleanup(func() {
		_ = listener.Close()
		l.set(func() { l.refused, l.stopped = true, [2]bool{} })
		l.breakUp()
	})
	return l
}

// Addr returns where the way begins.
func (l *Link) Addr() string { return l.listener.Addr().String() }

func (l *Link) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	l.changed.Broadcast()
}

// Delay has everything take so much longer in each direction.
func (l *Link) Delay(d time.Duration) { l.set(func() { l.delay = d }) }

// stop lets nothing arrive in these directions, as a network does that loses every packet.
func (l *Link) stop(directions ...int) {
	l.set(func() {
		for _, d := range directions {
			l.stopped[d] = true
		}
	})
}

// Stop lets nothing arrive in either direction, and tells nobody.
func (l *Link) Stop() { l.stop(there, back) }

// Mute lets nothing reach the target, and tells nobody.
func (l *Link) Mute() { l.stop(there) }

// Deafen lets nothing come back from the target, and tells nobody.
func (l *Link) Deafen() { l.stop(back) }

// Refuse ends all connections and those that are tried.
func (l *Link) Refuse() {
	l.set(func() { l.refused = true })
	l.breakUp()
}

// Heal ends what was done to the way; what was stopped arrives.
func (l *Link) Heal() { l.set(func() { l.stopped, l.refused, l.delay = [2]bool{}, false, 0 }) }

func (l *Link) breakUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.ends {
		_ = c.Close()
	}
}

func (l *Link) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.join(near)
	}
}

// join carries one connection.
func (l *Link) join(near net.Conn) {
	defer func() { _ = near.Close() }()
	l.mu.Lock()
	refused := l.refused
	l.mu.Unlock()
	if refused {
		return
	}
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	l.set(func() { l.ends[near], l.ends[far] = true, true })
	defer l.set(func() { delete(l.ends, near); delete(l.ends, far) })
	var both sync.WaitGroup
	both.Go(func() { l.carry(far, near, there) })
	both.Go(func() { l.carry(near, far, back) })
	both.Wait()
}

// piece is what came at a time.
type piece struct {
	data []byte
	at   time.Time
}

// carry takes what comes from one end to the other, and ends both when one has ended.
func (l *Link) carry(to, from net.Conn, direction int) {
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if n > 0 {
				pieces <- piece{b[:n], time.Now()}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range pieces {
		l.hold(p.at, direction)
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	_, _ = to.Close(), from.Close()
	for range pieces { // so that who reads ends, too
	}
}

// hold waits until what came at that time may arrive.
func (l *Link) hold(at time.Time, direction int) {
	l.mu.Lock()
	for l.stopped[direction] && !l.refused {
		l.changed.Wait()
	}
	wait := time.Until(at.Add(l.delay))
	l.mu.Unlock()
	if wait > 0 {
		<-time.After(wait)
	}
}
