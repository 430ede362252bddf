package password

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"hash"
	"regexp"
)

var (
	pbkdf2Syntax = regexp.MustCompile(`^\$pbkdf2(|-sha1|-sha256|-sha512)\$(?:i=)?(\d+)(?:,l=(\d+))?\$([\w./+]+)\$([\w./+]+)$`)
	djangoSyntax = regexp.MustCompile(`^pbkdf2_(sha1|sha256)\$(\d+)\$([!-#%-~]+)\$([\w/+]+)={0,2}$`)
)

type pbkdf2Form struct {
	digest     func() hash.Hash
	iterations int
	salt, key  []byte
}

// parsePBKDF2 parses the forms of passlib and PHC.
func parsePBKDF2(hash string) (form, bool) {
	m := pbkdf2Syntax.FindStringSubmatch(hash)
	if m == nil {
		return nil, false
	}
	f := pbkdf2Form{digestOf(m[1]), number(m[2], 1, maxIterations), decode(m[4]), decode(m[5])}
	return f, f.sane() && (m[3] == "" || number(m[3], minKey, maxKey) == len(f.key))
}

// parseDjango parses Django's form, in which the salt stands as it is.
func parseDjango(hash string) (form, bool) {
	m := djangoSyntax.FindStringSubmatch(hash)
	if m == nil {
		return nil, false
	}
	f := pbkdf2Form{digestOf("-" + m[1]), number(m[2], 1, maxIterations), []byte(m[3]), decode(m[4])}
	return f, f.sane()
}

func digestOf(suffix string) func() hash.Hash {
	switch suffix {
	case "-sha256":
		return sha256.New
	case "-sha512":
		return sha512.New
	default:
		return sha1.New
	}
}

// sane refuses keys longer than the digest, which nobody writes: each further digest would cost all iterations again.
func (f pbkdf2Form) sane() bool {
	return f.iterations > 0 && within(f.salt, 1, maxSalt) && within(f.key, minKey, f.digest().Size())
}

func (f pbkdf2Form) matches(password string) (bool, error) {
	key, err := pbkdf2.Key(f.digest, password, f.salt, f.iterations, len(f.key))
	return err == nil && subtle.ConstantTimeCompare(key, f.key) == 1, err
}

func (pbkdf2Form) current() bool { return false }
