package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"accountd/events/engine"

	"github.com/nats-io/nats.go/jetstream"
)

// marksBucket keeps what the retention goes by.
const marksBucket = "ACCOUNT_FEED_MARKS"

const marksKey = "marks"

// markEvery is how far two marks are apart at least; so many of them are a Retention.
const markEvery = time.Hour

// marks is where the age of what is in the Feed is kept.
type marks struct{ bucket jetstream.KeyValue }

// age is how long the service has run, all in all, and what was in the Feed when. Time that is counted so cannot jump:
// an hour is an hour that some instance has seen pass, and the clock of a start that is days ahead or behind adds
// minutes at most.
type age struct {
	Ran   time.Duration `json:"ran"`   // nanoseconds
	Clock time.Time     `json:"clock"` // what a clock said then
	First uint64        `json:"first"` // the oldest Record that is kept
	Marks []mark        `json:"marks"` // the oldest first
}

// mark says that the Record of that sequence was the Feed's newest when the service had run so long.
type mark struct {
	Ran    time.Duration `json:"ran"`
	Record uint64        `json:"record"`
}

func openMarks(ctx context.Context, e *engine.Engine) (marks, error) {
	bucket, err := e.OpenBucket(ctx, engine.Bucket{Name: marksBucket, Description: "how old is what the feed keeps"})
	return marks{bucket}, err
}

// load returns the age and its revision, 0 for none.
func (m marks) load(ctx context.Context) (a age, revision uint64, err error) {
	entry, err := m.bucket.Get(ctx, marksKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return age{}, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(entry.Value(), &a)
	}
	if err != nil {
		return age{}, 0, fmt.Errorf("reading the age of the feed: %w", err)
	}
	return a, entry.Revision(), nil
}

// store writes the age if nobody else has since that revision, and returns the new one.
func (m marks) store(ctx context.Context, a age, revision uint64) (stored uint64, err error) {
	value, err := json.Marshal(a)
	if err == nil {
		stored, err = m.bucket.Update(ctx, marksKey, value, revision)
	}
	if err != nil {
		return 0, fmt.Errorf("writing the age of the feed: %w", err)
	}
	return stored, nil
}

// passed lets time pass, in which the Feed came to tell of that Record.
func (a *age) passed(d time.Duration, clock time.Time, record uint64) {
	a.Ran += d
	a.Clock = clock
	if n := len(a.Marks); n == 0 || a.Ran-a.Marks[n-1].Ran >= markEvery {
		a.Marks = append(a.Marks, mark{Ran: a.Ran, Record: record})
	}
}

// old returns the newest Record that was relayed at least so long ago, 0 for none.
func (a *age) old(keep time.Duration) (record uint64) {
	for _, m := range a.Marks {
		if a.Ran-m.Ran < keep {
			break
		}
		record = m.Record
	}
	return record
}

// begin notes that nothing before that Record is kept.
func (a *age) begin(first uint64) {
	a.First = first
	for len(a.Marks) > 0 && a.Marks[0].Record < first {
		a.Marks = a.Marks[1:]
	}
}
