package session

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrOther is returned by [Store.Begin] for a name that belongs to a request with other contents.
var ErrOther = errors.New("the name belongs to another request")

// RunningError is returned by [Store.Begin] for a request that is being carried out by somebody else at this moment.
type RunningError struct {
	For time.Duration // after which it is worth asking again
}

func (e RunningError) Error() string { return "the request is being carried out" }

const (
	keptFor      = 24 * time.Hour // how long a request and its answer are remembered
	leaseFor     = 6 * time.Second
	renewEvery   = leaseFor / 3
	lookAgain    = time.Second // at a request that this Store carries out
	seedSize     = 32
	attemptsName = "request"
)

// Request is what is to be carried out once.
type Request struct {
	Name   string
	About  uuid.UUID // the user whose data the answer has, zero for nobody's
	Digest []byte    // tells one request from another
	Since  uint64    // a position in the Log before anything of it took effect
}

// Attempt is the carrying out of a request that is known by a name, so that nobody carries it out twice at once.
type Attempt struct {
	// Since is the position in the Log before the first attempt at the request, Seed what that one drew at random.
	Since uint64
	Seed  []byte
	// Again says that an attempt before this one never came to an end.
	Again bool

	store *Store
	key   string
	kept  attempt
	end   func() bool // ends the lease; false: it ended before
}

// attempt is an Attempt in the bucket.
type attempt struct {
	Request []byte    `json:"request"`
	Answer  []byte    `json:"answer,omitempty"`
	Holder  string    `json:"holder,omitempty"` // the incarnation of an instance that carries it out
	Until   time.Time `json:"until,omitzero"`   // when its lease ends, if it is not renewed
	Seed    []byte    `json:"seed,omitempty"`
	Since   uint64    `json:"since,omitempty"`
}

// attempts are those that a Store carries out.
type attempts struct {
	holder string // this incarnation
	alone  bool   // nobody else writes to the bucket, so that a holder who is another one has ended

	mu      sync.Mutex
	running map[string]bool
}

func newAttempts(alone bool) *attempts {
	return &attempts{holder: uuid.NewString(), alone: alone, running: map[string]bool{}}
}

// take notes that the request of that key is carried out, unless it is.
func (a *attempts) take(key string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running[key] {
		return false
	}
	a.running[key] = true
	return true
}

func (a *attempts) leave(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.running, key)
}

// Begin takes it on to carry out the request, or returns the answer that was kept when it was carried out before. Who
// takes it on must end the Attempt, by End or Release. An attempt belongs to the Store that made it: it is void when
// its process has ended, which another instance on a cluster learns within six seconds. Begin returns a [RunningError]
// or [ErrOther]. Names and requests are remembered for 24 hours.
func (s *Store) Begin(ctx context.Context, r Request) (*Attempt, []byte, error) {
	sum := sha256.Sum256([]byte(r.Name))
	a := &Attempt{store: s, key: strings.Join([]string{attemptsName, r.About.String(), hex.EncodeToString(sum[:])},
		".")}
	for {
		answer, err := a.begin(ctx, r)
		if errors.Is(err, errMoved) {
			continue // somebody else has begun meanwhile
		}
		return a, answer, err
	}
}

func (a *Attempt) begin(ctx context.Context, r Request) (answer []byte, err error) {
	c, err := a.store.cells.get(ctx, a.key)
	if err != nil {
		return nil, err
	}
	a.kept = attempt{Request: r.Digest, Since: r.Since, Seed: make([]byte, seedSize)}
	rand.Read(a.kept.Seed) // never fails
	if c.value != nil {
		before, err := a.before(c.value)
		if err != nil || before.Answer != nil {
			return before.Answer, err
		}
		a.kept.Since, a.kept.Seed, a.Again = before.Since, before.Seed, true
	}
	if !a.store.attempts.take(a.key) {
		return nil, RunningError{For: lookAgain}
	}
	a.kept.Holder = a.store.attempts.holder
	if err := a.write(ctx, c.revision); err != nil {
		a.store.attempts.leave(a.key)
		return nil, err
	}
	a.Since, a.Seed = a.kept.Since, a.kept.Seed
	a.keepAlive()
	return nil, nil
}

