package seal

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// FingerprintSize is the length of a [Master.Fingerprint] in characters.
const FingerprintSize = 16

// WrappedSize is the length of a wrapped DataKey in bytes.
const WrappedSize = KeySize + Overhead

// ErrMaster is returned by [NewMaster], [ParseMaster] and [LoadMaster] for something that is no master key.
var ErrMaster = errors.New("not a master key")

// Master is the service's one key, which wraps every data key. It prints and logs as "***". It is safe for concurrent
// use.
type Master struct {
	key         [KeySize]byte
	wrap        cipher.AEAD
	fingerprint string
}

// NewMaster makes a Master of 32 bytes. It returns [ErrMaster] for any other number of bytes.
func NewMaster(key []byte) (*Master, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("%w: %d bytes instead of %d", ErrMaster, len(key), KeySize)
	}
	m := &Master{key: [KeySize]byte(key), wrap: newAEAD(key)}
	// A keyed hash of a fixed text, so that the fingerprint tells nothing about the key and is of no use elsewhere.
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("accountd master key fingerprint"))
	m.fingerprint = hex.EncodeToString(mac.Sum(nil))[:FingerprintSize]
	return m, nil
}

// Generate returns a fresh random Master.
func Generate() *Master {
	var key [KeySize]byte
	rand.Read(key[:])
	m, err := NewMaster(key[:])
	if err != nil {
		panic(fmt.Sprintf("seal: %v", err))
	}
	return m
}

// Fingerprint returns 16 hex digits that tell this key from every other and from which the key cannot be found; they
// may be stored beside what the key wraps.
func (m *Master) Fingerprint() string { return m.fingerprint }

// Wrap seals a data key for the given context. The result has [WrappedSize] bytes.
func (m *Master) Wrap(key DataKey, aad []byte) []byte {
	return m.wrap.Seal(make([]byte, 0, WrappedSize), nil, key[:], aad)
}

// Unwrap returns the data key that Wrap was given. It returns [ErrSealed] for any other master key, aad or wrapped
// text.
func (m *Master) Unwrap(wrapped, aad []byte) (DataKey, error) {
	plain, err := open(make([]byte, 0, KeySize), m.wrap, wrapped, aad)
	if err != nil {
		return DataKey{}, err
	}
	if len(plain) != KeySize {
		return DataKey{}, ErrSealed
	}
	return DataKey(plain), nil
}

// Text returns the key as text: 44 characters of standard base64.
func (m *Master) Text() string { return base64.StdEncoding.EncodeToString(m.key[:]) }

// ParseMaster reads what Text returns; white space around it is ignored, such as the newline at the end of a file. It
// returns [ErrMaster] for any other text.
func ParseMaster(text string) (*Master, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("%w: not base64", ErrMaster)
	}
	return NewMaster(key)
}

// String returns "***".
func (Master) String() string { return masked }

// GoString keeps the key out of %#v.
func (Master) GoString() string { return masked }

// Format keeps the key out of every other verb.
func (Master) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(masked)) }

// LogValue keeps the key out of logs.
func (Master) LogValue() slog.Value { return slog.StringValue(masked) }
