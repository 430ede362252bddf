package checkpoint

import (
	"encoding/binary"
	"errors"
	"reflect"
)

// errEncoding stands for bytes that no coder wrote.
var errEncoding = errors.New("not a value of the type")

// input is what is left to be read.
type input struct{ b []byte }

// decode reads a value into what v points at. It returns errEncoding when the bytes are not one, or more.
func (c coder) decode(b []byte, v any) error {
	in := &input{b}
	if err := c.next(in, v); err != nil {
		return err
	}
	return in.end()
}

// next reads the next value into what v points at. It returns errEncoding when there is none.
func (c coder) next(in *input, v any) (err error) {
	defer func() {
		if r := recover(); r != nil && r != any(errEncoding) {
			panic(r)
		} else if r != nil {
			err = errEncoding
		}
	}()
	c.get(in, reflect.ValueOf(v).Elem())
	return nil
}

// end returns errEncoding when something is left.
func (in *input) end() error {
	if len(in.b) > 0 {
		return errEncoding
	}
	return nil
}

// take returns the next n bytes, which must be there.
func (in *input) take(n int) []byte {
	if n > len(in.b) {
		panic(errEncoding)
	}
	b := in.b[:n]
	in.b = in.b[n:]
	return b
}

func (in *input) byte() byte { return in.take(1)[0] }

func (in *input) int() int64 {
	n, size := binary.Varint(in.b)
	return read(in, n, size)
}

func (in *input) uint() uint64 {
	n, size := binary.Uvarint(in.b)
	return read(in, n, size)
}

func read[T any](in *input, n T, size int) T {
	if size <= 0 {
		panic(errEncoding)
	}
	in.take(size)
	return n
}

// count returns a number of bytes or values; none of these takes less than a byte.
func (in *input) count() int {
	n := in.uint()
	if n > uint64(len(in.b)) {
		panic(errEncoding)
	}
	return int(n)
}
