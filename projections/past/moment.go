package past

import (
	"strconv"
	"time"

	"accountd/events"
)

// Moment is a place in the history: a log sequence, or a time.
type Moment struct {
	Sequence uint64
	Time     time.Time // zero when the Sequence counts
}

// ParseMoment reads a sequence, or a time as RFC 3339 writes it; ok is false for anything else.
func ParseMoment(text string) (m Moment, ok bool) {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return Moment{Sequence: n}, true
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	return Moment{Time: t.UTC()}, err == nil
}

// Covers reports whether the Record had happened by then.
func (m Moment) Covers(r events.Record) bool {
	if m.Time.IsZero() {
		return r.Sequence <= m.Sequence
	}
	return !r.Time.After(m.Time)
}
