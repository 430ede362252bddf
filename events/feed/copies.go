package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"accountd/events/pause"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	doubtful  = 3                // looks in a row that must find the same fault
	lookAgain = 15 * time.Second // between those
	// consumers that are made for each copy, so that each is met: the engine picks their servers
	drawsEach  = 8
	scaleFor   = time.Minute      // what a change of replicas may take
	electFor   = 10 * time.Second // what an election may take
	leadFor    = 25 * time.Second // what may be spent on having one server win it
	purgeAhead = 1 << 20          // sequences that are left out, so that who published meanwhile is refused
)

// replicasKey is where the stream says how many copies it is to have again, while it has one only.
const replicasKey = "accountd-replicas"

// mender compares the copies of the Feed's stream, and makes them anew when they differ.
//
// The engine never compares them, and a reader gets what the copy has that its consumer lives on. What it tells about
// one copy is how many messages a consumer has before it, which lives on one server alone.
type mender struct {
	*Feed
	doubts int
}

// next returns when to look again, which is soon while there are doubts.
func (m *mender) next(otherwise time.Duration) time.Duration {
	if m.doubts > 0 {
		return lookAgain
	}
	return otherwise
}

// look compares the copies once, and mends them when the same was found several times in a row: one that is a moment
// behind the others looks short, too.
func (m *mender) look(ctx context.Context) error {
	if err := m.restoreReplicas(ctx); err != nil {
		return err
	}
	fault, err := m.fault(ctx)
	if err != nil {
		return err
	}
	if fault == nil {
		m.doubts = 0
		return nil
	}
	if m.doubts++; m.doubts < doubtful {
		return nil
	}
	m.doubts = 0
	m.logger.Error("the feed is not the same on all servers, or lacks messages; it is made anew", "error", fault)
	return m.mend(ctx)
}

// Errors that say what is wrong with the Feed's copies.
var (
	errDiffer = errors.New("the copies of the feed differ")
	errHoles  = errors.New("the feed tells of fewer records than lie between its first and its last")
)

// fault returns what is wrong with the copies, nil for nothing.
func (m *mender) fault(ctx context.Context) (fault, err error) {
	whole, err := m.whole(ctx)
	if err != nil {
		return nil, err
	}
	if !whole {
		return errHoles, nil
	}
	if m.engine.Embedded() {
		return nil, nil
	}
	before, err := m.info(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := m.copies(ctx)
	if err != nil {
		return nil, err
	}
	after, err := m.info(ctx)
	if err != nil {
		return nil, err
	}
	for server, count := range counts {
		if count < min(before.State.Msgs, after.State.Msgs) || count > max(before.State.Msgs, after.State.Msgs) {
			return fmt.Errorf("%w: %s has %d messages, the leader %d", errDiffer, server, count, after.State.Msgs), nil
		}
	}
	return nil, nil
}

func (f *Feed) info(ctx context.Context) (*jetstream.StreamInfo, error) {
	info, err := f.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking how the feed is: %w", err)
	}
	return info, nil
}

// whole reports whether the leader's copy tells of as many Records as lie between its first and its last. Messages that
// were erased have kept their places.
func (f *Feed) whole(ctx context.Context) (bool, error) {
	first, err := f.next(ctx, 1, Subjects)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	begin, err := recordOf(first)
	if err != nil {
		return false, err
	}
	at, err := f.place(ctx)
	return at.record == 0 || at.tells-first.Sequence == at.record-begin, err
}

// copies returns how many messages each server has that keeps a copy, as far as they were met.
func (f *Feed) copies(ctx context.Context) (map[string]uint64, error) {
	info, err := f.info(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[string]uint64{}
	for range drawsEach * info.Config.Replicas {
		if len(counts) >= info.Config.Replicas {
			break
		}
		server, count, err := f.draw(ctx)
		if err != nil {
			return nil, err
		}
		counts[server] = count
	}
	return counts, nil
}

// draw makes a consumer on a server that the engine picks, and returns how many messages that one has.
func (f *Feed) draw(ctx context.Context) (server string, messages uint64, err error) {
	consumer, err := f.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: scaleFor,
		Description: "counts the messages of one copy",
	})
	if err != nil {
		return "", 0, fmt.Errorf("counting the messages of a copy: %w", err)
	}
	info := consumer.CachedInfo()
	_ = f.stream.DeleteConsumer(ctx, info.Name) // it goes away by itself, too
	if info.Cluster != nil {
		server = info.Cluster.Leader
	}
	return server, info.NumPending, nil
}

// mend makes the copies anew: all but one are given up, that one is filled again from the Log when it lacks something,
// and the others are made from it. The copy with most messages stays, if its server can be had to lead. Who reads
// meanwhile waits a moment; who reads from a Feed that had to be filled again gets once more what is kept, with the
// same ids and sequences.
func (m *mender) mend(ctx context.Context) error {
	info, err := m.info(ctx)
	if err != nil {
		return err
	}
	short := false
	if info.Config.Replicas > 1 {
		if err := m.lead(ctx); err != nil {
			m.logger.Warn("the server with most messages of the feed does not come to lead it; the feed is filled "+
				"again", "error", err)
			short = true
		}
		if err := m.scale(ctx, info.Config.Replicas, 1); err != nil {
			return err
		}
	}
	whole, err := m.whole(ctx)
	if err == nil && (short || !whole) {
		err = m.refill(ctx)
	}
	return errors.Join(err, m.restoreReplicas(ctx))
}

