package mend

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"accountd/events/durable"

	"github.com/klauspost/compress/s2"
)

// ErrBlock is returned by [Store] for a compressed block that the server would append to, or has appended to, and that
// cannot be written anew without compression: it was damaged besides.
var ErrBlock = errors.New("a block of the store is damaged: restore the store from a backup; nothing was changed")

// kind is what a block is.
type kind int

const (
	plain      kind = iota // records, or nothing
	compressed             // and nothing behind it
	mixed                  // compressed, with something behind it
)

const (
	minRecord    = 30 // a record without subject and payload
	checksumSize = 8
	hasHeaders   = 1 << 31
	s2Mark       = "cmp\x01" // begins a compressed block
	maxHeader    = 4 + binary.MaxVarintLen64
)

// layout says where the parts of a compressed block are.
type layout struct {
	body, end int64 // of the S2 stream and the 8 bytes behind it
	records   int64 // length of the records
	size      int64 // of the file
}

// kind looks at the block. Of a compressed one it reads the lengths of its parts only.
func (b block) kind() (kind, error) {
	file, err := os.Open(b.path)
	if err != nil {
		return plain, err
	}
	defer file.Close()
	l, ok, err := readLayout(file)
	switch {
	case err != nil:
		return plain, fmt.Errorf("%w: %s: %w", ErrBlock, b.path, err)
	case !ok:
		return plain, nil
	case l.size > l.end:
		return mixed, nil
	}
	return compressed, nil
}

// readLayout reports false for a block that is not compressed.
func readLayout(file *os.File) (l layout, ok bool, err error) {
	info, err := file.Stat()
	if err != nil {
		return l, false, err
	}
	l.size = info.Size()
	var head [maxHeader]byte
	n, err := file.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return l, false, err
	}
	if n < 5 || string(head[:4]) != s2Mark {
		return l, false, nil
	}
	records, varint := binary.Uvarint(head[4:n])
	if varint <= 0 || records < minRecord || records > 1<<31 {
		return l, true, errors.New("it does not say how long its records are")
	}
	l.records, l.body = int64(records), int64(4+varint)
	end, err := endOfStream(file, l.body, l.records-checksumSize)
	l.end = end + checksumSize
	if err == nil && l.end > l.size {
		err = io.ErrUnexpectedEOF
	}
	return l, true, err
}

// endOfStream returns where the S2 stream that begins there has given so many bytes. A chunk of it is a byte for its
// kind, its length (3 bytes, little-endian) and so many bytes; those of data begin with a checksum of 4 bytes.
func endOfStream(file *os.File, at, want int64) (int64, error) {
	const chunkCompressed, chunkPlain, crc = 0, 1, 4
	var head [4 + crc + binary.MaxVarintLen32]byte
	for have := int64(0); have < want; {
		n, err := file.ReadAt(head[:], at)
		if n < 4 {
			return at, fmt.Errorf("its compressed part ends too early: %w", err)
		}
		length := int64(head[1]) | int64(head[2])<<8 | int64(head[3])<<16
		switch head[0] {
		case chunkCompressed:
			given, varint := binary.Uvarint(head[min(4+crc, n):n])
			if varint <= 0 {
				return at, errors.New("its compressed part cannot be read")
			}
			have += int64(given)
		case chunkPlain:
			have += length - crc
		}
		if have > want {
			return at, errors.New("its compressed part is longer than it says")
		}
		at += 4 + length
	}
	return at, nil
}

// rewrite puts the block's records in its place, without compression.
func (m *mender) rewrite(folder string, b block, k kind) error {
	records, err := b.records()
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrBlock, b.path, err)
	}
	if k == mixed {
		// The index was written by a server that took the block for something else; the next one makes it anew.
		if err := os.Remove(filepath.Join(folder, "msgs", "index.db")); err != nil && !os.IsNotExist(err) {
			return err
		}
		m.log.Warn("the engine went on writing into a compressed block: taking it apart", "stream", b.stream, "block",
			b.number)
	} else {
		m.log.Info("the store ends with a compressed block: writing it without compression", "stream", b.stream,
			"block", b.number)
	}
	return durable.Replace(b.path, records)
}

// records returns all records of a compressed block, those that were written behind it too.
func (b block) records() ([]byte, error) {
	file, err := os.Open(b.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	l, _, err := readLayout(file)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, l.size)
	if _, err := io.ReadFull(file, raw); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(s2.NewReader(bytes.NewReader(raw[l.body : l.end-checksumSize])))
	if err != nil {
		return nil, fmt.Errorf("its compressed part cannot be read: %w", err)
	}
	out = append(out, raw[l.end-checksumSize:l.end]...)
	if whole := b.whole(out); int64(whole) != l.records {
		return nil, fmt.Errorf("the record at %d of its compressed part is damaged", whole)
	}
	appended, err := l.behind(raw)
	return append(out, appended...), err
}

// behind returns what the server wrote behind the compressed part. Its first record stands where it would if the block
// was not compressed; what may be torn at the end is the server's to cut off, as always.
func (l layout) behind(raw []byte) ([]byte, error) {
	gap := min(max(l.records, l.end), l.size)
	if len(bytes.Trim(raw[l.end:gap], "\x00")) > 0 {
		return nil, errors.New("it is not known what stands behind its compressed part")
	}
	return raw[gap:], nil
}

// empty reports whether the server will find nothing in a plain block, and throw it away.
func (b block) empty() (bool, error) {
	content, err := os.ReadFile(b.path)
	return err == nil && b.first(content) == 0, err
}

// whole returns how long the whole records are with which the content begins.
func (b block) whole(content []byte) int {
	at := 0
	for {
		length := b.first(content[at:])
		if length == 0 {
			return at
		}
		at += length
	}
}

// first returns the length of the record with which the content begins, 0 when it is not whole.
func (b block) first(content []byte) int {
	if len(content) < minRecord {
		return 0
	}
	length := binary.LittleEndian.Uint32(content)
	total, subject := int(length&^hasHeaders), int(binary.LittleEndian.Uint16(content[20:]))
	rest := 22 + subject // where headers and payload begin
	if length&hasHeaders != 0 {
		rest += 4
	}
	if total < rest+checksumSize || total > len(content) {
		return 0
	}
	hash := newHash(fmt.Sprintf("%s-%d", b.stream, b.number))
	hash.Write(content[4:20])
	hash.Write(content[22 : 22+subject])
	hash.Write(content[rest : total-checksumSize])
	if !bytes.Equal(hash.Sum(nil), content[total-checksumSize:total]) {
		return 0
	}
	return total
}
