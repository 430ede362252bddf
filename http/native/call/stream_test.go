package call

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAnImportThatDripsIsDropped reads a body of which no line comes to its end, and one whose lines take their time.
func TestAnImportThatDripsIsDropped(t *testing.T) {
	for name, c := range map[string]struct {
		piece string
		every time.Duration
		drops bool
	}{
		"a byte a second":       {"x", time.Second, true},
		"a line, half a minute": {"line\n", lineTimeout - time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			left := lineTimeout
			for range 100 {
				left = timeLeft(left, c.every, []byte(c.piece))
			}
			require.Equal(t, c.drops, left <= 0)
		})
	}
}
