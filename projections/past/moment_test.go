package past

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseMoment(t *testing.T) {
	noon := time.Date(2030, 1, 2, 12, 0, 0, 500_000_000, time.UTC)
	for text, want := range map[string]Moment{
		"0": {}, "17": {Sequence: 17}, "2030-01-02T12:00:00.5Z": {Time: noon},
		"2030-01-02T13:00:00.5+01:00": {Time: noon},
	} {
		got, ok := ParseMoment(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "-1", "1.5", "yesterday", "2030-01-02", "2030-01-02T12:00:00",
		"2030-13-02T12:00:00Z", "18446744073709551616"} {
		_, ok := ParseMoment(text)
		require.False(t, ok, text)
	}
}
