package totp

import (
	"crypto/rand"
	"io"
	"strings"

	"accountd/commands/secrets"
	"accountd/events"
)

// RecoveryCodes is how many recovery codes a user gets at once.
const RecoveryCodes = 10

const recoveryBytes = 10 // 16 characters

// NewRecoveryCodes returns fresh recovery codes, four times four letters and digits each, and the hashes by which the
// service knows them.
func NewRecoveryCodes() (codes []string, hashes []events.Secret) {
	return RecoveryCodesFrom(rand.Reader)
}

// RecoveryCodesFrom is NewRecoveryCodes of what a reader gives; see secrets.From.
func RecoveryCodesFrom(random io.Reader) (codes []string, hashes []events.Secret) {
	source := secrets.From(random)
	for range RecoveryCodes {
		text := strings.ToLower(encoding.EncodeToString(source.Bytes(recoveryBytes)))
		code := strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, "-")
		codes, hashes = append(codes, code), append(hashes, HashRecovery(code))
	}
	return codes, hashes
}

// HashRecovery returns the hash of a recovery code, however it is typed: hyphens, blanks and case do not count.
func HashRecovery(code string) events.Secret {
	return events.Secret(secrets.Hash(strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))))
}
