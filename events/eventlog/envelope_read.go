package eventlog

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unique"

	"accountd/events"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
)

// record reads what newEnvelope wrote; the rest of the Record is left zero. Every error is [ErrEnvelope].
func (e *envelope) record() (r events.Record, err error) {
	if e[fieldVersion] != envelopeVersion {
		return r, fmt.Errorf("%w: version %q", ErrEnvelope, e[fieldVersion])
	}
	p := envelopeReader{e: e}
	r.ID = p.id(fieldID, e[fieldID])
	r.Type = p.common(fieldType)
	r.Time = p.time(fieldTime)
	r.Command, r.Index, r.Of = p.command(fieldCommand)
	r.Cause = events.Cause{
		Actor:       p.common(fieldActor),
		Credential:  p.common(fieldCredential),
		Dialect:     p.common(fieldDialect),
		RequestID:   p.text(fieldRequest),
		TraceParent: p.text(fieldTrace),
		AddressKey:  p.key(fieldAddressKey),
	}
	r.Assigned = p.number(fieldNumber)
	r.Key = p.key(fieldKey)
	return r, p.err
}

// envelopeReader reads single fields and keeps the first error.
type envelopeReader struct {
	e   *envelope
	err error
}

func (p *envelopeReader) fail(field int) {
	if p.err == nil {
		p.err = fmt.Errorf("%w: %s: %.80q", ErrEnvelope, fieldNames[field], p.e[field])
	}
}

// text reads free text. It is copied, or it would keep the whole message's headers in memory.
func (p *envelopeReader) text(field int) string {
	s := p.e[field]
	if !strings.Contains(s, "%") {
		return strings.Clone(s)
	}
	s, err := url.PathUnescape(s)
	if err != nil {
		p.fail(field)
	}
	return s
}

// common reads a text of which there are few different ones, and keeps one copy of each.
func (p *envelopeReader) common(field int) string {
	s := p.e[field]
	if strings.Contains(s, "%") {
		s = p.text(field)
	}
	return unique.Make(s).Value()
}

func (p *envelopeReader) id(field int, s string) uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		p.fail(field)
	}
	return id
}

func (p *envelopeReader) time(field int) time.Time {
	t, err := time.Parse(time.RFC3339Nano, p.e[field])
	if err != nil {
		p.fail(field)
	}
	return t.UTC()
}

func (p *envelopeReader) command(field int) (command uuid.UUID, index, of int) {
	id, place, ok := strings.Cut(p.e[field], " ")
	k, n, ok2 := strings.Cut(place, "/")
	index, err := strconv.Atoi(k)
	of, err2 := strconv.Atoi(n)
	if !ok || !ok2 || err != nil || err2 != nil || index < 1 || index > of {
		p.fail(field)
		return uuid.UUID{}, 0, 0
	}
	return p.id(field, id), index, of
}

func (p *envelopeReader) key(field int) events.KeyID {
	id, err := events.ParseKeyID(p.e[field])
	if err != nil {
		p.fail(field)
	}
	return id
}

func (p *envelopeReader) number(field int) events.Number {
	s := p.e[field]
	if s == "" {
		return events.Number{}
	}
	kind, value, ok := strings.Cut(s, "=")
	v, err := strconv.ParseInt(value, 10, 64)
	if !ok || err != nil || kind == "" || v < 1 {
		p.fail(field)
		return events.Number{}
	}
	return events.Number{Kind: events.NumberKind(unique.Make(kind).Value()), Value: v}
}

// readHeader reads what header wrote.
func (e *envelope) readHeader(h nats.Header) (events.Chain, error) {
	for i, name := range fieldNames {
		e[i] = ""
		if values := h[name]; len(values) == 1 {
			e[i] = values[0]
		} else if len(values) > 1 {
			return events.Chain{}, fmt.Errorf("%w: more than one %s", ErrEnvelope, name)
		}
	}
	return readChain(h)
}

func readChain(h nats.Header) (events.Chain, error) {
	values := h[chainHeader]
	if len(values) != 1 {
		return events.Chain{}, fmt.Errorf("%w: not one %s", ErrEnvelope, chainHeader)
	}
	chain, err := events.ParseChain(values[0])
	if err != nil {
		return events.Chain{}, fmt.Errorf("%w: %s: %.80q", ErrEnvelope, chainHeader, values[0])
	}
	return chain, nil
}