// lead has the server with most messages lead the stream.
func (m *mender) lead(ctx context.Context) error {
	counts, err := m.copies(ctx)
	if err != nil {
		return err
	}
	info, err := m.info(ctx)
	if err != nil || info.Cluster == nil || len(counts) == 0 {
		return err
	}
	best := info.Cluster.Leader
	for server, count := range counts {
		if count > counts[best] {
			best = server
		}
	}
	if best == info.Cluster.Leader {
		return nil
	}
	return m.leadBy(ctx, best)
}

// leadBy has that server lead the stream. A lead is handed over by an election that any server may win, so it is asked
// for again.
func (m *mender) leadBy(ctx context.Context, server string) error {
	ctx, cancel := context.WithTimeout(ctx, leadFor)
	defer cancel()
	var asked time.Time
	var refused error
	err := m.until(ctx, "led by "+server, func(info *jetstream.StreamInfo) bool {
		if info.Cluster == nil || info.Cluster.Leader == server {
			return info.Cluster != nil
		}
		if info.Cluster.Leader != "" && time.Since(asked) > electFor {
			asked, refused = time.Now(), m.askToLead(ctx, server)
		}
		return false
	})
	if err != nil {
		err = errors.Join(err, refused)
	}
	return err
}

func (m *mender) askToLead(ctx context.Context, server string) error {
	request, err := json.Marshal(map[string]any{"placement": map[string]string{"preferred": server}})
	if err != nil {
		return fmt.Errorf("asking for another leader of the feed: %w", err)
	}
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	answer, err := m.engine.Conn().RequestWithContext(asked, "$JS.API.STREAM.LEADER.STEPDOWN."+Stream, request)
	if err != nil {
		return fmt.Errorf("asking for another leader of the feed: %w", err)
	}
	var said struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(answer.Data, &said); err != nil {
		return fmt.Errorf("reading who leads the feed: %w", err)
	}
	if said.Error != nil {
		return fmt.Errorf("asking for another leader of the feed: %w", said.Error)
	}
	return nil
}

// refill empties the leader's copy, for the relays to fill it again with all that is to be kept. Who is about to
// publish is refused, because the stream's last sequence is another one then.
func (m *mender) refill(ctx context.Context) error {
	info, err := m.info(ctx)
	if err != nil {
		return err
	}
	if err := m.stream.Purge(ctx, jetstream.WithPurgeSequence(info.State.LastSeq+purgeAhead)); err != nil {
		return fmt.Errorf("emptying the feed: %w", err)
	}
	select {
	case m.emptied <- struct{}{}:
	default: // it is told already
	}
	return nil
}

// scale changes the number of replicas, and notes how many there are to be.
func (m *mender) scale(ctx context.Context, want, now int) error {
	info, err := m.info(ctx)
	if err != nil {
		return err
	}
	config := info.Config
	config.Replicas = now
	if config.Metadata == nil {
		config.Metadata = map[string]string{}
	}
	config.Metadata[replicasKey] = strconv.Itoa(want)
	if now == want {
		delete(config.Metadata, replicasKey)
	}
	if _, err := m.engine.JetStream().UpdateStream(ctx, config); err != nil {
		return fmt.Errorf("changing the number of the feed's copies to %d: %w", now, err)
	}
	return m.until(ctx, fmt.Sprintf("of %d copies", now), func(info *jetstream.StreamInfo) bool {
		return info.Config.Replicas == now && info.Cluster != nil && len(info.Cluster.Replicas) == now-1 &&
			!slices.ContainsFunc(info.Cluster.Replicas, func(p *jetstream.PeerInfo) bool { return !p.Current })
	})
}

// restoreReplicas gives the stream the copies back that a mending has given up, also one that was interrupted.
func (m *mender) restoreReplicas(ctx context.Context) error {
	info, err := m.info(ctx)
	if err != nil {
		return err
	}
	want, err := strconv.Atoi(info.Config.Metadata[replicasKey])
	if err != nil || want <= info.Config.Replicas {
		return nil
	}
	return m.scale(ctx, want, want)
}

// until waits until the stream is so.
func (m *mender) until(ctx context.Context, what string, is func(*jetstream.StreamInfo) bool) error {
	ctx, cancel := context.WithTimeout(ctx, scaleFor)
	defer cancel()
	for {
		info, err := m.info(ctx)
		if err == nil && is(info) {
			return nil
		}
		if ended := pause.For(ctx, 5*pollEvery); ended != nil {
			return fmt.Errorf("waiting for the feed's stream to be %s, and it is %s: %w", what, standingOf(info),
				errors.Join(ended, err))
		}
	}
}

// standingOf tells how a stream's copies are.
func standingOf(info *jetstream.StreamInfo) string {
	if info == nil || info.Cluster == nil {
		return "unknown"
	}
	text := fmt.Sprintf("of %d copies, led by %q", info.Config.Replicas, info.Cluster.Leader)
	for _, r := range info.Cluster.Replicas {
		text += fmt.Sprintf(", followed by %s (current: %v, offline: %v, lag: %d, heard %v ago)", r.Name, r.Current,
			r.Offline, r.Lag, r.Active)
	}
	return text
}
