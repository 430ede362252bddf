package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"accountd/events/engine"
	"accountd/events/eventlog"

	"github.com/nats-io/nats.go/jetstream"
)

// Stream is the name of the Feed's stream.
const Stream = "ACCOUNT_FEED"

// Retention is how long a message is kept at least.
const Retention = 7 * 24 * time.Hour

// ErrStreamConfig is returned by [Open] when the stream exists with a configuration that would break the Feed's
// promises.
var ErrStreamConfig = errors.New("the feed's stream is configured differently")

// Options say what a Feed tells of.
type Options struct {
	Engine *engine.Engine
	Log    *eventlog.Log
	Logger *slog.Logger     // nil: nobody
	Keep   time.Duration    // 0: Retention
	Now    func() time.Time // nil: time.Now
}

// Feed is the stream of public events. It is safe for concurrent use.
type Feed struct {
	engine *engine.Engine
	log    *eventlog.Log
	logger *slog.Logger
	keep   time.Duration
	now    func() time.Time
	stream jetstream.Stream
	marks  marks
	state  state

	emptied chan struct{} // tells the relay that the Feed is to be filled again
	failed  chan error    // tells the relay why the stream is to be made anew

	making sync.RWMutex // held while the stream is made anew
	left   *remains     // of the stream that was; nil: it is there
}

func config() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               Stream,
		Description:        "public events of all accounts, as CloudEvents",
		Subjects:           []string{Subjects},
		Storage:            jetstream.FileStorage,
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardNew,
		Duplicates:         time.Second, // the guard does it; the engine keeps all ids of that time in memory
		AllowAtomicPublish: true,
	}
}

// Open returns the Feed, and makes its stream where there is none. It returns [engine.ErrLostStream] or
// [ErrStreamConfig].
func Open(ctx context.Context, o Options) (*Feed, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Keep == 0 {
		o.Keep = Retention
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	stream, err := o.Engine.EnsureStream(ctx, config())
	if err != nil {
		return nil, err
	}
	if c := stream.CachedInfo().Config; !slices.Equal(c.Subjects, config().Subjects) || c.MaxAge != 0 ||
		c.MaxMsgs > 0 ||
		c.MaxBytes > 0 || c.MaxMsgsPerSubject > 0 || !c.AllowAtomicPublish || c.AllowDirect || c.DenyDelete ||
		c.DenyPurge {
		return nil, fmt.Errorf("%w: remove the stream %s, and it is made anew", ErrStreamConfig, Stream)
	}
	f := &Feed{engine: o.Engine, log: o.Log, logger: o.Logger, keep: o.Keep, now: o.Now, stream: stream,
		emptied: make(chan struct{}, 1), failed: make(chan error, 1)}
	if f.marks, err = openMarks(ctx, o.Engine); err != nil {
		return nil, err
	}
	return f, nil
}

// place is where the Feed stands.
type place struct {
	last   uint64 // sequence of the stream's newest message, 0 when there never was one
	record uint64 // the newest Record of which a message is there, 0 for none
	tells  uint64 // sequence of that message
}

// place asks the stream's leader.
func (f *Feed) place(ctx context.Context) (place, error) {
	info, err := f.stream.Info(ctx)
	if err != nil {
		return place{}, fmt.Errorf("asking for the end of the feed: %w", err)
	}
	p := place{last: info.State.LastSeq}
	newest, err := f.stream.GetLastMsgForSubject(ctx, Subjects)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return p, nil
	case err != nil:
		return place{}, fmt.Errorf("reading the end of the feed: %w", err)
	}
	p.record, err = recordOf(newest)
	p.tells = newest.Sequence
	return p, err
}

// recordOf returns the sequence of the Record of which a message tells.
func recordOf(msg *jetstream.RawStreamMsg) (uint64, error) {
	record, err := strconv.ParseUint(msg.Header.Get(headerMsgID), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("message %d of the feed names no record: %w", msg.Sequence, err)
	}
	return record, nil
}

// Position returns the sequence of the newest Record that was relayed, 0 for none.
func (f *Feed) Position(ctx context.Context) (uint64, error) {
	p, err := f.place(ctx)
	return p.record, err
}