// before returns what was kept, when it is about this request and leaves something to do or to answer.
func (a *Attempt) before(value []byte) (before attempt, err error) {
	err = json.Unmarshal(value, &before)
	switch {
	case err != nil:
		return attempt{}, fmt.Errorf("reading an attempt: %w", err)
	case !bytes.Equal(before.Request, a.kept.Request):
		return attempt{}, ErrOther
	case before.Answer != nil:
		return before, nil
	}
	return before, a.store.held(before)
}

// held returns a RunningError while somebody else may be at the request. That this Store is at it, take says.
func (s *Store) held(by attempt) error {
	if left := by.Until.Sub(s.now()); !s.attempts.alone && by.Holder != s.attempts.holder && left > 0 {
		return RunningError{For: min(left, leaseFor)}
	}
	return nil
}

// write keeps the attempt in place of the cell of that revision, with a lease that begins now. It returns errMoved.
func (a *Attempt) write(ctx context.Context, revision uint64) error {
	a.kept.Until = a.store.now().Add(leaseFor).UTC()
	value, err := json.Marshal(a.kept)
	if err != nil {
		return fmt.Errorf("keeping an attempt: %w", err)
	}
	return a.store.cells.replace(ctx, a.key, revision, value, keptFor)
}

// rewrite changes what is kept of the attempt, if it is still this one's: it may have been forgotten, or taken over.
func (a *Attempt) rewrite(ctx context.Context, change func(*attempt)) error {
	c, err := a.store.cells.get(ctx, a.key)
	if err != nil || c.value == nil {
		return err
	}
	var kept attempt
	if err := json.Unmarshal(c.value, &kept); err != nil {
		return fmt.Errorf("reading an attempt: %w", err)
	}
	if kept.Holder != a.kept.Holder || kept.Answer != nil {
		return nil
	}
	change(&kept)
	value, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("keeping an attempt: %w", err)
	}
	if err := a.store.cells.replace(ctx, a.key, c.revision, value, keptFor); !errors.Is(err, errMoved) {
		return err
	}
	return nil
}

// keepAlive renews the lease where others wait for its end, until the attempt ends.
func (a *Attempt) keepAlive() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if a.store.attempts.alone {
			return
		}
		tick := time.NewTicker(renewEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				// the next one may succeed
				_ = a.rewrite(ctx, func(kept *attempt) { kept.Until = a.store.now().Add(leaseFor).UTC() })
			}
		}
	}()
	var ended atomic.Bool
	a.end = func() bool {
		stop()
		<-done
		return !ended.Swap(true)
	}
}

// End keeps the answer, which must not be nil, for all who ask again.
func (a *Attempt) End(ctx context.Context, answer []byte) error {
	a.end()
	defer a.store.attempts.leave(a.key)
	return a.rewrite(ctx, func(kept *attempt) { kept.Answer = answer })
}

// Release ends the attempt without an answer, if it has not ended: the next one who asks carries the request out, with
// the same Since and Seed.
func (a *Attempt) Release(ctx context.Context) error {
	if !a.end() {
		return nil
	}
	defer a.store.attempts.leave(a.key)
	if a.store.attempts.alone {
		return nil // as void as after the end of the process
	}
	return a.rewrite(ctx, func(kept *attempt) { kept.Until = time.Time{} })
}

// ForgetAbout removes what is kept of requests about the user. An attempt that is being made keeps no answer any more.
func (s *Store) ForgetAbout(ctx context.Context, user uuid.UUID) error {
	keys, err := s.cells.kv.ListKeysFiltered(ctx, strings.Join([]string{attemptsName, user.String(), "*"}, "."))
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return nil
	}
	if err != nil {
		return unavailable("listing", err)
	}
	var all []string
	for key := range keys.Keys() {
		all = append(all, key)
	}
	for _, key := range all {
		if err := s.cells.end(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
