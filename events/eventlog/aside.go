package eventlog

import (
	"context"

	"accountd/events"
	"accountd/events/seal"
)

// NewKey returns a data key that seals nothing yet, for what is kept beside the Log and must be forgettable like it:
// once [Log.Destroy] has destroyed the key, no copy of what it sealed can be read. It returns [ErrUnavailable].
func (l *Log) NewKey(ctx context.Context) (events.KeyID, seal.DataKey, error) {
	id, err := l.pool.take(ctx)
	if err != nil {
		return events.KeyID{}, seal.DataKey{}, err
	}
	key, err := l.Key(ctx, id)
	return id, key, err
}

// Key returns a data key. It returns [ErrKeyGone] for a destroyed one and [ErrLostKeys] when its block is missing.
func (l *Log) Key(ctx context.Context, id events.KeyID) (seal.DataKey, error) {
	return l.keys.get(ctx, id)
}
