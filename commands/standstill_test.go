package commands

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStandstill plays what the committer does, second by second.
func TestStandstill(t *testing.T) {
	var s standstill
	start, lost := time.Now(), errors.New("lost")
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	still := func(seconds int, want bool) {
		t.Helper()
		require.Equal(t, want, s.err(at(seconds)) != nil, "after %d s", seconds)
	}
	still(0, false) // nobody has tried
	s.began(at(0))
	still(3, false)
	still(5, true) // it waits
	s.through(at(6))
	still(6, false)
	still(11, true) // and so does the next one, behind it
	s.through(at(12))
	s.ended()
	still(1000, false)

	s.began(at(1000))
	s.gaveUp(lost, at(1002))
	require.ErrorIs(t, s.err(at(1002)), lost)
	s.ended()
	s.began(at(1003))
	still(1003, true) // until one gets through, also while others try
	s.gaveUp(lost, at(1009))
	s.ended()
	still(1018, true)
	still(1020, false) // nobody tries any more
	s.began(at(1030))
	still(1030, false) // and the old failure says nothing of the next one
	still(1035, true)
	s.through(at(1036))
	s.ended()
	still(1036, false)
}
