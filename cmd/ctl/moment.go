package ctl

import (
	"errors"
	"strconv"
	"time"
)

const momentHelp = `A time is written as 2030-01-02T12:00:00Z, as a day (2030-01-02, its beginning in UTC), as a
duration before now (90m, 36h), or as a sequence of the log.`

// parseMoment returns the moment that a person writes as the API writes it.
func parseMoment(text string, now time.Time) (string, error) {
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		return text, nil
	}
	if t, ok := timeOf(text, now, -1); ok {
		return t.Format(time.RFC3339Nano), nil
	}
	return "", errors.New("give a time such as 2030-01-02T12:00:00Z, a day such as 2030-01-02, a duration before now " +
		"such as 90m, or a sequence")
}

// timeOf reads a time, a day, or how far it is from now: before it for a sign of -1, after it for 1.
func timeOf(text string, now time.Time, sign time.Duration) (time.Time, bool) {
	if far, err := time.ParseDuration(text); err == nil && far >= 0 {
		return now.Add(sign * far).UTC(), true
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// momentFlag is a flag that takes a moment; empty: not given.
type momentFlag string

func (m *momentFlag) String() string { return string(*m) }

// Type is what --help calls the value.
func (m *momentFlag) Type() string { return "time" }

// Set reads the value.
func (m *momentFlag) Set(text string) error {
	parsed, err := parseMoment(text, time.Now())
	*m = momentFlag(parsed)
	return err
}

// endFlag is a flag that takes when something ends; empty: not given.
type endFlag string

func (e *endFlag) String() string { return string(*e) }

// Type is what --help calls the value.
func (e *endFlag) Type() string { return "time" }

// Set reads the value.
func (e *endFlag) Set(text string) error {
	t, ok := timeOf(text, time.Now(), 1)
	if !ok {
		return errors.New("give a time such as 2030-01-02T12:00:00Z, a day such as 2030-01-02, or a duration such " +
			"as 720h")
	}
	*e = endFlag(t.Format(time.RFC3339Nano))
	return nil
}
