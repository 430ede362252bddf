package password

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"
)

// TestAPasswordIsText: the same one composed, decomposed, and in between.
func TestAPasswordIsText(t *testing.T) {
	h := New(Options{})
	composed, decomposed := "ĝé한 Ångström", norm.NFD.String("ĝé한 Ångström")
	mixed := composed[:4] + decomposed[len(norm.NFD.String(composed[:4])):]
	require.Equal(t, composed, norm.NFC.String(mixed))
	for _, set := range []string{composed, decomposed, mixed} {
		hash, err := h.Hash(t.Context(), set)
		require.NoError(t, err)
		for _, typed := range []string{composed, decomposed, mixed} {
			ok, rehash, err := h.Verify(t.Context(), hash, typed)
			require.NoError(t, err)
			require.True(t, ok, "%+q set as %+q", typed, set)
			require.False(t, rehash)
		}
		ok, _, err := h.Verify(t.Context(), hash, "ge한 Angstrom")
		require.NoError(t, err)
		require.False(t, ok, "marks count")
	}
}

// TestHashesFromBeforeOfAnyWriting verify, and are rehashed: they were made of what was typed.
func TestHashesFromBeforeOfAnyWriting(t *testing.T) {
	h := New(Options{})
	composed, decomposed := "lètmein", norm.NFD.String("lètmein")
	own := newArgon2(decomposed).String() // as this service wrote it
	foreign, err := bcrypt.GenerateFromPassword([]byte(decomposed), bcrypt.MinCost)
	require.NoError(t, err)
	for _, hash := range []string{own, string(foreign)} {
		for _, typed := range []string{composed, decomposed} {
			ok, rehash, err := h.Verify(t.Context(), hash, typed)
			require.NoError(t, err)
			require.True(t, ok, "%+q", typed)
			require.True(t, rehash)
		}
	}
	ok, rehash, err := h.Verify(t.Context(), newArgon2(composed).String(), decomposed)
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, rehash)
}

// TestWritings: what is of ASCII costs one hash, and none is longer than a password may be.
func TestWritings(t *testing.T) {
	require.Equal(t, []string{secret}, writings(secret))
	require.Len(t, writings("é"), 2)
	require.Len(t, writings(strings.Repeat("é", MaxLength/2)), 1)
}

// TestNobodyCostsAsManyWritings as somebody whose password is wrong.
func TestNobodyCostsAsManyWritings(t *testing.T) {
	h := New(Options{})
	tried := 0
	h.match = func(form, string) (bool, error) { tried++; return false, nil }
	counts := map[string]int{}
	for _, hash := range []string{"", newArgon2("other").String()} {
		tried = 0
		_, _, err := h.Verify(t.Context(), hash, "e\u0301")
		require.NoError(t, err)
		counts[hash] = tried
	}
	for _, n := range counts {
		require.Equal(t, 2, n)
	}
}
