package checkpoint

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"sync"

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
	Format  int      `json:"accountd_view"` // 1
	Program string   `json:"program"`
	Key     string   `json:"key"`
	Stale   []string `json:"stale,omitempty"` // keys of older files
}

const format = 1

// first is what the first block has.
type first struct {
	Saved projections.Saved // without users
	Users int
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
	users := s.Users
	s.Users = nil
	_, _ = out.Write(c.line) // an error shows at the flush
	c.block(out, 0, coderOf(reflect.TypeFor[first]()).encode(nil, &first{s, len(users)}))
	coder := coderOf(reflect.TypeFor[commands.User]())
	var plain []byte
	for block := 1; len(users) > 0; block++ {
		n := min(blockUsers, len(users))
		plain = plain[:0]
		for _, u := range users[:n] {
			plain = coder.encode(plain, u)
		}
		c.block(out, block, plain)
		users = users[n:]
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

// readUsers reads the other blocks, decoding them on all processors.
func (c content) readUsers(in *bufio.Reader, count int) ([]*commands.User, error) {
	users := make([]*commands.User, count)
	coder := coderOf(reflect.TypeFor[commands.User]())
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var work sync.WaitGroup
	var once sync.Once
	var failed error
	fail := func(err error) { once.Do(func() { failed = err }) }
	for from, block := 0, 1; from < count; from, block = from+blockUsers, block+1 {
		sealed, err := readBlock(in)
		if err != nil {
			fail(err)
			break
		}
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			plain, err := seal.Open(c.key, sealed, c.context(block))
			if err == nil {
				err = decodeUsers(coder, plain, users[from:min(from+blockUsers, count)])
			}
			if err != nil {
				fail(fmt.Errorf("block %d: %w", block, err))
			}
		})
	}
	work.Wait()
	if _, err := in.ReadByte(); err != io.EOF {
		fail(fmt.Errorf("%w: there is more behind it", errFormat))
	}
	return users, failed
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

func (c content) open(in *bufio.Reader, block int) ([]byte, error) {
	sealed, err := readBlock(in)
	if err != nil {
		return nil, err
	}
	return seal.Open(c.key, sealed, c.context(block))
}

func readBlock(in *bufio.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return nil, fmt.Errorf("%w: it is cut off", errFormat)
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxBlock {
		return nil, errFormat
	}
	sealed := make([]byte, n)
	if _, err := io.ReadFull(in, sealed); err != nil {
		return nil, fmt.Errorf("%w: it is cut off", errFormat)
	}
	return sealed, nil
}
