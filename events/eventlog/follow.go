package eventlog

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"accountd/events"
)

// replayPull is how many messages Follow asks for at a time.
const replayPull = 4000

// Follow delivers every Record behind after to apply, in order: the whole history, then what is appended. It ends with
// ctx, and returns its cause, or when apply returns an error, which it returns. The events of one command come in one
// call, in which the events of other commands may come too; so after must be a place between commands. Every Record's
// chain hash is verified, from after.Chain on. Lost connections and consumers heal by themselves. Apply may keep what
// it is given.
//
// It returns [GapError], [ChainError] or [RecordError] when the Log cannot be trusted or read further, after delivering
// all before that.
func (l *Log) Follow(ctx context.Context, after events.Head, apply func([]events.Record) error) error {
	ctx, cancel := context.WithCancel(ctx)
	p := &pipeline{log: l, previous: after.Chain, chunks: make(chan *chunk, runtime.GOMAXPROCS(0))}
	r := reader{
		engine: l.engine, stream: Stream, next: after.Sequence + 1, pull: replayPull, gapless: true, log: l.log,
	}
	p.work.Go(func() {
		defer close(p.chunks)
		p.err = r.read(ctx, func(batch []placedMsg) error { return p.put(ctx, batch) })
	})
	err := p.drain(func(records []events.Record) error {
		l.saw(records[len(records)-1].Sequence)
		return apply(records)
	})
	cancel()
	p.work.Wait()
	return err
}

// pipeline reads, verifies and decodes on all processors and hands over in order. Each chunk is decoded by itself: for
// its first Record it needs only the chain hash that the Record before claims, which is verified in that one's chunk.
type pipeline struct {
	log      *Log
	previous events.Chain // claimed by the last Record that was read
	chunks   chan *chunk  // in order; their number bounds how many are decoded at a time
	err      error        // why reading ended, once chunks is closed
	work     sync.WaitGroup
}

// chunk is a run of Records.
type chunk struct {
	msgs     []placedMsg
	previous events.Chain

	done    chan struct{} // closed when the rest is there
	records []events.Record
	err     error // why there are fewer records than messages
}

// put starts to decode a batch of messages. It waits while too many are being decoded.
func (p *pipeline) put(ctx context.Context, batch []placedMsg) error {
	c := &chunk{msgs: append([]placedMsg(nil), batch...), previous: p.previous, done: make(chan struct{})}
	// An unreadable hash is reported by the decoding of that Record itself.
	p.previous, _ = readChain(batch[len(batch)-1].msg.Header)
	p.work.Go(func() { c.decode(ctx, p.log.codec(ctx)) })
	select {
	case p.chunks <- c:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *chunk) decode(ctx context.Context, codec codec) {
	defer close(c.done)
	c.records = make([]events.Record, 0, len(c.msgs))
	previous := c.previous
	for _, m := range c.msgs {
		r, err := codec.decodeNext(previous, m.sequence, m.msg)
		if err != nil {
			c.err = unreadable(ctx, m.sequence, err)
			return
		}
		previous = r.Chain
		c.records = append(c.records, r)
	}
}

// unreadable makes the error of a Record that could not be read. It may be that ctx ended while its key was fetched.
func unreadable(ctx context.Context, sequence uint64, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, ok := errors.AsType[ChainError](err); ok {
		return err
	}
	return RecordError{Sequence: sequence, Err: err}
}

// drain hands the chunks over, in whole commands.
func (p *pipeline) drain(apply func([]events.Record) error) error {
	var w whole
	for c := range p.chunks {
		<-c.done
		complete, err := w.add(c.records)
		if len(complete) > 0 {
			if err := apply(complete); err != nil {
				return err
			}
		}
		if err == nil {
			err = c.err
		}
		if err != nil {
			return err
		}
	}
	return p.err
}

// whole puts commands together again whose events were read apart.
type whole struct {
	waiting []events.Record // the first events of a command of which the rest has not come yet
}

// add returns all Records, waiting ones first, up to the end of the last command that is complete.
func (w *whole) add(records []events.Record) (complete []events.Record, err error) {
	all := records
	if len(w.waiting) > 0 {
		all = append(w.waiting, records...)
	}
	end := 0
	for i := len(w.waiting); i < len(all); i++ {
		if !follows(all[end:i], all[i]) {
			return all[:end], RecordError{Sequence: all[i].Sequence, Err: fmt.Errorf("%w: event %d of %d",
				ErrHalfCommand, all[i].Index, all[i].Of)}
		}
		if all[i].Index == all[i].Of {
			end = i + 1
		}
	}
	w.waiting = append([]events.Record(nil), all[end:]...)
	return all[:end:end], nil
}

// follows reports whether r is the next event of the command that began with the given ones, or the first of another.
func follows(begun []events.Record, r events.Record) bool {
	if r.Index != len(begun)+1 {
		return false
	}
	return len(begun) == 0 || begun[0].Command == r.Command && begun[0].Of == r.Of
}
