package eventlog

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"accountd/events/engine"
	"accountd/events/seal"

	"github.com/nats-io/nats.go"
)

// Rotation says which master key takes the place of which.
type Rotation struct {
	Engine   *engine.Engine
	Old, New *seal.Master
	Logger   *slog.Logger // nil drops the lines
}

// Rotate wraps every data key of the Log with the new master key, erases what the old one wrapped, and returns how many
// blocks of keys there are. No instance of the service may run. It may be broken off anywhere and is finished by
// another call with the same keys; until then neither of them alone opens the Log. It returns [ErrNoLog], [ErrSameKey],
// [ErrInUse], or [ErrWrongKey] when neither is the Log's key; then, as a rule, nothing was changed.
func Rotate(ctx context.Context, r Rotation) (blocks int, err error) {
	if r.Logger == nil {
		r.Logger = slog.New(slog.DiscardHandler)
	}
	if r.Old.Fingerprint() == r.New.Fingerprint() {
		return 0, ErrSameKey
	}
	found, err := findStreams(ctx, r.Engine)
	if err != nil {
		return 0, err
	}
	if found.log == nil || found.keys == nil || found.keys.State.LastSeq == 0 {
		return 0, ErrNoLog
	}
	if err := r.unused(ctx); err != nil {
		return 0, err
	}
	last := found.keys.State.LastSeq
	ids, err := r.survey(ctx, last)
	if err != nil {
		return 0, fmt.Errorf("reading the data keys: %w", err)
	}
	for _, id := range ids {
		if last, err = r.rewrap(ctx, id, last); err != nil {
			return 0, fmt.Errorf("wrapping block %016x anew: %w", id, err)
		}
	}
	return len(ids), r.undisturbed(ctx, last)
}

// unused returns [ErrInUse] when somebody waits for the Log's next record, as every instance does.
func (r Rotation) unused(ctx context.Context) error {
	stream, err := r.Engine.JetStream().Stream(ctx, Stream)
	if err != nil {
		return fmt.Errorf("looking for those who follow the log: %w", err)
	}
	consumers := stream.ListConsumers(ctx)
	for c := range consumers.Info() {
		if c.NumWaiting > 0 {
			err = fmt.Errorf("%w: an instance of the service follows it; stop all of them first", ErrInUse)
		}
	}
	if failed := consumers.Err(); failed != nil {
		return fmt.Errorf("looking for those who follow the log: %w", failed)
	}
	return err
}

// undisturbed returns [ErrInUse] when somebody else wrote keys, or runs by now.
func (r Rotation) undisturbed(ctx context.Context, last uint64) error {
	now, err := patiently(ctx, func(ctx context.Context) (uint64, error) {
		return leaderLast(ctx, r.Engine,
			KeyStream)
	})
	if err == nil && now != last {
		err = fmt.Errorf("%w: an instance of the service wrote data keys meanwhile; stop all of them and rotate again",
			ErrInUse)
	}
	if err != nil {
		return err
	}
	return r.unused(ctx)
}

// survey returns every block there is, after it has opened all of them: nothing is written before it is clear that all
// can be.
func (r Rotation) survey(ctx context.Context, last uint64) (ids []uint64, err error) {
	known := map[uint64]bool{}
	read := reader{engine: r.Engine, stream: KeyStream, next: 1, until: last, pull: 64, log: r.Logger}
	err = read.read(ctx, func(batch []placedMsg) error {
		for _, m := range batch {
			id, err := parseBlockSubject(m.msg.Subject)
			if err != nil {
				return err
			}
			if _, err := r.open(id, m.msg.Data); err != nil {
				return fmt.Errorf("block %016x: %w", id, err)
			}
			if !known[id] {
				known[id] = true
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

// open opens a block that either key wrapped.
func (r Rotation) open(id uint64, block wrappedBlock) (*keyBlock, error) {
	if block.check(r.New) == nil {
		return block.unwrap(id, r.New)
	}
	return block.unwrap(id, r.Old)
}

// rewrap stores the block as the new key wraps it, unless that is done, and erases its older messages. It returns the
// sequence of the stream's newest message, which was last.
func (r Rotation) rewrap(ctx context.Context, id, last uint64) (uint64, error) {
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	subject := blockSubject(id)
	err := retry(patient, func() error {
		newest, err := leaderGet(patient, r.Engine, KeyStream, messageQuery{LastFor: subject})
		if err != nil {
			return err
		}
		if wrappedBlock(newest.msg.Data).check(r.New) != nil {
			if newest.sequence, err = r.replace(patient, id, newest); err != nil {
				return err
			}
		}
		last = max(last, newest.sequence)
		return eraseBefore(patient, r.Engine, subject, newest.sequence)
	})
	return last, err
}

// replace stores the block in place of the message that was its newest, and returns the sequence.
func (r Rotation) replace(ctx context.Context, id uint64, newest storedMessage) (uint64, error) {
	block, err := r.open(id, newest.msg.Data)
	if err != nil {
		return 0, permanent{err}
	}
	asked, cancel := context.WithTimeout(ctx, attemptFor)
	defer cancel()
	receipt, err := r.Engine.Publish(asked, &nats.Msg{
		Subject: blockSubject(id),
		Header:  nats.Header{headerExpectedLastSubject: {strconv.FormatUint(newest.sequence, 10)}},
		Data:    block.wrap(id, r.New),
	})
	return receipt.Sequence, err
}
