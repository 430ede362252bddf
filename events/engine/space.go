package engine

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// ErrBroken is returned by [Engine.Broken] and [Engine.BrokenBeside] when the embedded server has given up on a stream
// because a write or a sync of its files failed: it answers to nothing that would be written there until it is started
// again.
var ErrBroken = errors.New("the store has failed")

// engineStore is the embedded server's own bound on its store: none, because it would set it once, at its start.
const engineStore = 1 << 60

// maxReserve is how much of the disk is kept for erasures and for what is on its way when the store is full, in bytes:
// a twentieth of the disk, but no more than this.
const maxReserve = 256 << 20

// Space is how much the embedded server's store takes and may take, in bytes.
type Space struct {
	Used  int64 // that the streams take
	Limit int64 // that they may take; it follows the disk as that grows, shrinks and is filled by others
	Free  int64 // of the disk
	Total int64 // of the disk, or what [Options].MaxStore grants if that is less
}

// Full reports whether the store may not grow.
func (s Space) Full() bool { return s.Used >= s.Limit }

// Low reports whether the store may not grow by more than a tenth of what there is.
func (s Space) Low() bool { return s.Limit-s.Used < s.Total/10 }

// String returns such as "812 of 1024 MiB, 300 MiB of the disk free".
func (s Space) String() string {
	const mib = 1 << 20
	return fmt.Sprintf("%d of %d MiB, %d MiB of the disk free", s.Used/mib, s.Limit/mib, s.Free/mib)
}

// spaceOf returns how much there is on a disk of that size, with so much of it free.
func spaceOf(used, free, total, granted int64) Space {
	s := Space{Used: used, Free: free, Total: total}
	s.Limit = max(used+free-min(total/20, maxReserve), 0)
	if granted > 0 {
		s.Limit, s.Total = min(s.Limit, granted), min(s.Total, granted)
	}
	return s
}

// measured is the Space as it was a moment ago.
type measured struct {
	mu    sync.Mutex
	at    time.Time
	space Space
	known bool
}

// measureEvery is how old a Space may be: what can be written meanwhile is far less than the reserve.
const measureEvery = 100 * time.Millisecond

// Space returns how much the store takes and may take; false for an outside cluster, whose servers know, and where the
// system does not tell.
func (e *Engine) Space() (Space, bool) {
	if e.server == nil {
		return Space{}, false
	}
	m := &e.measured
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); now.Sub(m.at) >= measureEvery {
		m.at = now
		m.space, m.known = e.measure()
	}
	return m.space, m.known
}

func (e *Engine) measure() (Space, bool) {
	free, total, ok := disk(e.store)
	info, err := e.server.Jsz(&server.JSzOptions{})
	if !ok || err != nil || info.Disabled {
		return Space{}, false
	}
	return spaceOf(int64(info.Store), free, total, e.granted), true
}

// Broken returns [ErrBroken], with the reason, when the embedded server has given up on the stream.
func (e *Engine) Broken(stream string) error {
	return e.broken(func(name string) bool { return name == stream })
}

// BrokenBeside returns [ErrBroken], with the reason, when the embedded server has given up on another stream than that
// one, or on everything.
func (e *Engine) BrokenBeside(stream string) error {
	return e.broken(func(name string) bool { return name != stream })
}

func (e *Engine) broken(counts func(stream string) bool) error {
	if e.server == nil || !e.server.Running() {
		return nil
	}
	e.looking.Lock()
	defer e.looking.Unlock()
	if !e.making.TryLock() {
		return nil // a stream that is just being made would look broken
	}
	defer e.making.Unlock()
	health := e.server.Healthz(&server.HealthzOptions{Details: true})
	for _, reason := range health.Errors {
		if strings.HasPrefix(reason.Stream, ".") {
			continue // what is left of a stream that is being deleted
		}
		if reason.Type == server.HealthzErrorJetStream || reason.Type == server.HealthzErrorStream &&
			counts(reason.Stream) {
			return fmt.Errorf("%w: %s", ErrBroken, reason.Error)
		}
	}
	return nil
}
