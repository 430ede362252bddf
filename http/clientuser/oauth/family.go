package oauth

import (
	"crypto/rand"
	"encoding/base64"

	"accountd/commands/secrets"
)

// halfLength is that of each half of a refresh token, in bytes.
const halfLength = 16

// refreshToken has two secrets: the first is that of its family, which all refresh tokens have that came of one grant,
// one after another; the second is its own turn, of which the newest alone is good. So a token of an older turn is told
// from one that never was, and nothing has to be remembered of those that were used.
type refreshToken [2 * halfLength]byte

// newFamily returns the first refresh token of a grant.
func newFamily() (t refreshToken) {
	rand.Read(t[:])
	return t
}

// next returns a refresh token of the same family.
func (t refreshToken) next() refreshToken {
	rand.Read(t[halfLength:])
	return t
}

func (t refreshToken) String() string { return base64.RawURLEncoding.EncodeToString(t[:]) }

// parseRefresh reads what String writes, and reports false for anything else.
func parseRefresh(text string) (t refreshToken, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != len(t) {
		return t, false
	}
	return refreshToken(b), true
}

// hash is that by which the store knows the family, turnHash that of the turn.
func (t refreshToken) hash() string     { return secrets.Hash(string(t[:halfLength])) }
func (t refreshToken) turnHash() string { return secrets.Hash(string(t[halfLength:])) }
