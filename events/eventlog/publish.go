package eventlog

import (
	"errors"

	"accountd/events/engine"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// verdict is what an answer of the engine means for an append.
type verdict int

const (
	stored   verdict = iota
	already          // an earlier attempt was stored
	conflict         // something else stands behind the head, or is about to
	unknown          // not stored, or nobody knows; the same messages may be published again
	full             // not stored, because the engine has no room
	tooLarge         // will never be stored
	closed           // not stored, or nobody knows, and there is nobody to ask any more
	refused          // not stored, and asking again would not help
)

// judge tells a verdict by error codes, never by text.
func judge(r engine.Receipt, err error) verdict {
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
	case codeNoResources, codeNoStorage:
		return full
	case codeMessageTooLarge, codeHeadersTooLarge:
		return tooLarge
	}
	if api.Code >= 500 {
		return unknown
	}
	return refused
}
