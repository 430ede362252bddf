package call

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/google/uuid"

	"accountd/commands/committer"
	"accountd/commands/secrets"
	"accountd/events/session"
)

// requestSecret is what only who has both the token and the idempotency key of a request can compute. What a request
// draws by it is the same each time it is carried out.
type requestSecret struct {
	mac  []byte      // key of digests
	seal cipher.AEAD // of what is kept of the answer; it makes its own nonces

	seed     []byte // random, and kept for a day: after that nobody can compute what was drawn
	after    uint64 // a position in the log before anything of the request took effect
	again    bool   // it was carried out before, and nobody knows how far
	commands atomic.Int64
}

const secretSize = 32 // bytes

func newRequestSecret(r *http.Request, key string) (*requestSecret, error) {
	token, err := bearer(r)
	if err != nil {
		return nil, err
	}
	keys, err := hkdf.Key(sha256.New, []byte(token), []byte(key), "accountd idempotency", 2*secretSize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(keys[secretSize:])
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	return &requestSecret{mac: keys[:secretSize], seal: seal}, err
}

// begin makes it that of the attempt at the request.
func (s *requestSecret) begin(a *session.Attempt) {
	s.seed, s.after, s.again = a.Seed, a.Since, a.Again
}

// digest returns a digest of the parts, which tells nobody else what they are.
func (s *requestSecret) digest(use string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, s.mac)
	for _, part := range append([][]byte{[]byte(use)}, parts...) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // never fails
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// id returns an id of what the parts name: always the same one, and one that nobody else can foresee.
func (s *requestSecret) id(use string, parts ...[]byte) uuid.UUID {
	id := uuid.UUID(s.digest(use, parts...)[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8, of the usual variant
	return id
}

// once names the request's n-th command.
func (s *requestSecret) once(n int64) committer.Once {
	return committer.Once{ID: s.id("command", binary.BigEndian.AppendUint64(nil, uint64(n)), s.seed), After: s.after,
		Again: s.again}
}

// HasKey reports whether the request has an idempotency key.
func (c Caller) HasKey() bool { return c.request != nil }

// WithKey returns the caller of a request with that idempotency key, whose ids are always the same, and which is not
// kept.
func (c Caller) WithKey(r *http.Request, key string) (Caller, error) {
	secret, err := newRequestSecret(r, key)
	c.request = secret
	return c, err
}

// LineID returns the id of what a line of the request makes: with a key always the same one.
func (c Caller) LineID(line []byte) uuid.UUID {
	if c.request == nil {
		return uuid.New()
	}
	return c.request.id("line", line)
}

// NewUserID returns the id of the user whom the request makes, the same one each time it is carried out.
func (c Caller) NewUserID() uuid.UUID {
	if c.request == nil {
		return uuid.New()
	}
	return c.request.id("user")
}

// NewKeyID returns the id of the key that the request makes.
func (c Caller) NewKeyID() (uuid.UUID, error) {
	if c.request == nil {
		return uuid.NewV7()
	}
	return c.NewID(), nil
}

// Open returns the answer that was kept, in clear.
func (c Caller) Open(kept []byte) ([]byte, error) { return c.request.seal.Open(nil, nil, kept, nil) }

// Random returns random bytes without end: of a request with a key the same ones each time it is carried out. Each use
// has its own.
func (c Caller) Random(use string) io.Reader {
	if c.request == nil || c.request.seed == nil {
		return rand.Reader
	}
	block, err := aes.NewCipher(c.request.digest("random", []byte(use), c.request.seed))
	if err != nil {
		panic(err) // a digest is as long as a key
	}
	return cipher.StreamReader{S: cipher.NewCTR(block, make([]byte, aes.BlockSize)), R: zeros{}}
}

// Secrets returns what the request's secrets are made of.
func (c Caller) Secrets() secrets.Source { return secrets.From(c.Random("secrets")) }

// NewID returns an id for what the request makes.
func (c Caller) NewID() uuid.UUID {
	if c.request == nil || c.request.seed == nil {
		return uuid.New()
	}
	return c.request.id("made", c.request.seed)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
