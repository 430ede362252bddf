package checkpoint

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"sync"

	"accountd/events/seal"
)

// blockReader reads the blocks behind the first one, and opens and decodes them on all processors.
type blockReader struct {
	content
	in    *bufio.Reader
	block int
	ended bool // before its end
	free  chan *buffers
	work  sync.WaitGroup
	once  sync.Once
	err   error // the first one, when work has ended
}

// buffers are what one block at a time is read and opened in.
type buffers struct{ sealed, plain []byte }

func newBlockReader(c content, in *bufio.Reader) *blockReader {
	r := &blockReader{content: c, in: in, free: make(chan *buffers, runtime.GOMAXPROCS(0)+1)}
	for range cap(r.free) {
		r.free <- new(buffers)
	}
	return r
}

func (r *blockReader) fail(err error) { r.once.Do(func() { r.err = err }) }

// next reads the next block, and begins to decode it. What decode is given it may not keep.
func (r *blockReader) next(decode func(plain []byte) error) {
	if r.ended {
		return
	}
	r.block++
	block, b := r.block, <-r.free
	sealed, err := readBlock(r.in, b.sealed)
	if err != nil {
		r.ended = true
		r.fail(err)
		return
	}
	b.sealed = sealed
	r.work.Go(func() {
		defer func() { r.free <- b }()
		plain, err := seal.AppendOpen(b.plain[:0], r.key, b.sealed, r.context(block))
		if err == nil {
			b.plain = plain
			err = decode(plain)
		}
		if err != nil {
			r.fail(fmt.Errorf("block %d: %w", block, err))
		}
	})
}

// end returns the first error that there was, or one when there is more to read.
func (r *blockReader) end() error {
	r.work.Wait()
	if _, err := r.in.ReadByte(); err != io.EOF {
		r.fail(fmt.Errorf("%w: there is more behind it", errFormat))
	}
	return r.err
}
