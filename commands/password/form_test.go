package password

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

// known are hashes that other systems wrote, as their own tests and documents publish them.
var known = []struct{ name, password, hash string }{
	{"argon2id, reference", "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
	{"argon2id, two lanes", "password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"},
	{"argon2i, reference", "password", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"},
	{"argon2i, two lanes", "password", "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$T/XOJ2mh1/TIpJHfCdQan76Q5esCFVoT5MAeIM1Oq2E"},
	{"bcrypt 2a, crypt_blowfish", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
	{"bcrypt 2a, 72 bytes and more", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars " +
		"after 72 are ignored",
		"$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"},
	{"bcrypt 2y, PHP", "rasmuslerdorf", "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"},
	{"Django sha256", "lètmein", "pbkdf2_sha256$600000$seasalt2$OSllgFdJjYQjb0RfMzrx8u0XYl4Fkt+wKpI1yq4lZlo="},
	{"Django sha1", "not a password", "pbkdf2_sha1$10000$wz5B6WkasRoF$atJmJ1o+XfJxKq1+Nu1f1i57Z5I="},
	{"passlib sha1", "password", "$pbkdf2$1212$OB.dtnSEXZK8U5cgxU/GYQ$y5LKPOplRmok7CZp/aqVDVg8zGI"},
	{"passlib sha256", "password", "$pbkdf2-sha256$1212$4vjV83LKPjQzk31VI4E0Vw$hsYF68OiOUPdDZ1Fg.fJPeq1h/gXXY7acBp9/6c.tmQ"},
	{"passlib sha512", "password", "$pbkdf2-sha512$1212$RHY0Fr3IDMSVO/RSZyb5ow$eNLfBK.eVozomMr.1gYa17k9B7KIK25NOEshvhrSX.esqY3s.FvWZViXz4KoLlQI.BzY/YTNJOiKc5gBYFYGww"},
	// Python's hashlib
	{"PHC sha1, digest named", "password", "$pbkdf2-sha1$i=1000$ERERc2l4dGVlbiBieXRlcw$Nv/0n1YY7yvBwT4r4s3KtPkpxSk"},
	// same
	{"PHC sha512, short key", "password", "$pbkdf2-sha512$i=1000,l=32$ERERc2l4dGVlbiBieXRlcw$fhg7IzLsQqBwX8z6DtvlGi+IkENkNPvj+btvk1Q9CM4"},
}

func TestForeignHashesVerifyAndAskForARehash(t *testing.T) {
	h := New(Options{})
	for _, k := range known {
		t.Run(k.name, func(t *testing.T) {
			require.NoError(t, Check(k.hash))

			ok, rehash, err := h.Verify(t.Context(), k.hash, k.password)
			require.NoError(t, err)
			require.True(t, ok)
			require.True(t, rehash)

			ok, rehash, err = h.Verify(t.Context(), k.hash, "not "+k.password)
			require.NoError(t, err)
			require.False(t, ok)
			require.False(t, rehash)
		})
	}
}

// RFC 6070, test cases 1 to 3. The fourth has more iterations than is allowed, the others other key lengths.
func TestRFC6070(t *testing.T) {
	for iterations, key := range map[int]string{
		1:    "0c60c80f961f0e71f3a9b524af6012062fe037a6",
		2:    "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957",
		4096: "4b007901b765489abead49d926f721d065a429c1",
	} {
		raw, err := hex.DecodeString(key)
		require.NoError(t, err)
		hash := fmt.Sprintf("pbkdf2_sha1$%d$salt$%s", iterations, base64.StdEncoding.EncodeToString(raw))
		f, ok := parse(hash)
		require.True(t, ok)
		matches, err := f.matches("password")
		require.NoError(t, err)
		require.True(t, matches, "%d iterations", iterations)
	}
}

func TestBcryptSeesTheFirst72Bytes(t *testing.T) {
	first := strings.Repeat("é", 36)
	hash, err := bcrypt.GenerateFromPassword([]byte(first), bcrypt.MinCost)
	require.NoError(t, err)
	h := New(Options{})
	for _, prefix := range []string{"$2a$", "$2b$", "$2y$"} {
		stored := prefix + string(hash[4:])
		for password, want := range map[string]bool{first: true, first + "more": true, first[1:] + "more": false} {
			ok, rehash, err := h.Verify(t.Context(), stored, password)
			require.NoError(t, err)
			require.Equal(t, want, ok)
			require.Equal(t, want, rehash)
		}
	}
}

func TestOtherArgon2ParametersAskForARehash(t *testing.T) {
	h := New(Options{})
	for name, change := range map[string]func(*argon2Form){
		"variant": func(f *argon2Form) { f.variant = "argon2i" },
		"memory":  func(f *argon2Form) { f.memory++ },
		"passes":  func(f *argon2Form) { f.passes++ },
		"lanes":   func(f *argon2Form) { f.lanes++ },
		"salt":    func(f *argon2Form) { f.salt = make([]byte, saltLen-1) },
		"key":     func(f *argon2Form) { f.key = make([]byte, keyLen-1) },
	} {
		t.Run(name, func(t *testing.T) {
			f := dummy()
			change(&f)
			f.key = f.derive(secret)
			ok, rehash, err := h.Verify(t.Context(), f.String(), secret)
			require.NoError(t, err)
			require.True(t, ok)
			require.True(t, rehash)
		})
	}
}

func TestBounds(t *testing.T) {
	argon := func(m, t, p int) string {
		return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", m,
			t, p)
	}
	bcrypt := func(cost string) string {
		return "$2b$" + cost + "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
	}
	passlib := func(rounds string) string {
		return "$pbkdf2$" + rounds + "$OB.dtnSEXZK8U5cgxU/GYQ$y5LKPOplRmok7CZp/aqVDVg8zGI"
	}
	django := func(rounds string) string { return "pbkdf2_sha1$" + rounds + "$s$atJmJ1o+XfJxKq1+Nu1f1i57Z5I=" }
	lengths := func(salt, key int) string {
		return argon2Form{"argon2id", 8, 1, 1, make([]byte, salt), make([]byte, key)}.String()
	}

	for _, in := range []string{
		argon(8, 1, 1), argon(128, 1, 16), argon(262144, 20, 16), lengths(8, 16), lengths(128, 64), bcrypt("04"),
		bcrypt("15"),
		passlib("1"), passlib("10000000"), passlib("i=1,l=20"), django("1"), django("10000000"),
	} {
		require.NoError(t, Check(in), in)
	}
	for _, out := range []string{
		argon(7, 1, 1), argon(127, 1, 16), argon(262145, 1, 1), argon(8, 0, 1), argon(8, 21, 1), argon(8, 1, 0),
		argon(1024, 1, 17),
		argon(4294967296+8, 1, 1), lengths(7, 32), lengths(129, 32), lengths(16, 15), lengths(16, 65),
		bcrypt("03"), bcrypt("16"), bcrypt("31"), bcrypt("99"), bcrypt("00"),
		passlib("0"), passlib("10000001"), passlib("99999999999999999999"), passlib("i=1,l=19"), passlib("i=1,l=32"),
		passlib("i=0"),
		django("0"), django("10000001"),
	} {
		require.ErrorIs(t, Check(out), ErrUnknownHash, out)
	}
}

func TestMalformedHashes(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := New(Options{})
	for name, hash := range map[string]string{
		"plain text":              "hunter2",
		"dollars":                 "$$$$$$",
		"Django, unusable":        "!abcdefghijklmnop",
		"MD5 crypt":               "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
		"SHA-512 crypt":           "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/",
		"argon2d":                 "$argon2d$v=19$m=256,t=2,p=1$" + salt + "$" + key,
		"argon2, version 16":      "$argon2i$v=16$m=256,t=2,p=1$" + salt + "$" + key,
		"argon2, no version":      "$argon2i$m=256,t=2,p=1$" + salt + "$" + key,
		"argon2, other order":     "$argon2id$v=19$t=2,m=256,p=1$" + salt + "$" + key,
		"argon2, no lanes":        "$argon2id$v=19$m=256,t=2$" + salt + "$" + key,
		"argon2, data":            "$argon2id$v=19$m=256,t=2,p=1,data=AAAA$" + salt + "$" + key,
		"argon2, sign":            "$argon2id$v=19$m=+256,t=2,p=1$" + salt + "$" + key,
		"argon2, no key":          "$argon2id$v=19$m=256,t=2,p=1$" + salt,
		"argon2, empty key":       "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$",
		"argon2, empty salt":      "$argon2id$v=19$m=256,t=2,p=1$$" + key,
		"argon2, padding":         "$argon2id$v=19$m=256,t=2,p=1$" + salt + "=$" + key,
		"argon2, URL alphabet":    "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$_" + key[1:],
		"argon2, stray bits":      "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$" + key[:42] + "d",
		"argon2, line end":        "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$" + key + "\n",
		"argon2, line end inside": "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$\n" + key,
		"argon2, one more field":  "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$" + key + "$",
		"bcrypt 2x":               "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"bcrypt 2":                "$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"bcrypt, short":           "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
		"bcrypt, long":            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW",
		"bcrypt, alphabet":        "$2a$05$CCCCCCCCCCCCCCCCCCCCC+E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"bcrypt, cost of a digit": "$2a$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"Django, other digest":    "pbkdf2_md5$1000$salt$atJmJ1o+XfJxKq1+Nu1f1i57Z5I=",
		"Django, no salt":         "pbkdf2_sha1$1000$$atJmJ1o+XfJxKq1+Nu1f1i57Z5I=",
		"Django, long salt": "pbkdf2_sha1$1000$" + strings.Repeat("s", maxSalt+1) +
			"$atJmJ1o+XfJxKq1+Nu1f1i57Z5I=",
		"Django, long key":        "pbkdf2_sha1$1000$salt$" + key + "=",
		"Django, no number":       "pbkdf2_sha1$many$salt$atJmJ1o+XfJxKq1+Nu1f1i57Z5I=",
		"passlib, no rounds":      "$pbkdf2$$OB.dtnSEXZK8U5cgxU/GYQ$y5LKPOplRmok7CZp/aqVDVg8zGI",
		"passlib, one more field": "$pbkdf2$1212$OB.dtnSEXZK8U5cgxU/GYQ$y5LKPOplRmok7CZp/aqVDVg8zGI$",
		"passlib, other digest":   "$pbkdf2-md5$1212$OB.dtnSEXZK8U5cgxU/GYQ$y5LKPOplRmok7CZp/aqVDVg8zGI",
		"too long": "$argon2id$v=19$m=" + strings.Repeat("0", maxHash) + "256,t=2,p=1$" + salt + "$" +
			key,
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, Check(hash), ErrUnknownHash)
			_, _, err := h.Verify(t.Context(), hash, secret)
			require.ErrorIs(t, err, ErrUnknownHash)
		})
	}
	require.ErrorIs(t, Check(""), ErrUnknownHash)
}

