package native

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/http"

	"github.com/google/uuid"
)

// requestSecret is what only who has both the token and the idempotency key of a request can compute.
type requestSecret struct {
	mac  []byte      // key of digests
	seal cipher.AEAD // of what is kept of the answer; it makes its own nonces
}

func newRequestSecret(r *http.Request, key string) (*requestSecret, error) {
	token, err := bearer(r)
	if err != nil {
		return nil, err
	}
	const size = 32
	keys, err := hkdf.Key(sha256.New, []byte(token), []byte(key), "accountd idempotency", 2*size)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(keys[size:])
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	return &requestSecret{mac: keys[:size], seal: seal}, err
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
