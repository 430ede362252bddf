package eventlog

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"accountd/events/engine"
	"accountd/events/seal"
)

// Names of the streams.
const (
	// Stream is the stream that holds the Records.
	Stream = "ACCOUNTS"
	// KeyStream is the stream that holds the wrapped data keys.
	KeyStream = "ACCOUNT_KEYS"
)

// Options say where a Log is and who watches it.
type Options struct {
	Engine *engine.Engine
	Master *seal.Master
	// Replicas of new streams on an outside cluster; 0 stands for 3, or 1 where the cluster has no three servers.
	Replicas int
	// Logger takes the Log's lines; nil drops them.
	Logger *slog.Logger
	// AnyClock accepts a clock that cannot be right, and tells.
	AnyClock bool
	// Now tells the time, and Elapsed how long the Log is open, whatever happens to the clock; nil for the machine's
	// clock.
	Now     func() time.Time
	Elapsed func() time.Duration
	// OnAppend is called after every Append; nil for nobody.
	OnAppend func(AppendOutcome)
}

// Log is the history of all accounts. It is safe for concurrent use.
type Log struct {
	engine   *engine.Engine
	log      *slog.Logger
	onAppend func(AppendOutcome)
	keys     *keyring
	pool     *pool
	clock    *clock
	replicas int
	seen     atomic.Uint64 // how far the Log is known to go
	pulse    *pulse
	deposed  atomic.Int64 // when a leader was last asked to go, in nanoseconds since 1970; 0: never
	turns    turns
	stop     context.CancelFunc // ends the background work

	appending sync.Mutex
}

// Open opens the Log, and creates it where there is none. It returns [ErrWrongKey], [ErrLostKeys], [ErrLostStream] or
// [ErrStreamConfig] rather than touch a log that it cannot read, [ErrClock] rather than write with a clock that cannot
// be right, and a [RecordError] with [ErrHalfCommand] for one that a power cut left so, which takes a store that does
// not sync always.
func Open(ctx context.Context, options Options) (*Log, error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	found, err := openStreams(ctx, options)
	if err != nil {
		return nil, err
	}
	l := newLog(options, found.log.Config.Replicas)
	err = l.checkClock(ctx, found.log.State.LastSeq, found.log.TimeStamp)
	if err == nil {
		err = l.openKeys(ctx, found.log.State.LastSeq)
	}
	if err == nil {
		err = l.checkEnd(ctx, found.log.State.LastSeq)
	}
	if err == nil {
		err = l.listen()
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	l.saw(found.log.State.LastSeq)
	l.pulse.start()
	return l, nil
}

// checkEnd refuses a Log whose last command is not there as a whole: nobody will ever append the rest. What else is
// wrong with the last Record is left to who follows the Log; in a shared one, the rest may be on its way.
func (l *Log) checkEnd(ctx context.Context, last uint64) error {
	if last == 0 || l.Shared() {
		return nil
	}
	records, err := l.Read(ctx, last-1, 1)
	if err != nil || records[0].Index == records[0].Of {
		return nil
	}
	return RecordError{Sequence: last, Err: fmt.Errorf("%w: event %d of %d is the log's last", ErrHalfCommand,
		records[0].Index, records[0].Of)}
}

func newLog(o Options, replicas int) *Log {
	background, stop := context.WithCancel(context.Background())
	keys := newKeyring(o)
	l := &Log{
		engine: o.Engine, log: o.Logger, onAppend: o.OnAppend, keys: keys, clock: newClock(o), replicas: replicas,
		stop: stop,
		pool: &pool{engine: o.Engine, master: o.Master, keys: keys, log: o.Logger, ctx: background},
	}
	l.pulse = newPulse(background, l)
	return l
}

// openKeys reads all data keys, and stores the first ones of an empty Log.
func (l *Log) openKeys(ctx context.Context, records uint64) error {
	replaced, err := l.keys.load(ctx)
	if err != nil {
		return fmt.Errorf("reading the data keys: %w", err)
	}
	// A crash may have come between writing a block without a destroyed key and deleting the block with it.
	for _, sequence := range replaced {
		if err := erase(ctx, l.engine, sequence); err != nil {
			return err
		}
	}
	if !l.keys.empty() {
		return nil
	}
	if records > 0 {
		return fmt.Errorf("%w: the log has %d records, but the stream %s has no keys", ErrLostKeys, records, KeyStream)
	}
	claimed := l.pool.claim(ctx)
	if claimed == nil {
		return nil
	}
	// Another instance may have been faster; whether it has the same master key shows in what it wrote.
	if _, err := l.keys.load(ctx); err != nil {
		return fmt.Errorf("reading the data keys: %w", err)
	}
	if l.keys.empty() {
		return claimed
	}
	return nil
}

// Shared reports whether other instances may append to this Log, so that what is known of it may be out of date.
func (l *Log) Shared() bool { return !l.engine.Embedded() }

// Close ends the Log's background work and waits for it. The engine stays open.
func (l *Log) Close() {
	l.stop()
	l.pool.close()
	l.pulse.close()
	l.unlisten()
}

// GroupFrom returns from how many waiting commands of one event on it pays to append them together: a batch costs 2-3
// ms on a single server whatever its size, and hardly more than one message on a replicated stream.
func (l *Log) GroupFrom() int {
	if l.replicas > 1 {
		return 2
	}
	return 8
}

// Last returns the sequence of the newest Record, 0 for an empty Log, as the stream's leader knows it: of a
// shared Log at least everything that was acknowledged to anybody before. It waits up to 20 seconds for a leader.
func (l *Log) Last(ctx context.Context) (uint64, error) {
	return patientlyFor(ctx, l.patience(), l.end)
}
