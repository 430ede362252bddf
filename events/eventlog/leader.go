package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"accountd/events/engine"

	"github.com/nats-io/nats.go/jetstream"
)

// errBehind is what an answer is worth of a server that holds itself for the leader and is not, or has not caught up.
var errBehind = errors.New("a server answered that is behind")

// touchFor is how lately a leader must have heard of most of the stream's servers. A server that heard of a leader does
// not let itself be elected for four seconds, so until then nobody else can have appended.
const touchFor = 3 * time.Second

// never stands for how long ago was what never was.
const never = time.Duration(math.MaxInt64)

// standing is what a server says that holds itself for a stream's leader.
type standing struct {
	last   uint64        // the newest message's sequence, 0 when there never was one
	leader string        // the name of who leads, empty when nobody does
	alone  time.Duration // how long ago most of the stream's servers followed it last
}

// sure reports whether most of the stream's servers followed it a moment ago.
func (s standing) sure() bool { return s.alone < touchFor }

// leaderStanding asks for the stream's end.
func leaderStanding(ctx context.Context, js jetstream.JetStream, stream string) (standing, error) {
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	s, err := js.Stream(asked, stream)
	if err != nil {
		return standing{}, fmt.Errorf("asking for the end of %s: %w", stream, err)
	}
	return standingOf(s.CachedInfo()), nil
}

func standingOf(info *jetstream.StreamInfo) standing {
	s := standing{last: info.State.LastSeq}
	c := info.Cluster
	if c == nil || len(c.Replicas) == 0 {
		return s // it is on one server alone
	}
	if s.leader = c.Leader; s.leader == "" {
		s.alone = never
		return s
	}
	var ago []time.Duration
	for _, r := range c.Replicas {
		if r.Offline || r.Active <= 0 { // 0 stands for never
			ago = append(ago, never)
		} else {
			ago = append(ago, r.Active)
		}
	}
	slices.Sort(ago)
	s.alone = ago[(len(ago)+1)/2-1] // with the leader these are most
	return s
}

// leaderLast returns the sequence of the stream's newest message, 0 when there never was one.
func leaderLast(ctx context.Context, e *engine.Engine, stream string) (uint64, error) {
	s, err := leaderStanding(ctx, e.JetStream(), stream)
	return s.last, err
}

// sureGet is leaderGet that believes in nothing being there only when who says so is followed by most of the stream's
// servers, and errBehind otherwise.
func sureGet(ctx context.Context, e *engine.Engine, stream string, query messageQuery) (storedMessage, error) {
	got, err := leaderGet(ctx, e, stream, query)
	if !errors.Is(err, errNoMessage) || e.Embedded() {
		return got, err
	}
	s, err := leaderStanding(ctx, e.JetStream(), stream)
	if err == nil && !s.sure() {
		err = fmt.Errorf("asking %s for a message: %w", stream, errBehind)
	}
	if err != nil {
		return storedMessage{}, err
	}
	return leaderGet(ctx, e, stream, query)
}

// saw notes that the Log goes as far as that at least.
func (l *Log) saw(sequence uint64) {
	for {
		seen := l.seen.Load()
		if sequence <= seen || l.seen.CompareAndSwap(seen, sequence) {
			return
		}
	}
}

// end returns the sequence of the newest Record as the leader has it, and errBehind when who answered cannot be it.
func (l *Log) end(ctx context.Context) (uint64, error) {
	s, err := l.standing(ctx, l.engine.JetStream())
	return s.last, err
}

// standing is what the leader says that is asked over a connection, and errBehind, too, when who answered cannot be it.
func (l *Log) standing(ctx context.Context, js jetstream.JetStream) (standing, error) {
	s, err := leaderStanding(ctx, js, Stream)
	switch seen := l.seen.Load(); {
	case err != nil:
		return s, err
	case !l.Shared(): // who answers is the only one
	case !s.sure():
		return s, fmt.Errorf("asking for the end of %s: %w: most of the others do not follow it", Stream, errBehind)
	case s.last < seen:
		return s, fmt.Errorf("asking for the end of %s: %w: it has %d records, and %d were seen", Stream, errBehind,
			s.last, seen)
	}
	l.saw(s.last)
	return s, nil
}

// get reads a message of the Log. That there is none it takes only from the leader: a server that is behind says so of
// what must be there. It returns errNoMessage, or errBehind when it is to be asked again.
func (l *Log) get(ctx context.Context, query messageQuery) (storedMessage, error) {
	got, err := leaderGet(ctx, l.engine, Stream, query)
	if !errors.Is(err, errNoMessage) || !l.Shared() {
		return got, err
	}
	last, err := l.end(ctx)
	if err != nil {
		return storedMessage{}, err
	}
	got, err = leaderGet(ctx, l.engine, Stream, query)
	if errors.Is(err, errNoMessage) && query.Sequence != 0 && query.NextFor == "" && query.Sequence <= last {
		return storedMessage{}, fmt.Errorf("asking for record %d: %w", query.Sequence, errBehind)
	}
	return got, err
}
