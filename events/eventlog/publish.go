package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// receipt is the engine's answer to a stored message or batch.
type receipt struct {
	Sequence  uint64              `json:"seq"` // of the last message
	Duplicate bool                `json:"duplicate"`
	Error     *jetstream.APIError `json:"error"`
}

// publish stores one message and waits until it is. The error wraps a *jetstream.APIError when the engine refused it; any
// other error leaves open whether it was stored.
func publish(ctx context.Context, conn *nats.Conn, msg *nats.Msg) (receipt, error) {
	reply, err := conn.RequestMsgWithContext(ctx, msg)
	if err != nil {
		return receipt{}, fmt.Errorf("publishing: %w", err)
	}
	var r receipt
	if err := json.Unmarshal(reply.Data, &r); err != nil {
		return receipt{}, fmt.Errorf("reading the receipt: %w", err)
	}
	if r.Error != nil {
		return receipt{}, fmt.Errorf("publishing: %w", r.Error)
	}
	return r, nil
}

// publishAll stores all messages or none, and waits like publish. Several messages are one atomic batch: the engine keeps
// them aside until it has the last one.
func publishAll(ctx context.Context, conn *nats.Conn, msgs []*nats.Msg) (receipt, error) {
	last := msgs[len(msgs)-1]
	if len(msgs) == 1 {
		return publish(ctx, conn, last)
	}
	batch := []string{uuid.NewString()}
	for i, msg := range msgs {
		msg.Header[headerBatchID] = batch
		msg.Header[headerBatchSequence] = []string{strconv.Itoa(i + 1)}
	}
	last.Header[headerBatchCommit] = []string{"1"}
	for _, msg := range msgs[:len(msgs)-1] {
		if err := conn.PublishMsg(msg); err != nil {
			return receipt{}, fmt.Errorf("publishing: %w", err)
		}
	}
	return publish(ctx, conn, last)
}

// verdict is what an answer of the engine means for an append.
type verdict int

const (
	stored   verdict = iota
	already          // an earlier attempt was stored
	conflict         // something else stands behind the head, or is about to
	unknown          // not stored, or nobody knows; the same messages may be published again
	tooLarge         // will never be stored
	closed           // not stored, or nobody knows, and there is nobody to ask any more
	refused          // not stored, and asking again would not help
)

// judge tells a verdict by error codes, never by text.
func judge(r receipt, err error) verdict {
	if err == nil {
		if r.Duplicate {
			return already
		}
		return stored
	}
	if errors.Is(err, nats.ErrMaxPayload) {
		return tooLarge
	}
	if errors.Is(err, nats.ErrConnectionClosed) {
		return closed
	}
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return unknown
	}
	switch api.ErrorCode {
	case codeWrongLast, codeWrongLastInFlight:
		return conflict
	case codeBatchDuplicate:
		return already
	case codeDuplicateInFlight, codeNotReady, codeBatchIncomplete, codeTooManyBatches:
		return unknown
	case codeMessageTooLarge, codeHeadersTooLarge:
		return tooLarge
	}
	if api.Code >= 500 {
		return unknown
	}
	return refused
}
