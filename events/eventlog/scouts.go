package eventlog

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"accountd/events/pause"
)

const (
	// scoutFor bounds one question of a scout: one that was asked before there was a leader is not answered by who is
	// elected.
	scoutFor = time.Second
	// uneasyAfter is how long ago most servers followed a leader that may not hear them: they show that they do every
	// second, or every other one when little is written.
	uneasyAfter = 2 * time.Second
	// deafAgain is for how long more a leader must say that it hears nobody: who was elected just now has heard of the
	// others by then. A leader that is asked to go within three seconds after it heard of them hands over to one of
	// them at once; later, they wait 4 to 9 seconds before they elect one.
	deafAgain = 500 * time.Millisecond
	// deposeGap is how long this instance lets leaders be after it asked one to go.
	deposeGap = 5 * time.Second
	// moveLate is how much longer the own server may take than the first from where the leader is reached.
	moveLate = 300 * time.Millisecond
)

// scouts ask every server of the cluster by itself for the Log's end, while the leader does not answer as it should. A
// connection whose server does not reach the leader goes to one that does; while none does, it stays where it is. A
// leader that hears nobody cannot store anything, and is asked to go.
type scouts struct {
	log  *Log
	ctx  context.Context
	stop context.CancelFunc

	mu    sync.Mutex
	reach []string // the servers from where the leader is reached
}

// send has scouts begin.
func (l *Log) send(ctx context.Context, work *sync.WaitGroup) *scouts {
	s := &scouts{log: l}
	s.ctx, s.stop = context.WithCancel(ctx)
	work.Go(func() { l.engine.AskEach(s.ctx, s.ask) })
	return s
}

// ask asks one server again and again.
func (s *scouts) ask(conn *nats.Conn, url string) {
	js, err := jetstream.New(conn)
	if err != nil {
		return
	}
	var deaf time.Time // since when it says that it hears nobody; zero: it does not
	for !conn.IsClosed() {
		asked, cancel := context.WithTimeout(s.ctx, scoutFor)
		is, err := s.log.standing(asked, js)
		cancel()
		if err == nil && is.alone < uneasyAfter {
			s.found(url)
		}
		switch now := time.Now(); {
		case !is.deaf(conn, uneasyAfter):
			deaf = time.Time{}
		case deaf.IsZero():
			deaf = now
		case now.Sub(deaf) >= deafAgain && is.deaf(conn, uneasyAfter+deafAgain):
			s.log.depose(s.ctx, conn, js)
		}
		if pause.For(s.ctx, pulseAgain) != nil {
			return
		}
	}
}

// deaf reports whether the connection's server is the leader, and has not heard of most of the others for so long.
func (s standing) deaf(conn *nats.Conn, long time.Duration) bool {
	return s.leader != "" && s.leader == conn.ConnectedServerName() && s.alone >= long
}

// found notes from where the leader is reached.
func (s *scouts) found(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.reach, url) {
		return
	}
	if s.reach = append(s.reach, url); len(s.reach) == 1 {
		time.AfterFunc(moveLate, s.move)
	}
}

// move has the connection go to one of these servers, unless its own is among them and has answered lately.
func (s *scouts) move() {
	s.mu.Lock()
	defer s.mu.Unlock()
	reach, l := s.reach, s.log
	s.reach = nil
	cause := l.pulse.failing()
	if s.ctx.Err() != nil || cause == nil || slices.ContainsFunc(reach, l.engine.At) && l.Silent() < pulseLate {
		return
	}
	if l.engine.Reconnect(reach[0]) {
		l.log.Warn("trying another server", slog.Any("error", cause))
	}
}

// depose asks the leader of the Log to go, over a connection to its server, as the leader of every other stream which
// it is that hears nobody. That one, or whoever comes next, is let be for a while.
func (l *Log) depose(ctx context.Context, conn *nats.Conn, js jetstream.JetStream) {
	now, last := time.Now().UnixNano(), l.deposed.Load()
	if now-last < int64(deposeGap) || !l.deposed.CompareAndSwap(last, now) {
		return
	}
	l.log.Warn("the leader of the log hears nobody, and is asked to go",
		slog.String("server", conn.ConnectedServerName()))
	// the Log's may have gone before the others
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), scoutFor)
	defer cancel()
	var work sync.WaitGroup
	for _, stream := range append(l.engine.Streams(), KeyStream) {
		work.Go(func() {
			if is, err := leaderStanding(asked, js, stream); err == nil && is.deaf(conn, uneasyAfter) {
				askToGo(asked, conn, stream)
			}
		})
	}
	askToGo(asked, conn, Stream)
	work.Wait()
}

// askToGo asks the leader of a stream to let another server lead. Who may not ask for it waits until the engine sees by
// itself.
func askToGo(ctx context.Context, conn *nats.Conn, stream string) {
	_, _ = conn.RequestWithContext(ctx, apiStepDown+stream, nil)
}
