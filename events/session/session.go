package session

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"accountd/events/engine"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// Bucket is the name of the key-value bucket.
const Bucket = "ACCOUNT_SESSIONS"

// ErrUnavailable is returned by every method of [Store] when the engine did not do it in time. Whether it was done may
// be unknown.
var ErrUnavailable = errors.New("the session store is unavailable")

// ErrHash is returned by [Store.Put] and [Store.PutOnly] for what is no SHA-256 in lower-case hex: it may be the secret
// itself.
var ErrHash = errors.New("not the hash of a token")

// Token is what a token stands for.
type Token struct {
	Kind        string    `json:"kind"` // of letters, digits, "-" and "_"
	User        uuid.UUID `json:"user"`
	Application uuid.UUID `json:"application,omitzero"` // zero for none
	Scope       string    `json:"scope,omitempty"`
	Session     Session   `json:"session,omitzero"`
	// which of the user's log-ins it came of; see package commands
	Since uint64 `json:"since,omitempty"`
	// of an application's: what it was granted under; see commands.Grant
	Consent    uint64            `json:"consent,omitempty"`
	Membership uint64            `json:"membership,omitempty"` // the same
	Secret     uint64            `json:"secret,omitempty"`     // the same
	Data       map[string]string `json:"data,omitempty"`       // what else its kind needs; never a secret
	CreatedAt  time.Time         `json:"created_at"`
	// when its holder last gave the password; zero: when it was made
	ProvenAt  time.Time `json:"proven_at,omitzero"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Ends returns when what the token is for is over, which may be before the token is forgotten.
func (t Token) Ends() time.Time {
	if t.Session.Ends.IsZero() {
		return t.ExpiresAt
	}
	return t.Session.Ends
}

// stored is a Token in the bucket.
type stored struct {
	Token
	Only bool `json:"only,omitempty"` // valid only while the key of its kind and user names it
}

// Store is the bucket. It is safe for concurrent use by any number of instances.
type Store struct {
	cells    cells
	attempts *attempts
	now      func() time.Time
}

// Open returns the Store on the engine, and makes its bucket when there is none. It returns engine.ErrLostStream, or
// what went wrong with the engine.
func Open(ctx context.Context, e *engine.Engine) (*Store, error) {
	kv, err := e.OpenBucket(ctx, engine.Bucket{Name: Bucket, Description: "session and OAuth tokens, failed attempts"})
	if err != nil {
		return nil, err
	}
	return &Store{cells: cells{kv: kv, js: e.JetStream()}, attempts: newAttempts(e.Embedded()), now: time.Now}, nil
}

// Put keeps the token under the hash of its secret until it expires, in place of one of the same kind and hash.
func (s *Store) Put(ctx context.Context, hash string, t Token) error {
	return s.put(ctx, hash, stored{Token: t})
}

// PutOnly is Put, and List if the token has a session, that ends the token of the same kind and user that was put by
// PutOnly before.
func (s *Store) PutOnly(ctx context.Context, hash string, t Token) error {
	if t.Session.ID != uuid.Nil {
		if err := s.List(ctx, hash, t); err != nil {
			return err
		}
	}
	if err := s.put(ctx, hash, stored{Token: t, Only: true}); err != nil {
		return err
	}
	return s.cells.put(ctx, onlyKey(t), []byte(hash), t.ExpiresAt.Sub(s.now()))
}

func (s *Store) put(ctx context.Context, hash string, t stored) error {
	if !isHash(hash) {
		return ErrHash
	}
	value, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("storing a token: %w", err)
	}
	return s.cells.put(ctx, tokenKey(t.Kind, hash), value, t.ExpiresAt.Sub(s.now()))
}

// Get returns the token of that kind whose secret has that hash. One that has expired or was ended is not there.
func (s *Store) Get(ctx context.Context, kind, hash string) (Token, bool, error) {
	t, _, err := s.get(ctx, kind, hash)
	return t.Token, err == nil && t.Kind != "", err
}

// get returns the zero token when there is none, and the token's revision.
func (s *Store) get(ctx context.Context, kind, hash string) (t stored, revision uint64, err error) {
	if !isHash(hash) {
		return stored{}, 0, nil
	}
	c, err := s.cells.get(ctx, tokenKey(kind, hash))
	if err != nil || c.value == nil {
		return stored{}, 0, err
	}
	if err := json.Unmarshal(c.value, &t); err != nil {
		return stored{}, 0, fmt.Errorf("reading a token: %w", err)
	}
	if !s.now().Before(t.ExpiresAt) {
		return stored{}, 0, nil
	}
	if t.Only {
		c, err := s.cells.get(ctx, onlyKey(t.Token))
		if err != nil || string(c.value) != hash {
			return stored{}, 0, err
		}
	}
	return t, c.revision, nil
}

// Change changes the token of that kind and hash, unless it is not there or ends meanwhile: then it stays ended. It
// returns the token as it is then. Who changes it may leave it as it is, by returning false, and is asked anew when
// others were faster.
func (s *Store) Change(ctx context.Context, kind, hash string, change func(*Token) bool) (Token, bool, error) {
	for {
		t, revision, err := s.get(ctx, kind, hash)
		if err != nil || revision == 0 {
			return Token{}, false, err
		}
		if !change(&t.Token) {
			return t.Token, true, nil
		}
		value, err := json.Marshal(t)
		if err != nil {
			return Token{}, false, fmt.Errorf("storing a token: %w", err)
		}
		err = s.cells.replace(ctx, tokenKey(kind, hash), revision, value, t.ExpiresAt.Sub(s.now()))
		if !errors.Is(err, errMoved) { // else somebody else has changed or ended it
			return t.Token, err == nil, err
		}
	}
}

// Take is Get that ends the token: of all callers, on whatever instance, one gets it.
func (s *Store) Take(ctx context.Context, kind, hash string) (Token, bool, error) {
	t, revision, err := s.get(ctx, kind, hash)
	if err != nil || revision == 0 {
		return Token{}, false, err
	}
	switch err := s.cells.end(ctx, tokenKey(kind, hash), jetstream.LastRevision(revision)); {
	case errors.Is(err, errMoved): // somebody else took or ended it
		return Token{}, false, nil
	case err != nil:
		return Token{}, false, err
	}
	return t.Token, true, nil
}

// Delete ends a token. One that is not there is no error.
func (s *Store) Delete(ctx context.Context, kind, hash string) error {
	if !isHash(hash) {
		return nil
	}
	return s.cells.end(ctx, tokenKey(kind, hash))
}

func isHash(hash string) bool {
	return len(hash) == 2*sha256.Size && strings.Trim(hash, "0123456789abcdef") == ""
}

func tokenKey(kind, hash string) string { return "token." + kind + "." + hash }

func onlyKey(t Token) string { return "only." + t.Kind + "." + t.User.String() }
