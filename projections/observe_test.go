package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/events"
	"accountd/projections"
)

// witness keeps what it is told, and looks at the View meanwhile.
type witness struct {
	view    *projections.View
	began   uint64
	records []events.Record
	behind  bool // the View did not show yet what was told
}

func (w *witness) Begin(position uint64) { w.began = position }

func (w *witness) Applied(records []events.Record) {
	w.records = append(w.records, records...)
	w.behind = w.behind || w.view.Snapshot().Head() != records[len(records)-1].Head()
}

// TestObserversSeeEachRecordOnce applies records again and again, as the Log and the Handler both do.
func TestObserversSeeEachRecordOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := steps(t).records
		v := projections.NewView()
		v.Open()
		first := rapid.IntRange(0, len(records)).Draw(t, "before")
		require.NoError(t, v.Apply(records[:first]))
		w := &witness{view: v}
		v.Observe(w)
		for at := first; at < len(records); {
			from := rapid.IntRange(0, at).Draw(t, "from")
			to := rapid.IntRange(from, len(records)).Draw(t, "to")
			require.NoError(t, v.Apply(records[from:to]))
			at = max(at, to)
		}
		require.EqualValues(t, first, w.began)
		require.Equal(t, append([]events.Record(nil), records[first:]...), w.records)
		require.False(t, w.behind)
	})
}

func TestObserversSeeNothingBehindAGap(t *testing.T) {
	v := projections.NewView()
	w := &witness{view: v}
	v.Observe(w)
	require.Error(t, v.Apply([]events.Record{{Sequence: 3}}))
	require.Empty(t, w.records)
}
