package eventlog_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/testing/testlog"

	"github.com/stretchr/testify/require"
)

// crew works on a Log, on several instances at once.
type crew struct {
	mu   sync.Mutex
	done map[uint64]int // how often a Record's Job ran
	ran  chan eventlog.Task
	job  func(eventlog.Task) time.Duration
}

func newCrew(job func(eventlog.Task) time.Duration) *crew {
	return &crew{done: map[uint64]int{}, ran: make(chan eventlog.Task, 1000), job: job}
}

// work starts an instance and returns what ends it, and only then.
func (c *crew) work(t *testing.T, log *eventlog.Log) (stop func()) {
	t.Helper()
	worker, err := log.OpenWork(t.Context(), eventlog.Work{
		Name: "crew", Types: []string{events.UserCreated{}.Type()}, Parallel: 2, Plan: c.plan,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { worker.Run(ctx); close(ended) }()
	return func() { cancel(); <-ended }
}

// plan leaves every third user alone.
func (c *crew) plan(task eventlog.Task) eventlog.Job {
	if task.Event.(events.UserCreated).Number%3 == 0 {
		return nil
	}
	return func(context.Context) time.Duration {
		again := time.Duration(0)
		if c.job != nil {
			again = c.job(task)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.done[task.Sequence]++
		c.ran <- task
		return again
	}
}

// next returns what was worked on next.
func (c *crew) next(t *testing.T) eventlog.Task {
	t.Helper()
	select {
	case task := <-c.ran:
		return task
	case <-time.After(time.Minute):
		t.Fatal("nothing was worked on")
		return eventlog.Task{}
	}
}

func TestWorkIsShared(t *testing.T) {
	env := testlog.Start(t)
	c := newCrew(nil)
	first := env.Log
	stop, stopOther := c.work(t, first), c.work(t, env.Another())
	_, head := extend(t, first, events.Head{}, create(1))
	c.next(t)
	const users = 90
	records, _ := extend(t, first, head, create(users))
	for range users / 3 * 2 {
		task := c.next(t)
		require.Equal(t, records[task.Sequence-2], task.Record, "a Task is the Record, decoded")
		require.Equal(t, 1, task.Attempt)
	}
	stop()
	stopOther()
	for sequence, times := range c.done {
		require.Equal(t, 1, times, "record %d", sequence)
	}
	require.Empty(t, c.ran)
}

func TestWorkComesAgain(t *testing.T) {
	env := testlog.Start(t)
	c := newCrew(func(task eventlog.Task) time.Duration {
		if task.Attempt < 3 {
			return time.Millisecond
		}
		return 0
	})
	stop := c.work(t, env.Log)
	extend(t, env.Log, events.Head{}, create(1))
	for attempt := range 3 {
		require.Equal(t, attempt+1, c.next(t).Attempt)
	}
	stop()
	require.Empty(t, c.ran)
}

// TestWorkGoesOn ends the work and the engine: what was not done is done afterwards, what was is not.
func TestWorkGoesOn(t *testing.T) {
	env := testlog.Start(t)
	_, head := extend(t, env.Log, events.Head{}, create(1))
	c := newCrew(nil)
	stop := c.work(t, env.Log)
	before, head := extend(t, env.Log, head, create(2))
	require.ElementsMatch(t, sequences(before), []uint64{c.next(t).Sequence, c.next(t).Sequence})
	stop()
	after, _ := extend(t, env.Log, head, create(2))
	env.Reopen()
	stop = c.work(t, env.Log)
	require.ElementsMatch(t, sequences(after), []uint64{c.next(t).Sequence, c.next(t).Sequence})
	stop()
	require.Empty(t, c.ran)
}

func sequences(records []events.Record) (out []uint64) {
	for _, r := range records {
		out = append(out, r.Sequence)
	}
	return out
}

// TestWorkHeals removes the consumer while work is done: what is appended once it is there again is worked on.
func TestWorkHeals(t *testing.T) {
	env := testlog.Start(t)
	c := newCrew(nil)
	defer c.work(t, env.Log)()
	_, head := extend(t, env.Log, events.Head{}, create(1))
	c.next(t)
	js := env.Engine.JetStream()
	require.NoError(t, js.DeleteConsumer(t.Context(), eventlog.Stream, "crew"))
	require.Eventually(t, func() bool {
		_, err := js.Consumer(t.Context(), eventlog.Stream,
			"crew")
		return err == nil
	}, time.Minute, 5*time.Millisecond)
	records, _ := extend(t, env.Log, head, create(1))
	require.Equal(t, records[0], c.next(t).Record)
}
