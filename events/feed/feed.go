package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"accountd/events/engine"
	"accountd/events/eventlog"

	"github.com/nats-io/nats.go/jetstream"
)

// Stream is the name of the Feed's stream.
const Stream = "ACCOUNT_FEED"

// Retention is how long a message is kept at least.
const Retention = 7 * 24 * time.Hour

// ErrStreamConfig is returned by [Open] when the stream exists with a configuration that would break the Feed's promises.
var ErrStreamConfig = errors.New("the feed's stream is configured differently")

// Options say what a Feed tells of.
type Options struct {
	Engine *engine.Engine
	Log    *eventlog.Log
	Logger *slog.Logger  // nil: nobody
	Keep   time.Duration // 0: Retention
}

// Feed is the stream of public events. It is safe for concurrent use.
type Feed struct {
	engine *engine.Engine
	log    *eventlog.Log
	logger *slog.Logger
	keep   time.Duration
	stream jetstream.Stream
}

func config() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               Stream,
		Description:        "public events of all accounts, as CloudEvents",
		Subjects:           []string{Subjects},
		Storage:            jetstream.FileStorage,
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardNew,
		Duplicates:         10 * time.Second, // the guards do it; the engine keeps all ids of that time in memory
		AllowAtomicPublish: true,
	}
}

// Open returns the Feed, and makes its stream where there is none. It returns [engine.ErrLostStream] or [ErrStreamConfig].
func Open(ctx context.Context, o Options) (*Feed, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Keep == 0 {
		o.Keep = Retention
	}
	stream, err := o.Engine.EnsureStream(ctx, config())
	if err != nil {
		return nil, err
	}
	if c := stream.CachedInfo().Config; !slices.Equal(c.Subjects, config().Subjects) || c.MaxAge != 0 || c.MaxMsgs > 0 ||
		c.MaxBytes > 0 || c.MaxMsgsPerSubject > 0 || !c.AllowAtomicPublish || c.AllowDirect || c.DenyDelete || c.DenyPurge {
		return nil, fmt.Errorf("%w: remove the stream %s, and it is made anew", ErrStreamConfig, Stream)
	}
	return &Feed{engine: o.Engine, log: o.Log, logger: o.Logger, keep: o.Keep, stream: stream}, nil
}

// place is where the Feed stands.
type place struct {
	last   uint64 // sequence of the stream's newest message, 0 when there never was one
	record uint64 // the newest Record of which a message is there, 0 for none
	tells  uint64 // sequence of that message
	whole  bool   // the newest message is there
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
	p.record, err = strconv.ParseUint(newest.Header.Get(headerMsgID), 10, 64)
	if err != nil {
		return place{}, fmt.Errorf("message %d of the feed names no record: %w", newest.Sequence, err)
	}
	p.tells, p.whole = newest.Sequence, newest.Sequence == p.last
	return p, nil
}

// Position returns the sequence of the newest Record that was relayed, 0 for none.
func (f *Feed) Position(ctx context.Context) (uint64, error) {
	p, err := f.place(ctx)
	return p.record, err
}
