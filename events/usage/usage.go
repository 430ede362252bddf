package usage

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"accountd/events/engine"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bucket is the name of the key-value bucket.
const Bucket = "ACCOUNT_USAGE"

// TTL is how long a last use is remembered.
const TTL = 400 * 24 * time.Hour

const (
	every      = time.Minute     // how often a credential's time is written
	timeout    = 2 * time.Second // of one read or write
	maxKnown   = 1 << 16         // credentials whose last write is remembered
	maxWaiting = 1 << 12         // uses that wait to be written
	sweepEvery = time.Second
)

// Store is the bucket. It is safe for concurrent use. A nil Store remembers nothing.
type Store struct {
	kv   jetstream.KeyValue
	js   jetstream.JetStream
	done chan struct{} // closed when everything is written

	mu      sync.Mutex
	known   map[string]time.Time // when the credential's time was last given to be written
	swept   time.Time
	waiting chan use
	closed  bool
}

type use struct {
	credential string
	at, until  time.Time // until is zero where it stays for [TTL]
}

// Open returns the Store on the engine, and makes its bucket when there is none. It returns engine.ErrLostStream, or
// what went wrong with the engine.
func Open(ctx context.Context, e *engine.Engine) (*Store, error) {
	kv, err := e.OpenBucket(ctx, engine.Bucket{Name: Bucket, Description: "when credentials were last used",
		MaxAge: TTL})
	if err != nil {
		return nil, err
	}
	s := &Store{kv: kv, js: e.JetStream(), done: make(chan struct{}), known: map[string]time.Time{},
		waiting: make(chan use, maxWaiting)}
	go s.write()
	return s, nil
}

// Used notes that the credential was used. The note is dropped when too many wait, or one was made within the last
// minute.
func (s *Store) Used(credential string, at time.Time) { s.UsedUntil(credential, at, time.Time{}) }

// UsedUntil is Used of a credential that ends by itself, after which nobody asks when it was used; zero: it does not.
func (s *Store) UsedUntil(credential string, at, until time.Time) {
	if s == nil {
		return
	}
	at = at.UTC().Truncate(time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || at.Sub(s.known[credential]) < every || !s.room(at) {
		return
	}
	select {
	case s.waiting <- use{credential, at, until}:
		s.known[credential] = at
	default: // the next use tries again
	}
}

// room reports whether one more credential can be remembered; it forgets those that may be written again.
func (s *Store) room(now time.Time) bool {
	if len(s.known) >= maxKnown && now.Sub(s.swept) >= sweepEvery {
		s.swept = now
		for credential, at := range s.known {
			if now.Sub(at) >= every {
				delete(s.known, credential)
			}
		}
	}
	return len(s.known) < maxKnown
}

// LastUsed returns when the credential was last used, and false when that is not known.
func (s *Store) LastUsed(credential string) (time.Time, bool) {
	if s == nil {
		return time.Time{}, false
	}
	last := s.stored(credential)
	s.mu.Lock()
	if at := s.known[credential]; at.After(last) {
		last = at
	}
	s.mu.Unlock()
	return last, !last.IsZero()
}

func (s *Store) stored(credential string) time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	entry, err := s.kv.Get(ctx, key(credential))
	if err != nil {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(string(entry.Value()), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// write writes what waits until the Store is closed.
func (s *Store) write() {
	defer close(s.done)
	for u := range s.waiting {
		if s.put(u) == nil {
			continue
		}
		s.mu.Lock()
		if s.known[u.credential].Equal(u.at) {
			delete(s.known, u.credential) // the next use tries again
		}
		s.mu.Unlock()
	}
}

func (s *Store) put(u use) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	value := strconv.AppendInt(nil, u.at.Unix(), 10)
	if u.until.IsZero() {
		_, err := s.kv.Put(ctx, key(u.credential), value)
		return err
	}
	life := max(time.Second, u.until.Sub(u.at).Truncate(time.Second))
	_, err := s.js.PublishMsg(ctx, &nats.Msg{Subject: "$KV." + Bucket + "." + key(u.credential), Data: value},
		jetstream.WithMsgTTL(life))
	return err
}

// key returns the credential's key: the kind and the id behind it are tokens of their own.
func key(credential string) string { return strings.ReplaceAll(credential, ":", ".") }

// Close lets nothing more in and returns when everything is written, or with ctx's error. The engine must still run.
func (s *Store) Close(ctx context.Context) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.waiting)
	}
	s.mu.Unlock()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("writing last-used times: %w", context.Cause(ctx))
	}
}
