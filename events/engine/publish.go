package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Headers that make several messages one atomic batch.
const (
	headerBatchID       = "Nats-Batch-Id"
	headerBatchSequence = "Nats-Batch-Sequence"
	headerBatchCommit   = "Nats-Batch-Commit"
)

// Receipt is the engine's answer to stored messages.
type Receipt struct {
	Sequence  uint64 `json:"seq"` // of the last message
	Duplicate bool   `json:"duplicate"`
}

// Publish stores all messages or none, and waits until they are. Several messages, at most 1,000, are one atomic batch:
// the engine keeps them aside until it has the last one. The messages must have headers, which Publish adds to. The
// error wraps a *jetstream.APIError when the engine refused them; any other error leaves open whether they were stored.
func (e *Engine) Publish(ctx context.Context, msgs ...*nats.Msg) (Receipt, error) {
	last := msgs[len(msgs)-1]
	if len(msgs) > 1 {
		batch := []string{uuid.NewString()}
		for i, msg := range msgs {
			msg.Header[headerBatchID] = batch
			msg.Header[headerBatchSequence] = []string{strconv.Itoa(i + 1)}
		}
		last.Header[headerBatchCommit] = []string{"1"}
	}
	for _, msg := range msgs[:len(msgs)-1] {
		if err := e.conn.PublishMsg(msg); err != nil {
			return Receipt{}, fmt.Errorf("publishing: %w", err)
		}
	}
	reply, err := e.conn.RequestMsgWithContext(ctx, last)
	if err != nil {
		return Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	return receiptOf(reply.Data)
}

func receiptOf(answer []byte) (Receipt, error) {
	var r struct {
		Receipt
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(answer, &r); err != nil {
		return Receipt{}, fmt.Errorf("reading the receipt: %w", err)
	}
	if r.Error != nil {
		return Receipt{}, fmt.Errorf("publishing: %w", r.Error)
	}
	return r.Receipt, nil
}
