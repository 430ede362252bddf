package eventlog

import (
	"fmt"
	"net/url"
	"time"

	"accountd/events"

	"github.com/nats-io/nats.go"
)

// envelopeVersion is the version of the envelope that this release writes, and the only one there has been.
const envelopeVersion = "1"

// The envelope's fields, in the order in which the chain hash covers them.
const (
	fieldVersion = iota
	fieldID
	fieldType
	fieldTime
	fieldCommand
	fieldActor
	fieldCredential
	fieldDialect
	fieldRequest
	fieldTrace
	fieldNumber
	fieldKey
	fieldAddress
	fieldAddressKey
	fieldCount
)

// fieldNames are the headers that carry the fields.
var fieldNames = [fieldCount]string{
	fieldVersion:    "acc-version",
	fieldID:         "ce-id",
	fieldType:       "ce-type",
	fieldTime:       "ce-time",
	fieldCommand:    "acc-command",
	fieldActor:      "acc-actor",
	fieldCredential: "acc-credential",
	fieldDialect:    "acc-dialect",
	fieldRequest:    "acc-request",
	fieldTrace:      "traceparent",
	fieldNumber:     "acc-number",
	fieldKey:        "acc-key",
	fieldAddress:    "acc-address",
	fieldAddressKey: "acc-address-key",
}

// chainHeader carries the chain hash, which covers all fields.
const chainHeader = "acc-chain"

// timeResolution is what a Record's time is truncated to: finer digits would only lengthen every message.
const timeResolution = time.Microsecond

// maxHeaders bounds an envelope in bytes: the engine takes 64 KiB of headers, its own included.
const maxHeaders = 48 << 10

// envelope is a Record's envelope as texts, by field; an empty text stands for a header that is not there.
type envelope [fieldCount]string

// newEnvelope writes everything about r but its content, its address and its chain hash.
func newEnvelope(r events.Record) envelope {
	return envelope{
		fieldVersion:    envelopeVersion,
		fieldID:         r.ID.String(),
		fieldType:       r.Type,
		fieldTime:       r.Time.Format(time.RFC3339Nano),
		fieldCommand:    fmt.Sprintf("%s %d/%d", r.Command, r.Index, r.Of),
		fieldActor:      url.PathEscape(r.Cause.Actor),
		fieldCredential: url.PathEscape(r.Cause.Credential),
		fieldDialect:    url.PathEscape(r.Cause.Dialect),
		fieldRequest:    url.PathEscape(r.Cause.RequestID),
		fieldTrace:      url.PathEscape(r.Cause.TraceParent),
		fieldNumber:     formatNumber(r.Assigned),
		fieldKey:        r.Key.String(),
	}
}

func formatNumber(n events.Number) string {
	if n.Value == 0 {
		return ""
	}
	return fmt.Sprintf("%s=%d", n.Kind, n.Value)
}

// header returns the message headers of an envelope, with what the engine needs to know the message again.
func (e *envelope) header(chain events.Chain) nats.Header {
	h := make(nats.Header, fieldCount+3)
	for i, name := range fieldNames {
		if e[i] != "" {
			h[name] = []string{e[i]}
		}
	}
	h[chainHeader] = []string{chain.String()}
	h[headerMsgID] = []string{e[fieldID]}
	return h
}

func (e *envelope) size() int {
	n := 0
	for _, text := range e {
		n += len(text)
	}
	return n
}
