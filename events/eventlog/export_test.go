package eventlog

import (
	"context"

	"accountd/events/seal"
)

// What tests from outside need from inside.
var (
	LogConfig    = logConfig
	KeyConfig    = keyConfig
	BlockSubject = blockSubject
)

// WrappedKey returns a wrapped key of a stored block.
func WrappedKey(block []byte, index uint16) []byte {
	return append([]byte(nil), wrappedBlock(block).place(index)...)
}

// Rewrapped returns a stored block as another master key wraps it.
func Rewrapped(block []byte, id uint64, old, next *seal.Master) ([]byte, error) {
	keys, err := wrappedBlock(block).unwrap(id, old)
	if err != nil {
		return nil, err
	}
	return keys.wrap(id, next), nil
}

// Undisturbed is what a rotation ends with.
func (r Rotation) Undisturbed(ctx context.Context, last uint64) error {
	return r.undisturbed(ctx, last)
}
