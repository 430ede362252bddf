package past

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"accountd/events"
	"accountd/events/eventlog"
	"accountd/projections"
)

var (
	// ErrNotYet is returned by [Archive.Locate] for a moment that has not come.
	ErrNotYet = errors.New("the moment has not come")
	// ErrBefore is returned by [Archive.Locate] for a moment before the Log began.
	ErrBefore = errors.New("the log began later")
	// ErrBusy is returned by [Archive.Everybody] while other moments are folded, or when this one takes longer than the
	// caller can wait: it is there a little later.
	ErrBusy = errors.New("the past is being folded")
)

const (
	readers = 8 // who read lives at a time
	kept    = 2 // moments
	keepFor = time.Minute
	waitFor = 20 * time.Second
)

var erasure = events.UserErased{}.Type()

// Archive looks at the past of a Log. It is safe for concurrent use; Close it.
type Archive struct {
	log     *eventlog.Log
	view    *projections.View
	reading chan struct{}
	ctx     context.Context // of folds
	stop    context.CancelFunc
	work    sync.WaitGroup
	wait    time.Duration

	mu    sync.Mutex
	first time.Time // of the first Record; zero: not known yet
	folds map[uint64]*fold

	names Names
}

var _ projections.Observer = (*Archive)(nil)

// New returns an Archive of the Log, which the View follows. The View must be open.
func New(log *eventlog.Log, view *projections.View) *Archive {
	ctx, stop := context.WithCancel(context.Background())
	a := &Archive{log: log, view: view, reading: make(chan struct{}, readers), ctx: ctx, stop: stop, wait: waitFor,
		folds: map[uint64]*fold{}}
	view.Observe(a)
	return a
}

// Close ends what runs.
func (a *Archive) Close() {
	a.stop()
	a.work.Wait()
}

func (a *Archive) enter(ctx context.Context) error {
	select {
	case a.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *Archive) leave() { <-a.reading }

// Locate returns the sequence of the newest Record at the moment. It returns [ErrNotYet] or [ErrBefore].
func (a *Archive) Locate(ctx context.Context, m Moment) (uint64, error) {
	if err := a.Check(ctx, m); err != nil {
		return 0, err
	}
	if m.Time.IsZero() {
		return m.Sequence, nil
	}
	return a.log.At(ctx, m.Time)
}

// Check is Locate for who need not know the sequence, and costs less.
func (a *Archive) Check(ctx context.Context, m Moment) error {
	if m.Time.IsZero() {
		return a.checkSequence(ctx, m.Sequence)
	}
	if m.Time.After(time.Now()) {
		return ErrNotYet
	}
	first, err := a.began(ctx)
	if err != nil {
		return err
	}
	if m.Time.Before(first) {
		return ErrBefore
	}
	return nil
}

// When returns the time of the moment: of the Record of that sequence, if it is a sequence. Locate or Check has found
// it.
func (a *Archive) When(ctx context.Context, m Moment) (time.Time, error) {
	if !m.Time.IsZero() {
		return m.Time, nil
	}
	records, err := a.log.Read(ctx, m.Sequence-1, 1)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when a record was written: %w", err)
	}
	if len(records) == 0 {
		return time.Time{}, ErrNotYet
	}
	return records[0].Time, nil
}

func (a *Archive) checkSequence(ctx context.Context, sequence uint64) error {
	if sequence == 0 {
		return ErrBefore
	}
	if sequence <= a.view.Position() {
		return nil
	}
	last, err := a.log.Last(ctx)
	if err == nil && sequence > last {
		err = ErrNotYet
	}
	return err
}

// began returns when the Log began.
func (a *Archive) began(ctx context.Context) (time.Time, error) {
	a.mu.Lock()
	first := a.first
	a.mu.Unlock()
	if !first.IsZero() {
		return first, nil
	}
	records, err := a.log.Read(ctx, 0, 1)
	if err != nil {
		return first, fmt.Errorf("reading when the log began: %w", err)
	}
	if len(records) == 0 {
		return first, ErrBefore
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.first = records[0].Time
	return a.first, nil
}
