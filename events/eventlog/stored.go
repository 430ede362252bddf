package eventlog

import (
	"context"
	"fmt"
	"log/slog"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/seal"

	"github.com/nats-io/nats.go"
)

// Stored is a Record as it stands in the store: sealed, and whole enough to compute its chain hash. Its JSON is a line
// of an export.
type Stored struct {
	Sequence uint64            `json:"sequence"`
	Subject  string            `json:"subject"`
	Headers  map[string]string `json:"headers"` // those of the envelope that are there, and acc-chain
	Data     []byte            `json:"data"`
}

// Claimed returns the chain hash that the Record claims. It returns [ErrEnvelope] when it claims none.
func (s Stored) Claimed() (events.Chain, error) {
	chain, err := events.ParseChain(s.Headers[chainHeader])
	if err != nil {
		return chain, fmt.Errorf("%w: %s: %.80q", ErrEnvelope, chainHeader, s.Headers[chainHeader])
	}
	return chain, nil
}

// ChainBehind returns the chain hash that the Record has behind one with the chain hash previous.
func (s Stored) ChainBehind(previous events.Chain) events.Chain {
	var e envelope
	for i, name := range fieldNames {
		e[i] = s.Headers[name]
	}
	return new(chained).next(previous, s.Sequence, s.Subject, &e, s.Data)
}

func (s Stored) msg() *nats.Msg {
	h := make(nats.Header, len(s.Headers))
	for name, value := range s.Headers {
		h[name] = []string{value}
	}
	return &nats.Msg{Subject: s.Subject, Header: h, Data: s.Data}
}

func storedOf(m placedMsg) (Stored, error) {
	s := Stored{Sequence: m.sequence, Subject: m.msg.Subject, Headers: make(map[string]string, fieldCount+1),
		Data: m.msg.Data}
	for _, name := range append(fieldNames[:], chainHeader) {
		switch values := m.msg.Header[name]; {
		case len(values) == 1 && values[0] != "":
			s.Headers[name] = values[0]
		case len(values) > 1:
			return s, RecordError{Sequence: m.sequence, Err: fmt.Errorf("%w: more than one %s", ErrEnvelope, name)}
		}
	}
	return s, nil
}

// ReadStored gives each the Records behind the sequence after up to and with until, in order, as they are stored. It
// needs no key and verifies nothing but that each is there: it returns [GapError], or [RecordError] with
// [ErrUnreadable].
func ReadStored(ctx context.Context, e *engine.Engine, after, until uint64, each func(Stored) error) error {
	if after >= until {
		return nil
	}
	r := reader{engine: e, stream: Stream, next: after + 1, until: until, pull: replayPull, gapless: true,
		log: slog.New(slog.DiscardHandler)}
	return r.read(ctx, func(batch []placedMsg) error {
		for _, m := range batch {
			s, err := storedOf(m)
			if err == nil {
				err = each(s)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Last returns the sequence of the newest Record that the engine has, 0 for none.
func Last(ctx context.Context, e *engine.Engine) (uint64, error) { return leaderLast(ctx, e, Stream) }

// ReadStored is the function of that name for this Log.
func (l *Log) ReadStored(ctx context.Context, after, until uint64, each func(Stored) error) error {
	return ReadStored(ctx, l.engine, after, until, each)
}

// StoredBlock is a block of data keys as it stands in the store, wrapped by the master key. Its JSON is a line of an
// export.
type StoredBlock struct {
	Subject string `json:"block"`
	Data    []byte `json:"data"`
}

// ReadBlocks gives each every block of data keys. Of one that was written anew meanwhile there may be two states; the
// later one counts.
func ReadBlocks(ctx context.Context, e *engine.Engine, each func(StoredBlock) error) error {
	last, err := leaderLast(ctx, e, KeyStream)
	if err != nil || last == 0 {
		return err
	}
	r := reader{engine: e, stream: KeyStream, next: 1, until: last, pull: 64, log: slog.New(slog.DiscardHandler)}
	return r.read(ctx, func(batch []placedMsg) error {
		for _, m := range batch {
			if err := each(StoredBlock{Subject: m.msg.Subject, Data: m.msg.Data}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ReadBlocks is the function of that name for this Log.
func (l *Log) ReadBlocks(ctx context.Context, each func(StoredBlock) error) error {
	return ReadBlocks(ctx, l.engine, each)
}

// Opener opens Stored Records with the blocks that it was given. It is not safe for concurrent use.
type Opener struct {
	keys  *keyring
	codec codec
}

// NewOpener returns an Opener for blocks that the master key wraps.
func NewOpener(master *seal.Master) *Opener {
	o := &Opener{keys: newKeyring(Options{Master: master})}
	o.codec.keys = func(id events.KeyID) (key seal.DataKey, err error) {
		key, known, err := o.keys.known(id)
		if !known {
			err = fmt.Errorf("%w: block %016x", ErrLostKeys, id.Block)
		}
		return key, err
	}
	return o
}

// Add takes a block. It returns [ErrWrongKey] for one that another master key wraps.
func (o *Opener) Add(b StoredBlock) error {
	_, err := o.keys.add(&nats.Msg{Subject: b.Subject, Data: b.Data})
	return err
}

// Open reads a Record, without verifying its chain hash. It returns a [RecordError].
func (o *Opener) Open(s Stored) (events.Record, error) {
	r, err := o.codec.decode(s.Sequence, s.msg())
	if err != nil {
		return r, RecordError{Sequence: s.Sequence, Err: err}
	}
	return r, nil
}
