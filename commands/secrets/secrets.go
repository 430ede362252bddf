// Package secrets makes the credentials that the service hands out, in the forms that clients know from other services.
//
// It promises that every secret is drawn from the system's secure random source, or from the one that the caller gives
// ([From]), and holds at least 128 bits, and that what it makes needs no escaping in headers, URLs, JSON and shells.
// Its one invariant is that it keeps nothing: a secret exists only in what was returned.
package secrets

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"

	"accountd/events"
)

const (
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	letters  = upper + "abcdefghijklmnopqrstuvwxyz"
	idLen    = 18 // behind the two letters that tell the kind
	keyLen   = 40
	tokenLen = 32 // bytes, 43 characters in base64

	panelKeyLen = 11 + 32
)

// Source is what secrets are made of.
type Source struct{ random io.Reader }

// From returns the Source of secrets that are made of what a reader gives, which must be as hard to foresee as the
// system's secure random source, and must not fail.
func From(random io.Reader) Source { return Source{random} }

// Bytes returns n random bytes.
func (s Source) Bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic("secrets: the source of randomness failed: " + err.Error()) // a secret that is not one must not get out
	}
	return b
}

// SigningKey returns a fresh signing key without permissions: its id is "AK" and 18 upper-case alphanumerics, its
// secret 40 alphanumerics.
func SigningKey() events.SigningKey { return From(rand.Reader).SigningKey() }

// SigningKey is like the function, made of what the Source gives.
func (s Source) SigningKey() events.SigningKey {
	return events.SigningKey{ID: "AK" + s.text(upper, idLen), Secret: events.Secret(s.text(letters, keyLen))}
}

// SigningSecret returns a fresh secret for a signing key that keeps its id.
func SigningSecret() events.Secret { return events.Secret(From(rand.Reader).text(letters, keyLen)) }

// StorageKey returns a fresh storage key of that kind: its id is "SK" and 18 upper-case alphanumerics, its secret 40
// alphanumerics.
func StorageKey(kind string) events.StorageKey { return From(rand.Reader).StorageKey(kind) }

// StorageKey is like the function, made of what the Source gives.
func (s Source) StorageKey(kind string) events.StorageKey {
	return events.StorageKey{Kind: kind, ID: "SK" + s.text(upper, idLen),
		Secret: events.Secret(s.text(letters, keyLen))}
}

// Token returns a fresh bearer token, the prefix and 43 characters of base64url that hold 256 bits, and the [Hash] by
// which the service knows it.
func Token(prefix string) (token, hash string) { return From(rand.Reader).Token(prefix) }

// Token is like the function, made of what the Source gives.
func (s Source) Token(prefix string) (token, hash string) {
	b := s.Bytes(tokenLen)
	token = prefix + base64.RawURLEncoding.EncodeToString(b)
	return token, Hash(token)
}

// The prefixes of panel keys.
const (
	PanelApplication = "ptla_" // for a key with permissions of its own
	PanelAccount     = "ptlc_" // for one that may do what its user may
)

// PanelKey returns a fresh API key in the form that Pterodactyl's has, the prefix and 43 alphanumerics, of which the
// first 11 count as its public part; and the [Hash] by which the service knows it.
func PanelKey(prefix string) (key, hash string) { return From(rand.Reader).PanelKey(prefix) }

// PanelKey is like the function, made of what the Source gives.
func (s Source) PanelKey(prefix string) (key, hash string) {
	key = prefix + s.text(letters, panelKeyLen)
	return key, Hash(key)
}

const applicationLen = 16 // bytes, twice as many hex digits

// Application returns a fresh OAuth application's id and secret, 32 lower-case hex digits each, and the [Hash] by which
// the service knows the secret.
func Application() (appID, secret, hash string) { return From(rand.Reader).Application() }

// Application is like the function, made of what the Source gives.
func (s Source) Application() (appID, secret, hash string) {
	b := s.Bytes(2 * applicationLen)
	secret = hex.EncodeToString(b[applicationLen:])
	return hex.EncodeToString(b[:applicationLen]), secret, Hash(secret)
}

// Hash returns the SHA-256 of a token, prefix included, in lower-case hex. A token has too many bits to be guessed, so
// that a fast hash is enough.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// text returns n characters, each of the alphabet's with the same chance.
func (s Source) text(alphabet string, n int) string {
	fair := 256 - 256%len(alphabet) // bytes from here on would favour the first characters
	out := make([]byte, 0, n)
	for len(out) < n {
		for _, c := range s.Bytes(2 * n) {
			if int(c) < fair && len(out) < n {
				out = append(out, alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return string(out)
}

const (
	danubeKeyLen   = 16 // bytes, twice as many hex digits
	danubeTokenLen = 20
)

// DanubeKey returns a fresh API or callback key in the form that Danube Cloud's have, 32 lower-case hex digits.
func DanubeKey() string { return hexText(danubeKeyLen) }

// DanubeToken returns a fresh token in the form that Danube Cloud's have, 40 lower-case hex digits, and the [Hash] by
// which the service knows it.
func DanubeToken() (token, hash string) {
	token = hexText(danubeTokenLen)
	return token, Hash(token)
}

func hexText(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
