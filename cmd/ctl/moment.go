package ctl

import (
	"fmt"
	"strconv"
	"time"
)

const momentHelp = `A moment is a sequence of the log, a time (2030-01-02T12:00:00Z), a day (2030-01-02, its beginning in UTC), or how long ago it
was (90m, 36h).`

// parseMoment returns the moment that a person writes as the API writes it.
func parseMoment(text string, now time.Time) (string, error) {
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		return text, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago).UTC().Format(time.RFC3339Nano), nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Format(time.RFC3339Nano), nil
		}
	}
	return "", fmt.Errorf("a moment is a sequence, a time such as 2030-01-02T12:00:00Z, a day such as 2030-01-02, or how long ago such as 90m, not %q", text)
}

// moment is a flag that takes a moment; empty: not given.
type momentFlag string

func (m *momentFlag) String() string { return string(*m) }

// Type is what --help calls the value.
func (m *momentFlag) Type() string { return "moment" }

// Set reads the value.
func (m *momentFlag) Set(text string) error {
	parsed, err := parseMoment(text, time.Now())
	*m = momentFlag(parsed)
	return err
}
