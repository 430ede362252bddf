package session

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The errors of [Store.Begin].
var (
	ErrRunning = errors.New("the request is being carried out")             // by somebody else, at this moment
	ErrOther   = errors.New("the name belongs to another request")          // with other contents
	ErrLost    = errors.New("whether the request took effect is not known") // who carried it out is gone, and did not say
)

// keptFor is how long a request and its answer are remembered.
const keptFor = 24 * time.Hour

// Attempt is the carrying out of a request that is known by a name, so that nobody carries it out twice.
type Attempt struct {
	store *Store
	key   string
	kept  attempt
}

// attempt is an Attempt in the bucket.
type attempt struct {
	Request []byte    `json:"request"` // tells one request from another
	Answer  []byte    `json:"answer,omitempty"`
	Until   time.Time `json:"until"` // when whoever carries it out must be done
}

// Begin takes it on to carry out the request of that name until lease has passed, or returns the answer that was kept when
// it was carried out before. A request that was begun and never ended is [ErrLost], unless again says that it may be carried
// out another time. Names and requests are remembered for 24 hours.
func (s *Store) Begin(ctx context.Context, name string, request []byte, lease time.Duration, again bool) (*Attempt, []byte, error) {
	sum := sha256.Sum256([]byte(name))
	a := &Attempt{store: s, key: "request." + hex.EncodeToString(sum[:]), kept: attempt{Request: request}}
	for {
		answer, err := a.begin(ctx, lease, again)
		if errors.Is(err, errMoved) {
			continue // somebody else has begun meanwhile
		}
		return a, answer, err
	}
}

func (a *Attempt) begin(ctx context.Context, lease time.Duration, again bool) (answer []byte, err error) {
	c, err := a.store.cells.get(ctx, a.key)
	if err != nil {
		return nil, err
	}
	if c.value != nil {
		before, err := a.before(c.value, again)
		if err != nil || before.Answer != nil {
			return before.Answer, err
		}
	}
	a.kept.Until = a.store.now().Add(lease).UTC()
	value, err := json.Marshal(a.kept)
	if err != nil {
		return nil, fmt.Errorf("keeping an attempt: %w", err)
	}
	return nil, a.store.cells.replace(ctx, a.key, c.revision, value, keptFor)
}

// before returns what was kept, when it is about this request and leaves something to do or to answer.
func (a *Attempt) before(value []byte, again bool) (before attempt, err error) {
	err = json.Unmarshal(value, &before)
	switch {
	case err != nil:
		return attempt{}, fmt.Errorf("reading an attempt: %w", err)
	case !bytes.Equal(before.Request, a.kept.Request):
		return attempt{}, ErrOther
	case before.Answer != nil:
		return before, nil
	case a.store.now().Before(before.Until):
		return attempt{}, ErrRunning
	case !again:
		return attempt{}, ErrLost
	}
	return before, nil
}

// End keeps the answer, which must not be nil, for all who ask again.
func (a *Attempt) End(ctx context.Context, answer []byte) error {
	a.kept.Answer = answer
	value, err := json.Marshal(a.kept)
	if err != nil {
		return fmt.Errorf("keeping an answer: %w", err)
	}
	return a.store.cells.put(ctx, a.key, value, keptFor)
}

// Abandon forgets the request, which had no effect: the next one of its name is carried out.
func (a *Attempt) Abandon(ctx context.Context) error { return a.store.cells.end(ctx, a.key) }
