package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"accountd/events/engine"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// errNoMessage is returned by leaderGet when no message fits the query.
var errNoMessage = errors.New("no such message")

// messageQuery asks for one message: the one at Sequence, the newest of LastFor, or the first of NextFor from Sequence
// on.
type messageQuery struct {
	Sequence uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
}

// storedMessage is a message with its place in the stream.
type storedMessage struct {
	sequence uint64
	msg      *nats.Msg
}

func (m storedMessage) placed() placedMsg { return placedMsg(m) }

// leaderGet reads a message from the server that holds itself for the stream's leader. It returns errNoMessage when
// that has none; a new leader, or one that nobody follows any more, may say so of a message that is there (see
// Log.get).
func leaderGet(ctx context.Context, e *engine.Engine, stream string, query messageQuery) (storedMessage, error) {
	body, err := json.Marshal(query)
	if err != nil {
		return storedMessage{}, fmt.Errorf("asking %s for a message: %w", stream, err)
	}
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	reply, err := e.Conn().RequestWithContext(asked, apiMessageGet+stream, body)
	if err != nil {
		return storedMessage{}, fmt.Errorf("asking %s for a message: %w", stream, err)
	}
	var answer struct {
		Error   *jetstream.APIError `json:"error"`
		Message struct {
			Subject  string `json:"subject"`
			Sequence uint64 `json:"seq"`
			Header   []byte `json:"hdrs"`
			Data     []byte `json:"data"`
		} `json:"message"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return storedMessage{}, fmt.Errorf("reading the answer of %s: %w", stream, err)
	}
	if answer.Error != nil {
		if answer.Error.ErrorCode == codeNoMessage {
			return storedMessage{}, errNoMessage
		}
		return storedMessage{}, fmt.Errorf("asking %s for a message: %w", stream, answer.Error)
	}
	got := storedMessage{
		sequence: answer.Message.Sequence,
		msg:      &nats.Msg{Subject: answer.Message.Subject, Data: answer.Message.Data},
	}
	if len(answer.Message.Header) > 0 {
		if got.msg.Header, err = nats.DecodeHeadersMsg(answer.Message.Header); err != nil {
			return storedMessage{}, fmt.Errorf("reading the answer of %s: %w", stream, err)
		}
	}
	return got, nil
}

// patiently asks again while the engine cannot answer, as during a change of leader, for as long as an append would.
func patiently[T any](ctx context.Context, ask func(context.Context) (T, error)) (answer T, err error) {
	return patientlyFor(ctx, patience, ask)
}

// patientlyFor is patiently for another time.
func patientlyFor[T any](ctx context.Context, most time.Duration, ask func(context.Context) (T, error)) (answer T,
	err error) {
	patient, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err = retry(patient, func() error {
		answer, err = ask(patient)
		if errors.Is(err, errNoMessage) || errors.Is(err, jetstream.ErrStreamNotFound) {
			return permanent{err}
		}
		return err
	})
	return answer, err
}
