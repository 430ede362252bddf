package eventlog

import (
	"encoding/hex"
	"errors"
	"fmt"

	"accountd/events"
	"accountd/events/seal"
)

// blockKeys is the number of data keys in a block.
const blockKeys = 256

// A block is stored as one message:
//
//	version, 1 byte: 1
//	the master key's fingerprint, 16 hex digits
//	for each of the 256 places: the wrapped data key, 60 bytes, or zeros once the key is destroyed
const (
	blockVersion = 1
	blockHead    = 1 + seal.FingerprintSize
	blockSize    = blockHead + blockKeys*seal.WrappedSize
)

// errBlock stands for a message of the key stream that is no block, or one that does not open.
var errBlock = errors.New("damaged block of data keys")

// wrappedBlock is a block as it is stored.
type wrappedBlock []byte

// keyContext appends to b what binds a wrapped key to its place.
func keyContext(b []byte, id events.KeyID) []byte {
	return id.Append(append(b, "accountd data key "...))
}

func (b wrappedBlock) place(index uint16) []byte {
	from := blockHead + int(index)*seal.WrappedSize
	return b[from : from+seal.WrappedSize]
}

func (b wrappedBlock) has(index uint16) bool {
	for _, c := range b.place(index) {
		if c != 0 {
			return true
		}
	}
	return false
}

// without returns the block with that place empty.
func (b wrappedBlock) without(index uint16) wrappedBlock {
	c := append(wrappedBlock(nil), b...)
	clear(c.place(index))
	return c
}

// check returns [ErrWrongKey] for a block that another master key wrapped.
func (b wrappedBlock) check(master *seal.Master) error {
	if len(b) != blockSize || b[0] != blockVersion {
		return errBlock
	}
	fingerprint := string(b[1:blockHead])
	if _, err := hex.DecodeString(fingerprint); err != nil {
		return errBlock
	}
	if fingerprint != master.Fingerprint() {
		return fmt.Errorf("%w: its fingerprint is %s, the log's is %s", ErrWrongKey, master.Fingerprint(), fingerprint)
	}
	return nil
}

// keyBlock holds the data keys of a block in memory.
type keyBlock struct {
	keys    [blockKeys]seal.DataKey
	present [blockKeys]bool // not destroyed
}

// wrap returns the block as it is stored.
func (b *keyBlock) wrap(id uint64, master *seal.Master) wrappedBlock {
	w := make(wrappedBlock, blockSize)
	w[0] = blockVersion
	copy(w[1:], master.Fingerprint())
	for i := range uint16(blockKeys) {
		if b.present[i] {
			copy(w.place(i), master.Wrap(b.keys[i], keyContext(nil, events.KeyID{Block: id, Index: i})))
		}
	}
	return w
}

func (b wrappedBlock) unwrap(id uint64, master *seal.Master) (*keyBlock, error) {
	if err := b.check(master); err != nil {
		return nil, err
	}
	block := new(keyBlock)
	var context []byte
	for i := range uint16(blockKeys) {
		if !b.has(i) {
			continue
		}
		context = keyContext(context[:0], events.KeyID{Block: id, Index: i})
		key, err := master.Unwrap(b.place(i), context)
		if err != nil {
			return nil, fmt.Errorf("%w: place %d: %w", errBlock, i, err)
		}
		block.keys[i], block.present[i] = key, true
	}
	return block, nil
}
