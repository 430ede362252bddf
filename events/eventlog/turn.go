package eventlog

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
)

const (
	// turnSubject is where instances ask each other for the turn. Nothing that is said there is kept.
	turnSubject = "accountd.turn"
	// maxTurn bounds how long an instance holds back for another.
	maxTurn = 2 * time.Second
)

// turns is what the instances of a shared Log ask of each other: that who is nearer to the engine appends nothing for a
// moment, so that who is farther gets in between. It is a courtesy: the guard alone decides, and who hears nothing only
// loses more often.
type turns struct {
	self  string
	until atomic.Int64 // when the turn ends that another instance asked for, in nanoseconds since 1970; 0: nobody did
	sub   *nats.Subscription
}

// listen begins to hear what others ask for.
func (l *Log) listen() error {
	l.turns.self = uuid.NewString()
	if !l.Shared() {
		return nil
	}
	sub, err := l.engine.Conn().Subscribe(turnSubject, func(m *nats.Msg) { l.turns.heard(string(m.Data), time.Now()) })
	if err != nil {
		return fmt.Errorf("listening to the other instances: %w", err)
	}
	l.turns.sub = sub
	return nil
}

// heard takes "instance milliseconds".
func (t *turns) heard(text string, now time.Time) {
	who, long, _ := strings.Cut(text, " ")
	ms, err := strconv.ParseInt(long, 10, 64)
	if err != nil || ms <= 0 || who == t.self {
		return
	}
	t.until.Store(now.Add(min(time.Duration(ms)*time.Millisecond, maxTurn)).UnixNano())
}

func (l *Log) unlisten() {
	if l.turns.sub != nil {
		_ = l.turns.sub.Unsubscribe() // fails only on a closed connection
	}
}

// AskForTurn asks the other instances to append nothing for so long, two seconds at most.
func (l *Log) AskForTurn(long time.Duration) {
	if l.Shared() {
		// one that is lost is asked for again
		_ = l.engine.Conn().Publish(turnSubject,
			fmt.Appendf(nil, "%s %d", l.turns.self, min(long, maxTurn).Milliseconds()+1))
	}
}

// TurnOfAnother returns until when another instance asked for the turn, the zero time when nobody does.
func (l *Log) TurnOfAnother() time.Time {
	if until := l.turns.until.Load(); until > time.Now().UnixNano() {
		return time.Unix(0, until)
	}
	return time.Time{}
}

// TurnTaken ends the turn that another instance asked for.
func (l *Log) TurnTaken() { l.turns.until.Store(0) }
