package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"regexp"

	"golang.org/x/crypto/argon2"
)

// What Hash writes. Lengths are in bytes.
const (
	memory  = 19456 // KiB
	passes  = 2
	lanes   = 1
	saltLen = 16
	keyLen  = 32
)

var argon2Syntax = regexp.MustCompile(`^\$(argon2id?)\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$`)

type argon2Form struct {
	variant               string // argon2id or argon2i
	memory, passes, lanes int
	salt, key             []byte
}

// newArgon2 hashes the password.
func newArgon2(password string) argon2Form {
	f := dummy()
	rand.Read(f.salt) // never fails
	f.key = f.derive(password)
	return f
}

// dummy returns a hash that costs what newArgon2 costs, and that no known password matches.
func dummy() argon2Form {
	return argon2Form{"argon2id", memory, passes, lanes, make([]byte, saltLen), make([]byte, keyLen)}
}

func parseArgon2(hash string) (form, bool) {
	m := argon2Syntax.FindStringSubmatch(hash)
	if m == nil {
		return nil, false
	}
	f := argon2Form{variant: m[1], salt: decode(m[5]), key: decode(m[6])}
	f.lanes = number(m[4], 1, maxLanes)
	f.passes = number(m[3], 1, maxPasses)
	f.memory = number(m[2], 8*f.lanes, maxMemory)
	return f, f.lanes > 0 && f.passes > 0 && f.memory > 0 && within(f.salt, 8, maxSalt) && within(f.key, minKey, maxKey)
}

func (f argon2Form) derive(password string) []byte {
	kdf := argon2.IDKey
	if f.variant == "argon2i" {
		kdf = argon2.Key
	}
	return kdf([]byte(password), f.salt, uint32(f.passes), uint32(f.memory), uint8(f.lanes), uint32(len(f.key)))
}

func (f argon2Form) matches(password string) (bool, error) {
	return subtle.ConstantTimeCompare(f.derive(password), f.key) == 1, nil
}

func (f argon2Form) current() bool {
	return f.variant == "argon2id" && f.memory == memory && f.passes == passes && f.lanes == lanes &&
		len(f.salt) == saltLen && len(f.key) == keyLen
}

// String returns the hash as a PHC string.
func (f argon2Form) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$%s$v=19$m=%d,t=%d,p=%d$%s$%s", f.variant, f.memory, f.passes, f.lanes, b64(f.salt), b64(f.key))
}
