package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"accountd/events/engine"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// Stream is the name of the delivery log's stream. What is in it expires; it is no part of the history of accounts.
const Stream = "ACCOUNT_DELIVERIES"

const (
	keptFor         = 7 * 24 * time.Hour
	keptEach        = 1000 // attempts of one webhook
	deliverySubject = "deliveries."
)

// Milliseconds is a duration that is JSON as whole milliseconds.
type Milliseconds time.Duration

// MarshalJSON writes the number.
func (m Milliseconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(m).Milliseconds())
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Milliseconds) UnmarshalJSON(b []byte) error {
	var n int64
	err := json.Unmarshal(b, &n)
	*m = Milliseconds(time.Duration(n) * time.Millisecond)
	return err
}

// Delivery is one attempt to send one event to one address. Nothing in it tells about a person.
type Delivery struct {
	ID       string       `json:"id"`       // of the event, which is the header webhook-id
	Sequence uint64       `json:"sequence"` // the Record's
	Type     string       `json:"type"`
	Attempt  int          `json:"attempt"` // from 1; 0: somebody asked for it
	At       time.Time    `json:"at"`
	Took     Milliseconds `json:"took_ms"`
	Outcome  string       `json:"outcome"`
	Status   int          `json:"status,omitempty"` // of the answer; 0: there was none
	Error    string       `json:"error,omitempty"`  // why there was none
	NextAt   time.Time    `json:"next_at,omitzero"` // when it is sent again
	Run      uint64       `json:"run,omitempty"`    // how often the webhook had begun anew
}

func deliveriesConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: Stream, Description: "attempts to deliver to webhooks", Subjects: []string{deliverySubject + "*"},
		Storage:   jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld, MaxAge: keptFor, MaxMsgsPerSubject: keptEach,
	}
}

// deliveries is the delivery log.
type deliveries struct {
	engine *engine.Engine
	stream jetstream.Stream
}

func openDeliveries(ctx context.Context, e *engine.Engine) (deliveries, error) {
	stream, err := e.EnsureStream(ctx, deliveriesConfig())
	return deliveries{engine: e, stream: stream}, err
}

func (l deliveries) add(ctx context.Context, hook uuid.UUID, d Delivery) error {
	entry, err := json.Marshal(d)
	if err == nil {
		_, err = l.engine.JetStream().Publish(ctx, deliverySubject+hook.String(), entry)
	}
	if err != nil {
		return fmt.Errorf("noting a delivery: %w", err)
	}
	return nil
}

// of returns the webhook's deliveries, the newest first.
func (l deliveries) of(ctx context.Context, hook uuid.UUID) (all []Delivery, err error) {
	subject := deliverySubject + hook.String()
	for from := uint64(1); ; {
		msg, err := l.stream.GetMsg(ctx, from, jetstream.WithGetMsgSubject(subject))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			slices.Reverse(all)
			return all, nil
		}
		var d Delivery
		if err == nil {
			err = json.Unmarshal(msg.Data, &d)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the deliveries: %w", err)
		}
		all, from = append(all, d), msg.Sequence+1
	}
}
