package eventlog

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"accountd/events"
	"accountd/events/seal"

	"github.com/nats-io/nats.go"
)

// keySource gives the codec the data keys. It returns [ErrKeyGone] for a destroyed one.
type keySource func(events.KeyID) (seal.DataKey, error)

// codec turns Records into messages and back. It keeps buffers, so each goroutine has one of its own.
type codec struct {
	keys  keySource
	chain chained
	env   envelope
	aad   []byte
	plain []byte
}

// encode seals r's event and address and continues the chain. It returns the message, and the Record exactly as decode
// will read it: what an event becomes by being written and read is decided here, once.
func (c *codec) encode(r events.Record, previous events.Chain) (*nats.Msg, events.Record, error) {
	subject := r.Aggregate.Subject()
	e := newEnvelope(r)
	if err := c.sealAddress(&e, r.Cause, subject); err != nil {
		return nil, events.Record{}, err
	}
	if e.size() > maxHeaders {
		return nil, events.Record{}, fmt.Errorf("%w: envelope of %d bytes", ErrTooLarge, e.size())
	}
	content, err := json.Marshal(r.Event)
	if err != nil {
		return nil, events.Record{}, fmt.Errorf("writing %s: %w", r.Type, err)
	}
	key, err := c.keys(r.Key)
	if err != nil {
		return nil, events.Record{}, err
	}
	sealed := seal.Seal(key, content, c.contentContext(subject, &e))
	chain := c.chain.next(previous, r.Sequence, subject, &e, sealed)
	msg := &nats.Msg{Subject: subject, Header: e.header(chain), Data: sealed}
	read, err := c.decode(r.Sequence, msg)
	if err != nil {
		return nil, events.Record{}, fmt.Errorf("reading back %s: %w", r.Type, err)
	}
	return msg, read, nil
}

// sealAddress writes the address if there is a key for it. A key that is gone by now takes the address with it.
func (c *codec) sealAddress(e *envelope, cause events.Cause, subject string) error {
	if cause.Address == "" || cause.AddressKey.IsZero() {
		return nil
	}
	key, err := c.keys(cause.AddressKey)
	if errors.Is(err, ErrKeyGone) {
		return nil
	}
	if err != nil {
		return err
	}
	sealed := seal.Seal(key, []byte(cause.Address), c.addressContext(subject, e))
	e[fieldAddress] = base64.RawStdEncoding.EncodeToString(sealed)
	e[fieldAddressKey] = cause.AddressKey.String()
	return nil
}

// decode reads the Record of a message without verifying its chain. It returns [ErrEnvelope], events.ErrSubject,
// seal.ErrSealed, events.UnknownTypeError or a JSON error for a message that is no Record this release can read.
func (c *codec) decode(sequence uint64, msg *nats.Msg) (events.Record, error) {
	chain, err := c.env.readHeader(msg.Header)
	if err != nil {
		return events.Record{}, err
	}
	return c.read(sequence, msg, chain)
}

// decodeNext is decode for the Record behind the one with the chain hash previous. It also returns [ChainError].
func (c *codec) decodeNext(previous events.Chain, sequence uint64, msg *nats.Msg) (events.Record, error) {
	chain, err := c.env.readHeader(msg.Header)
	if err != nil {
		return events.Record{}, err
	}
	if c.chain.next(previous, sequence, msg.Subject, &c.env, msg.Data) != chain {
		return events.Record{}, ChainError{Sequence: sequence}
	}
	return c.read(sequence, msg, chain)
}

// read reads the Record of which the envelope is in c.env.
func (c *codec) read(sequence uint64, msg *nats.Msg, chain events.Chain) (events.Record, error) {
	r, err := c.env.record()
	if err != nil {
		return events.Record{}, err
	}
	if !events.Known(r.Type) {
		return events.Record{}, events.UnknownTypeError{Name: r.Type}
	}
	if r.Aggregate, err = events.ParseSubject(msg.Subject); err != nil {
		return events.Record{}, err
	}
	r.Sequence, r.Chain = sequence, chain
	if r.Cause.Address, err = c.openAddress(msg.Subject, r.Cause.AddressKey); err != nil {
		return events.Record{}, err
	}
	r.Event, err = c.openEvent(msg, r.Type, r.Key)
	if errors.Is(err, ErrKeyGone) {
		r.Erased = true
		return r, nil
	}
	return r, err
}

func (c *codec) openEvent(msg *nats.Msg, typ string, id events.KeyID) (events.Event, error) {
	key, err := c.keys(id)
	if err != nil {
		return nil, err
	}
	plain, err := seal.AppendOpen(c.plain[:0], key, msg.Data, c.contentContext(msg.Subject, &c.env))
	if err != nil {
		return nil, err
	}
	c.plain = plain
	return events.Unmarshal(typ, plain)
}

// openAddress returns the address, or nothing when there is none or its key is gone.
func (c *codec) openAddress(subject string, id events.KeyID) (string, error) {
	text := c.env[fieldAddress]
	if text == "" {
		return "", nil
	}
	sealed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("%w: %s is not base64", ErrEnvelope, fieldNames[fieldAddress])
	}
	key, err := c.keys(id)
	if errors.Is(err, ErrKeyGone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	address, err := seal.Open(key, sealed, c.addressContext(subject, &c.env))
	return string(address), err
}

// contentContext binds a payload to its subject, event id and type, with a zero byte between them.
func (c *codec) contentContext(subject string, e *envelope) []byte {
	b := append(c.aad[:0], subject...)
	b = append(append(b, 0), e[fieldID]...)
	b = append(append(b, 0), e[fieldType]...)
	c.aad = b
	return b
}

// addressContext binds an address like contentContext, and tells it from a payload.
func (c *codec) addressContext(subject string, e *envelope) []byte {
	c.aad = append(append(c.contentContext(subject, e), 0), "address"...)
	return c.aad
}
