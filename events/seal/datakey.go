package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
)

// KeySize is the length of every key in bytes.
const KeySize = 32

// Overhead is by how many bytes a sealed text is longer than its plaintext: a nonce before it, a tag behind it.
const Overhead = 12 + 16

// ErrSealed is returned by [Open] and [Master.Unwrap] when a text does not open: it was sealed with another key or for
// another context, or it was changed.
var ErrSealed = errors.New("sealed text does not open")

// DataKey seals what belongs to one person. It prints and logs as "***".
type DataKey [KeySize]byte

// NewDataKey returns a fresh random key.
func NewDataKey() DataKey {
	var k DataKey
	rand.Read(k[:])
	return k
}

// Derive returns 32 bytes that follow from the key and the purpose, by HKDF with SHA-256, and tell nothing about the
// key.
func (k DataKey) Derive(purpose string) []byte {
	secret, err := hkdf.Key(sha256.New, k[:], nil, purpose, KeySize)
	if err != nil {
		panic(fmt.Sprintf("seal: %v", err)) // only for a secret that is too long
	}
	return secret
}

// Seal encrypts plaintext with AES-256-GCM and binds it to aad, which Open must be given again. The result is a random
// nonce, the ciphertext and the tag: [Overhead] bytes longer than the plaintext.
func Seal(key DataKey, plaintext, aad []byte) []byte {
	sealed := make([]byte, 0, len(plaintext)+Overhead)
	return newAEAD(key[:]).Seal(sealed, nil, plaintext, aad)
}

// Open returns what Seal was given. It returns [ErrSealed] for any other key, aad or sealed text.
func Open(key DataKey, sealed, aad []byte) ([]byte, error) {
	return AppendOpen(nil, key, sealed, aad)
}

// AppendOpen is Open that appends to dst, which must not overlap sealed, and returns the extended slice.
func AppendOpen(dst []byte, key DataKey, sealed, aad []byte) ([]byte, error) {
	return open(dst, newAEAD(key[:]), sealed, aad)
}

func open(dst []byte, aead cipher.AEAD, sealed, aad []byte) ([]byte, error) {
	plain, err := aead.Open(dst, nil, sealed, aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// newAEAD cannot fail: the only error that AES-GCM knows at set-up is a key of a wrong length.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(fmt.Sprintf("seal: %v", err))
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(fmt.Sprintf("seal: %v", err))
	}
	return aead
}

const masked = "***"

// String returns "***".
func (DataKey) String() string { return masked }

// GoString keeps the key out of %#v.
func (DataKey) GoString() string { return masked }

// Format keeps the key out of every other verb.
func (DataKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(masked)) }

// LogValue keeps the key out of logs.
func (DataKey) LogValue() slog.Value { return slog.StringValue(masked) }
