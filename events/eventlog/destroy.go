package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"accountd/events"
	"accountd/events/engine"

	"github.com/nats-io/nats.go"
)

// Destroy deletes a data key for good, here and in the store: nothing that it sealed can be read again. A key that is
// destroyed already is no error. Another instance has its copy until it destroys the key, too.
//
// The block is written anew without the key, then every older message of it is erased: the engine writes the file that
// held it anew. A crash between the two is made up for by calling Destroy again, or by the next Open.
func (l *Log) Destroy(ctx context.Context, id events.KeyID) error {
	if int(id.Index) >= blockKeys {
		return fmt.Errorf("destroying data key %s: %w", id, events.ErrKeyID)
	}
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := retry(patient, func() error {
		newest, err := l.rewrite(patient, id)
		if err != nil {
			return err
		}
		l.keys.forget(id)
		return eraseBefore(patient, l.engine, blockSubject(id.Block), newest)
	})
	if err != nil {
		return fmt.Errorf("destroying data key %s: %w", id, err)
	}
	return nil
}

// rewrite stores the key's block without it, and returns that message's sequence.
func (l *Log) rewrite(ctx context.Context, id events.KeyID) (uint64, error) {
	subject := blockSubject(id.Block)
	newest, err := sureGet(ctx, l.engine, KeyStream, messageQuery{LastFor: subject})
	if errors.Is(err, errNoMessage) {
		return 0, permanent{fmt.Errorf("%w: block %016x", ErrLostKeys, id.Block)}
	}
	if err != nil {
		return 0, err
	}
	block := wrappedBlock(newest.msg.Data)
	if err := block.check(l.keys.master); err != nil {
		return 0, permanent{err}
	}
	if !block.has(id.Index) {
		return newest.sequence, nil
	}
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	// The guard fails when another key of the block was destroyed meanwhile; then the new block is taken.
	r, err := l.engine.Publish(asked, &nats.Msg{
		Subject: subject,
		Header:  nats.Header{headerExpectedLastSubject: {strconv.FormatUint(newest.sequence, 10)}},
		Data:    block.without(id.Index),
	})
	return r.Sequence, err
}

// eraseBefore erases the messages of a subject that are older than newest.
func eraseBefore(ctx context.Context, e *engine.Engine, subject string, newest uint64) error {
	for {
		oldest, err := leaderGet(ctx, e, KeyStream, messageQuery{Sequence: 1, NextFor: subject})
		if err != nil {
			return err
		}
		if oldest.sequence >= newest {
			return nil
		}
		if err := erase(ctx, e, oldest.sequence); err != nil {
			return err
		}
	}
}

// erase deletes a message of the key stream and its bytes in the store. A message that is not there is no error.
func erase(ctx context.Context, e *engine.Engine, sequence uint64) error {
	asked, cancel := context.WithTimeout(ctx, patience/2)
	defer cancel()
	stream, err := e.JetStream().Stream(asked, KeyStream)
	if err != nil {
		return fmt.Errorf("erasing a block of data keys: %w", err)
	}
	failed := stream.SecureDeleteMsg(asked, sequence)
	if failed == nil {
		return nil
	}
	if _, err := sureGet(ctx, e, KeyStream, messageQuery{Sequence: sequence}); errors.Is(err, errNoMessage) {
		return nil
	}
	return fmt.Errorf("erasing a block of data keys: %w", failed)
}

// HasKey reports whether this instance can use the data key: it is not destroyed, or not yet known to be.
func (l *Log) HasKey(ctx context.Context, id events.KeyID) (bool, error) {
	_, err := l.keys.get(ctx, id)
	if errors.Is(err, ErrKeyGone) {
		return false, nil
	}
	return err == nil, err
}

// Derive returns a secret of 32 bytes that follows from a data key and a purpose, the same for every instance and under
// every master key. It returns [ErrKeyGone] for a destroyed key.
func (l *Log) Derive(ctx context.Context, id events.KeyID, purpose string) ([]byte, error) {
	key, err := l.keys.get(ctx, id)
	if err != nil {
		return nil, err
	}
	return key.Derive(purpose), nil
}
