package feed

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"accountd/events"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
)

// ContentType is that of every message's payload.
const ContentType = "application/cloudevents+json"

const (
	headerMsgID        = "Nats-Msg-Id"
	headerLastSequence = "Nats-Expected-Last-Sequence"
	headerContentType  = "content-type"
)

// Message is a Record as CloudEvents 1.0 JSON.
type Message struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`
	Type        string    `json:"type"`
	Source      string    `json:"source"`
	Subject     string    `json:"subject"` // <kind>s/<uuid> of the aggregate
	Time        time.Time `json:"time"`
	ContentType string    `json:"datacontenttype"`
	Sequence    uint64    `json:"sequence"` // the Record's, in the Log
	Actor       string    `json:"actor"`    // UUID of the user who asked, or "system"
	Credential  string    `json:"credential,omitempty"`
	RequestID   string    `json:"requestid,omitempty"`
	TraceParent string    `json:"traceparent,omitempty"` // the extension for distributed tracing
	Erased      bool      `json:"erased,omitempty"`
	Data        any       `json:"data"` // the Event without its Secrets; null when erased
}

// MessageOf returns what the Feed tells of a Record.
func MessageOf(r events.Record) Message {
	return Message{
		SpecVersion: "1.0", ID: r.ID.String(), Type: r.Type, Source: "accountd", Time: r.Time.UTC(),
		Subject:     string(r.Aggregate.Kind) + "s/" + r.Aggregate.ID.String(),
		ContentType: "application/json",
		Sequence:    r.Sequence, Actor: r.Cause.Actor, Credential: r.Cause.Credential, RequestID: r.Cause.RequestID,
		TraceParent: r.Cause.TraceParent,
		Erased:      r.Erased, Data: events.Public(r.Event),
	}
}

const subjectPrefix = "feed."

// Subjects matches the subject of every message.
const Subjects = subjectPrefix + ">"

// Subject returns the subject of a message, or a filter for several: "*" stands for any kind, type or id. The type's
// version is left away.
func Subject(kind, typ, id string) string {
	return subjectPrefix + kind + "." + versionless(typ) + "." + id
}

// subjectsOf matches everything about one aggregate.
func subjectsOf(kind events.Kind, id uuid.UUID) string {
	return Subject(string(kind), "*", id.String())
}

// Payload returns the bytes of the message that tells of r.
func Payload(r events.Record) ([]byte, error) {
	payload, err := json.Marshal(MessageOf(r))
	if err != nil {
		return nil, fmt.Errorf("encoding record %d for the feed: %w", r.Sequence, err)
	}
	return payload, nil
}

// message returns the message that tells of r.
func message(r events.Record) (*nats.Msg, error) {
	payload, err := Payload(r)
	if err != nil {
		return nil, err
	}
	return &nats.Msg{
		Subject: Subject(string(r.Aggregate.Kind), r.Type, r.Aggregate.ID.String()),
		Header:  nats.Header{headerMsgID: {decimal(r.Sequence)}, headerContentType: {ContentType}},
		Data:    payload,
	}, nil
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
