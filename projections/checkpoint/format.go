package checkpoint

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"

	"accountd/commands"
	"accountd/events"
	"accountd/events/seal"
	"accountd/projections"
)

// blockUsers is how many users a block has, but for the last.
const blockUsers = 4096

// maxBlock bounds what a length may claim, in bytes.
const maxBlock = 1 << 30

// errFormat stands for a file that is none of ours.
var errFormat = errors.New("not a checkpoint")

// header is the file's first line.
type header struct {
	Format  int      `json:"accountd_view"` // 3
	Program string   `json:"program"`
	Key     string   `json:"key"`
	Stale   []string `json:"stale,omitempty"` // keys of older files
}

// format is 3: that of the first release had no orders, and those of 2 compared domains of addresses by their letters.
const format = 3

// first is what the first block has.
type first struct {
	Saved  projections.Saved // without users and their orders
	Users  int
	Orders []projections.Field // of the blocks behind the users
}

// content is the sealed part of a file.
type content struct {
	key  seal.DataKey
	line []byte // the first one, which every block is bound to
}

func (c content) context(block int) []byte {
	return binary.BigEndian.AppendUint64(append([]byte("accountd checkpoint "), c.line...), uint64(block))
}

// write writes the line and the blocks.
func (c content) write(w io.Writer, s projections.Saved) error {
	out := bufio.NewWriterSize(w, 1<<20)
	_, _ = out.Write(c.line) // an error shows at the flush
	users, orders := s.Users, s.Orders
	s.Users, s.Orders = nil, nil
	begin := first{s, len(users), slices.Sorted(maps.Keys(orders))}
	c.block(out, 0, coderOf(reflect.TypeFor[first]()).encode(nil, &begin))
	coder, block := coderOf(reflect.TypeFor[commands.User]()), 1
	var plain []byte
	for some := range slices.Chunk(users, blockUsers) {
		plain = plain[:0]
		for _, u := range some {
			plain = coder.encode(plain, u)
		}
		c.block(out, block, plain)
		block++
	}
	for _, f := range begin.Orders {
		c.block(out, block, encodePlaces(plain[:0], orders[f]))
		block++
	}
	return out.Flush()
}

func (c content) block(out *bufio.Writer, block int, plain []byte) {
	sealed := seal.Seal(c.key, plain, c.context(block))
	_, _ = out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))))
	_, _ = out.Write(sealed)
}

// readHeader reads the first line.
func readHeader(in *bufio.Reader) (h header, line []byte, err error) {
	line, err = in.ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &h) != nil || h.Format != format {
		return header{}, nil, errFormat
	}
	return h, line, nil
}

// keys returns those that the line names, the file's own last.
func (h header) keys() (keys []events.KeyID, err error) {
	for _, text := range append(h.Stale, h.Key) {
		id, err := events.ParseKeyID(text)
		if err != nil {
			return nil, errFormat
		}
		keys = append(keys, id)
	}
	return keys, nil
}

// readFirst reads what the first block has.
func readFirst(plain []byte) (f first, err error) {
	err = coderOf(reflect.TypeFor[first]()).decode(plain, &f)
	return f, err
}

// readRest reads the other blocks, decoding them on all processors.
func (c content) readRest(in *bufio.Reader, begin first) (projections.Saved, error) {
	s := begin.Saved
	s.Users = make([]*commands.User, begin.Users)
	s.Orders = map[projections.Field][]uint32{}
	r := newBlockReader(c, in)
	coder := coderOf(reflect.TypeFor[commands.User]())
	for users := range slices.Chunk(s.Users, blockUsers) {
		r.next(func(plain []byte) error { return decodeUsers(coder, plain, users) })
	}
	places := make([][]uint32, len(begin.Orders))
	for i := range begin.Orders {
		r.next(func(plain []byte) (err error) { places[i], err = decodePlaces(plain); return err })
	}
	err := r.end()
	for i, f := range begin.Orders {
		s.Orders[f] = places[i]
	}
	return s, err
}

func decodeUsers(c coder, plain []byte, users []*commands.User) error {
	in := &input{plain}
	for i := range users {
		users[i] = new(commands.User)
		if err := c.next(in, users[i]); err != nil {
			return err
		}
	}
	return in.end()
}

// encodePlaces appends the places, 4 bytes each.
func encodePlaces(b []byte, places []uint32) []byte {
	for _, place := range places {
		b = binary.BigEndian.AppendUint32(b, place)
	}
	return b
}

func decodePlaces(b []byte) ([]uint32, error) {
	if len(b)%4 != 0 {
		return nil, errEncoding
	}
	places := make([]uint32, len(b)/4)
	for i := range places {
		places[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	return places, nil
}

func (c content) open(in *bufio.Reader, block int) ([]byte, error) {
	sealed, err := readBlock(in, nil)
	if err != nil {
		return nil, err
	}
	return seal.Open(c.key, sealed, c.context(block))
}

// readBlock reads a block into buffer, if that is large enough.
func readBlock(in *bufio.Reader, buffer []byte) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return nil, fmt.Errorf("%w: it is cut off", errFormat)
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxBlock {
		return nil, errFormat
	}
	sealed := slices.Grow(buffer[:0], int(n))[:n]
	if _, err := io.ReadFull(in, sealed); err != nil {
		return nil, fmt.Errorf("%w: it is cut off", errFormat)
	}
	return sealed, nil
}
