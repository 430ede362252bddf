package standstill

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStandstill plays what a committer does, second by second.
func TestStandstill(t *testing.T) {
	var w Watch
	start, lost := time.Now(), errors.New("lost")
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	still := func(seconds int, want bool) {
		t.Helper()
		require.Equal(t, want, w.Err(at(seconds)) != nil, "after %d s", seconds)
	}
	still(0, false) // nobody has tried
	w.Began(at(0))
	still(3, false)
	still(5, true) // it waits
	w.Through(at(6))
	still(6, false)
	still(11, true) // and so does the next one, behind it
	w.Through(at(12))
	w.Ended()
	still(1000, false)

	w.Began(at(1000))
	w.GaveUp(lost, at(1002))
	require.ErrorIs(t, w.Err(at(1002)), lost)
	w.Ended()
	w.Began(at(1003))
	still(1003, true) // until one gets through, also while others try
	w.GaveUp(lost, at(1009))
	w.Ended()
	still(1018, true)
	still(1020, false) // nobody tries any more
	w.Began(at(1030))
	still(1030, false) // and the old failure says nothing of the next one
	still(1035, true)
	w.Through(at(1036))
	w.Ended()
	still(1036, false)
}
