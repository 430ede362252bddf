package committer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/events"
)

func TestFairness(t *testing.T) {
	start := time.Date(2026, time.June, 1, 10, 0, 0, 0, time.UTC)
	record := func(sequence uint64) []events.Record { return []events.Record{{Sequence: sequence}} }
	type step struct {
		after    time.Duration
		decides  uint64 // on a log of that length
		appended []events.Record
		others   bool // appended lately
	}
	tests := map[string][]step{
		"alone": {{0, 0, record(1), false}, {time.Minute, 1, record(2), false},
			{time.Minute, 2, record(3), false}},
		"another one is as fast": {{time.Minute, 7, record(8), true}, {time.Minute, 9, record(10), true}},
		"another one was lately": {{time.Minute, 7, record(8), true}, {contended / 2, 8, record(9), true},
			{contended / 2, 9, record(10), false}},
		"a refusal takes no turn": {{time.Minute, 7, nil, false}, {contended / 2, 7, record(8), true}},
		"the own ones are no other": {{time.Minute, 7, []events.Record{{Sequence: 8}, {Sequence: 9}}, true},
			{time.Minute, 9, record(10), false}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			f, now := fairness{}, start
			for i, s := range steps {
				now = now.Add(s.after)
				f.decides(s.decides, now)
				require.Equal(t, s.others, f.appended(s.appended, now), "step %d", i)
			}
		})
	}
}

// TestTheTurnIsLongEnough: an instance that reads from a server far away needs as long as its reading takes, however
// near the engine is.
func TestTheTurnIsLongEnough(t *testing.T) {
	round, caught := 5*time.Millisecond, 600*time.Millisecond
	near, far := fairness{caught: round}, fairness{caught: caught}
	require.GreaterOrEqual(t, near.wanted(round), 3*round)
	require.GreaterOrEqual(t, (&fairness{}).wanted(round), 3*round)
	require.GreaterOrEqual(t, far.wanted(round), 2*(caught+round))
}
