package totp

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/events"
)

// TestVectors are those of RFC 6238, appendix B, for SHA-1; the last six of their eight digits are the code of six.
func TestVectors(t *testing.T) {
	secret := events.Secret(encoding.EncodeToString([]byte("12345678901234567890")))
	for at, code := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037",
		20000000000: "65353130",
	} {
		now := time.Unix(at, 0)
		require.Equal(t, code[2:], Code(secret, now))
		of, ok := Match(secret, code[2:5]+" "+code[5:], now)
		require.True(t, ok)
		require.Equal(t, at/30, of)
	}
}

// TestCounters are those of RFC 4226, appendix D.
func TestCounters(t *testing.T) {
	for n, code := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
		"399871", "520489"} {
		require.Equal(t, code, codeOf([]byte("12345678901234567890"), int64(n)))
	}
}

func TestWindow(t *testing.T) {
	secret, now := NewSecret(), time.Unix(1_900_000_000, 0)
	for steps := int64(-3); steps <= 3; steps++ {
		of, ok := Match(secret, Code(secret, now.Add(time.Duration(steps)*30*time.Second)), now)
		require.Equal(t, steps >= -1 && steps <= 1, ok, steps)
		if ok {
			require.Equal(t, now.Unix()/30+steps, of)
		}
	}
	for _, none := range []string{"", "000", "abcdef", strings.Repeat("0", 1000)} {
		_, ok := Match(secret, none, now)
		require.False(t, ok, none)
	}
	for _, none := range []events.Secret{"", "0!", "=="} {
		_, ok := Match(none, "000000", now)
		require.False(t, ok, none)
	}
}

func TestSecretAndURI(t *testing.T) {
	secret := NewSecret()
	require.Regexp(t, `^[A-Z2-7]{32}$`, secret.Reveal())
	require.NotEqual(t, secret, NewSecret())
	text := URI("My Cloud", "ann+x@example.org", secret)
	u, err := url.Parse(text)
	require.NoError(t, err)
	require.Equal(t, "otpauth://totp/My%20Cloud:ann+x@example.org", strings.Split(text, "?")[0])
	require.Equal(t, secret.Reveal(), u.Query().Get("secret"))
	require.Equal(t, "My Cloud", u.Query().Get("issuer"))
	require.NotContains(t, u.RawQuery, "+")
}

func TestRecoveryCodes(t *testing.T) {
	codes, hashes := NewRecoveryCodes()
	require.Len(t, codes, RecoveryCodes)
	seen := map[events.Secret]bool{}
	for i, code := range codes {
		require.Regexp(t, `^([a-z2-7]{4}-){3}[a-z2-7]{4}$`, code)
		for _, typed := range []string{code, strings.ToUpper(code), strings.ReplaceAll(code, "-", " "),
			strings.ReplaceAll(code, "-", "")} {
			require.Equal(t, hashes[i], HashRecovery(typed))
		}
		require.False(t, seen[hashes[i]])
		seen[hashes[i]] = true
	}
}
