package eventlog_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"

	"github.com/stretchr/testify/require"
)

// clocked opens the log by a clock that is so far off.
func clocked(t *testing.T, env *testlog.Env, off time.Duration, options eventlog.Options) (*eventlog.Log, error) {
	options.Engine, options.Master = env.Engine, env.Master
	options.Now = func() time.Time { return time.Now().Add(off) }
	return eventlog.Open(t.Context(), options)
}

// TestTheClockAtTheStart is refused before anything is written when it cannot be right; otherwise it is told.
func TestTheClockAtTheStart(t *testing.T) {
	const day = 24 * time.Hour
	env := testlog.Start(t)
	extend(t, env.Log, events.Head{}, create(1))
	for name, c := range map[string]struct {
		off           time.Duration
		refused, told bool
	}{
		"right":                  {0, false, false},
		"a week without a write": {7 * day, false, false},
		"three weeks":            {21 * day, false, true},
		"two months":             {60 * day, false, true},
		"ten years ahead":        {3650 * day, true, false},
		"a little behind":        {-time.Minute, false, false},
		"ten minutes behind":     {-10 * time.Minute, false, true},
		"a day behind":           {-day, true, false},
		"1970":                   {-56 * 365 * day, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			var lines bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&lines, nil))
			log, err := clocked(t, env, c.off, eventlog.Options{Logger: logger})
			if c.refused {
				require.ErrorIs(t, err, eventlog.ErrClock)
				log, err = clocked(t, env, c.off, eventlog.Options{Logger: logger, AnyClock: true})
			}
			require.NoError(t, err)
			log.Close()
			require.Equal(t, c.told || c.refused, bytes.Contains(lines.Bytes(), []byte("is the clock right?")),
				lines.String())
		})
	}
	last, err := env.Log.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, last, "nothing was written")
}

// TestTheClockJumps while the log is open: a machine may have slept, but not for years.
func TestTheClockJumps(t *testing.T) {
	env := testlog.Start(t)
	var off time.Duration
	begun := time.Now()
	var lines bytes.Buffer
	log, err := eventlog.Open(t.Context(), eventlog.Options{Engine: env.Engine, Master: env.Master,
		Logger:  slog.New(slog.NewTextHandler(&lines, nil)),
		Now:     func() time.Time { return time.Now().Add(off) },
		Elapsed: func() time.Duration { return time.Since(begun) }})
	require.NoError(t, err)
	defer log.Close()
	_, head := extend(t, log, events.Head{}, create(1))
	require.Empty(t, lines.String())
	off = 8 * time.Hour
	_, head = extend(t, log, head, create(1))
	require.Contains(t, lines.String(), "the clock has jumped")
	off = 10 * 365 * 24 * time.Hour
	_, err = log.Append(t.Context(), head, []eventlog.Entry{create(1)})
	require.ErrorIs(t, err, eventlog.ErrClock)
	require.ErrorIs(t, err, eventlog.ErrUnavailable)
	off = 8 * time.Hour
	records, _ := extend(t, log, head, create(1))
	require.Less(t, time.Until(records[0].Time), 9*time.Hour, "the record before was not written")
}

// TestAnEmptyLogHasNoClock to compare with.
func TestAnEmptyLogHasNoClock(t *testing.T) {
	env := testlog.Start(t)
	log, err := clocked(t, env, 3650*24*time.Hour, eventlog.Options{})
	require.NoError(t, err)
	log.Close()
}
