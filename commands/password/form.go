package password

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// ErrUnknownHash is returned by Check and Verify for a hash of a form that Verify does not know, for a malformed one,
// and for one whose parameters are out of bounds.
var ErrUnknownHash = errors.New("password: not a hash of a known form with parameters within bounds")

// Limits on stored hashes: what one may cost, and what an honest one looks like. Lengths are in bytes.
const (
	maxHash       = 512
	maxSalt       = 128
	minKey        = 16        // a shorter one could be met by chance
	maxKey        = 64        // argon2; PBKDF2: its digest's size
	maxMemory     = 256 << 10 // argon2, KiB
	maxPasses     = 20        // argon2
	maxLanes      = 16        // argon2
	minCost       = 4         // bcrypt
	maxCost       = 15        // bcrypt
	maxIterations = 10_000_000
)

// form is a stored hash, taken apart, its parameters within bounds.
type form interface {
	matches(password string) (bool, error)
	current() bool // is it what Hash would write today?
}

// Check returns ErrUnknownHash unless Verify could verify a password against the hash. A hash that comes from outside
// must pass it before it is stored.
func Check(hash string) error {
	if _, ok := parse(hash); !ok {
		return ErrUnknownHash
	}
	return nil
}

func parse(hash string) (form, bool) {
	switch {
	case len(hash) > maxHash:
		return nil, false
	case strings.HasPrefix(hash, "$argon2"):
		return parseArgon2(hash)
	case strings.HasPrefix(hash, "$2"):
		return parseBcrypt(hash)
	case strings.HasPrefix(hash, "$pbkdf2"):
		return parsePBKDF2(hash)
	default:
		return parseDjango(hash)
	}
}

// number returns the number that the decimal digits stand for, or 0 if it is not from least to most.
func number(digits string, least, most int) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n < least || n > most {
		return 0
	}
	return n
}

// decode decodes base64 without padding, in the standard alphabet or in passlib's, which has '.' for '+'. It returns
// nil for anything else.
func decode(s string) []byte {
	b, err := base64.RawStdEncoding.Strict().DecodeString(strings.ReplaceAll(s, ".", "+"))
	if err != nil {
		return nil
	}
	return b
}

// within reports whether b has from least to most bytes.
func within(b []byte, least, most int) bool { return least <= len(b) && len(b) <= most }