func TestCheckOfAHugeHashAllocatesNothing(t *testing.T) {
	huge := "$argon2id$" + strings.Repeat("$", 1<<20)
	require.Zero(t, testing.AllocsPerRun(10, func() { _ = Check(huge) }))
}

// FuzzVerify lets any hash through Check and Verify: no panic, the two agree, and the work that would be done is within
// bounds.
func FuzzVerify(f *testing.F) {
	for _, k := range known {
		f.Add(k.hash, k.password)
	}
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "x")
	f.Fuzz(func(t *testing.T, hash, password string) {
		h := New(Options{})
		worked := false
		h.match = func(f form, password string) (bool, error) {
			worked = true
			if !bounded(f) {
				t.Errorf("out of bounds: %q", hash)
			}
			if !cheap(f) {
				return false, nil
			}
			return f.matches(password)
		}
		_, _, err := h.Verify(t.Context(), hash, password)
		accepted := hash == "" || Check(hash) == nil
		if passes := accepted && checkLength(password) == nil; worked != passes || passes && err != nil {
			t.Errorf("Check and Verify disagree about %q: %v", hash, err)
		}
	})
}

func bounded(f form) bool {
	switch f := f.(type) {
	case argon2Form:
		return f.memory <= 256<<10 && f.passes <= 20 && f.lanes <= 16 && len(f.salt) <= 128 && len(f.key) <= 64
	case bcryptForm:
		cost, err := bcrypt.Cost([]byte(f))
		return err == nil && cost <= 15
	case pbkdf2Form:
		return f.iterations <= 10_000_000 && len(f.salt) <= 128 && len(f.key) <= f.digest().Size()
	}
	return false
}

func cheap(f form) bool {
	switch f := f.(type) {
	case argon2Form:
		return f.memory*f.passes <= 1024
	case bcryptForm:
		return f[4:6] == "04"
	case pbkdf2Form:
		return f.iterations <= 1000
	}
	return false
}
