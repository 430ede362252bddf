package secrets

import (
	"encoding/base64"

	"github.com/google/uuid"
)

const (
	resetIDLen    = 22 // the user's id in base64url
	resetTokenLen = resetIDLen + len("-") + 43
)

// ResetToken returns a fresh token by which the user's password can be set once: 22 characters that tell whose it is, a
// dash and 43 characters of base64url that hold 256 bits; and the [Hash] by which the service knows it.
func ResetToken(user uuid.UUID) (token, hash string) {
	return Token(base64.RawURLEncoding.EncodeToString(user[:]) + "-")
}

// ResetTokenUser returns whose reset token it is, the zero UUID for what is none.
func ResetTokenUser(token string) uuid.UUID {
	if len(token) != resetTokenLen {
		return uuid.Nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token[:resetIDLen])
	if err != nil {
		return uuid.Nil
	}
	id, _ := uuid.FromBytes(b) // it has that many
	return id
}
