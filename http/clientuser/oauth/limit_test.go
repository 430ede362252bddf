package oauth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2030, 6, 1, 12, 0, 0, 0, time.UTC)

func TestAnAddressAsksSoOften(t *testing.T) {
	l := newLimiter()
	for range perSecond {
		require.True(t, l.enter("a", noon))
		l.leave("a")
	}
	require.False(t, l.enter("a", noon), "too often")
	require.True(t, l.enter("b", noon), "each address by itself")
	require.True(t, l.enter("a", noon.Add(time.Second/perSecond)), "a little later")
}

func TestAnAddressAsksSoMuchAtOnce(t *testing.T) {
	l := newLimiter()
	for range atOnce {
		require.True(t, l.enter("a", noon))
	}
	require.False(t, l.enter("a", noon))
	l.leave("a")
	require.True(t, l.enter("a", noon))
}

func TestAddressesAreForgotten(t *testing.T) {
	l := newLimiter()
	require.True(t, l.enter("a", noon))
	require.True(t, l.enter("b", noon))
	l.leave("b")
	require.Contains(t, l.running, "a", "it still waits for its answer")
	require.NotContains(t, l.running, "b")
}
