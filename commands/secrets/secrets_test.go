package secrets

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestForms(t *testing.T) {
	key := SigningKey()
	assert.Regexp(t, `^AK[A-Z0-9]{18}$`, key.ID)
	assert.Regexp(t, `^[A-Za-z0-9]{40}$`, key.Secret.Reveal())
	assert.Zero(t, key.Permissions)

	storage := StorageKey("s3")
	assert.Equal(t, "s3", storage.Kind)
	assert.Regexp(t, `^SK[A-Z0-9]{18}$`, storage.ID)
	assert.Regexp(t, `^[A-Za-z0-9]{40}$`, storage.Secret.Reveal())

	token, hash := Token("acct_")
	assert.Regexp(t, `^acct_[A-Za-z0-9_-]{43}$`, token)
	assert.Regexp(t, `^[0-9a-f]{64}$`, hash)
	assert.Equal(t, hash, Hash(token))

	panel, hash := PanelKey(PanelApplication)
	assert.Regexp(t, `^ptla_[A-Za-z0-9]{43}$`, panel)
	assert.Equal(t, hash, Hash(panel))
}

func TestHashIsSHA256(t *testing.T) {
	assert.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Hash("abc"))
}

func TestNothingComesTwice(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		key, storage := SigningKey(), StorageKey("swift")
		token, _ := Token("")
		for _, s := range []string{key.ID, key.Secret.Reveal(), storage.ID, storage.Secret.Reveal(), token} {
			assert.False(t, seen[s], s)
			seen[s] = true
		}
	}
}

func TestTextUsesItsWholeAlphabet(t *testing.T) {
	const alphabet, rounds = "abc", 3000
	counts := map[rune]int{}
	for _, c := range From(rand.Reader).text(alphabet, rounds) {
		counts[c]++
	}
	for _, c := range alphabet {
		// 1000 expected; 10 standard deviations wide
		assert.InDelta(t, rounds/len(alphabet), counts[c], 260, strings.ToUpper(string(c)))
	}
}
