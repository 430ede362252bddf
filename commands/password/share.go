package password

import (
	"context"
	"fmt"
	"sync"
)

// Caller says for whom a password is hashed or verified, so that no caller takes the places of all. An empty member
// shares with nobody.
type Caller struct {
	Name    string // such as the name that somebody logs in by
	Address string // such as the network that the request came from
}

// both names the caller by all that is known.
func (c Caller) both() string {
	if c.Name == "" {
		return "" // the address says it all
	}
	return c.Name + "\n" + c.Address
}

// callersWait is how many more callers of one key may wait than have places.
const callersWait = 128

// shares are the places that callers may take in the common queue, a few at once for each key. They are queues of their
// own before the common one: whoever has as many as that waits there, at nobody else's cost.
type shares struct {
	key    func(Caller) string // empty: the caller shares with nobody
	places int                 // of each key

	mu sync.Mutex
	of map[string]*share
}

type share struct {
	taken   chan struct{} // holds an element for every place that is taken
	callers int           // who have a place or wait for one
}

func newShares(key func(Caller) string, places int) *shares {
	return &shares{key: key, places: places, of: map[string]*share{}}
}

// enter waits for a place, which the caller must leave, once. The error is ErrBusy, or wraps that of ctx.
func (s *shares) enter(ctx context.Context, c Caller) (leave func(), err error) {
	key := s.key(c)
	if key == "" {
		return func() {}, nil
	}
	of, err := s.join(key)
	if err != nil {
		return nil, err
	}
	select {
	case of.taken <- struct{}{}:
		return func() { <-of.taken; s.part(key, of) }, nil
	case <-ctx.Done():
		s.part(key, of)
		return nil, fmt.Errorf("wait for a place to hash: %w", ctx.Err())
	}
}

func (s *shares) join(key string) (*share, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.of[key]
	if of == nil {
		of = &share{taken: make(chan struct{}, s.places)}
		s.of[key] = of
	}
	if of.callers >= s.places+callersWait {
		return nil, ErrBusy
	}
	of.callers++
	return of, nil
}

func (s *shares) part(key string, of *share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of.callers--; of.callers == 0 {
		delete(s.of, key)
	}
}

// waiting may be off for a moment while somebody enters or leaves, but is never negative.
func (s *shares) waiting() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.of {
		n += max(of.callers-len(of.taken), 0)
	}
	return n
}
