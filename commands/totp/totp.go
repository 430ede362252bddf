package totp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"accountd/commands/secrets"
	"accountd/events"
)

const (
	step       = 30 // seconds
	skew       = 1  // steps that a clock may be off
	secretSize = 20 // bytes, as many as SHA-1 has
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret returns a fresh secret, in base32 as apps take it.
func NewSecret() events.Secret { return SecretFrom(rand.Reader) }

// SecretFrom is NewSecret of what a reader gives; see secrets.From.
func SecretFrom(random io.Reader) events.Secret {
	return events.Secret(encoding.EncodeToString(secrets.From(random).Bytes(secretSize)))
}

// URI returns what apps read out of a QR code: the secret, whose it is and of which service.
func URI(service, user string, secret events.Secret) string {
	query := url.Values{"secret": {secret.Reveal()}, "issuer": {service}, "algorithm": {"SHA1"}, "digits": {"6"},
		"period": {"30"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + service + ":" + user,
		RawQuery: strings.ReplaceAll(query.Encode(), "+", "%20")} // apps take a plus for one
	return u.String()
}

// Match returns the step of which the code is, the newest one that can be at that time. Blanks in the code do not
// count.
func Match(secret events.Secret, code string, at time.Time) (of int64, ok bool) {
	key, err := encoding.DecodeString(secret.Reveal())
	if err != nil || len(key) == 0 {
		return 0, false
	}
	code = strings.ReplaceAll(code, " ", "")
	now := at.Unix() / step
	for n := now - skew; n <= now+skew; n++ {
		if subtle.ConstantTimeCompare([]byte(codeOf(key, n)), []byte(code)) == 1 {
			of, ok = n, true
		}
	}
	return of, ok
}

// Code returns the code of the secret at that time.
func Code(secret events.Secret, at time.Time) string {
	key, _ := encoding.DecodeString(secret.Reveal()) // NewSecret made it
	return codeOf(key, at.Unix()/step)
}

// codeOf is RFC 4226's HOTP, with six digits.
func codeOf(key []byte, counter int64) string {
	const digits = 1_000_000
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(counter)))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%digits)
}
