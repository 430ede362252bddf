package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Bucket describes a key-value bucket that keeps the newest value of every key.
type Bucket struct {
	Name        string
	Description string
	MaxAge      time.Duration // after which every value goes; 0 for never
}

// OpenBucket opens the bucket, and makes it when there is none. Only the leader of its stream answers reads, so that
// what was written is read by everybody at once, and a value may have a life of its own. The errors are those of
// [Engine.CreateStream].
func (e *Engine) OpenBucket(ctx context.Context, b Bucket) (jetstream.KeyValue, error) {
	stream, err := e.EnsureStream(ctx, b.stream())
	if err == nil {
		err = e.fit(ctx, stream.CachedInfo().Config)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the bucket %s: %w", b.Name, err)
	}
	return e.js.KeyValue(ctx, b.Name)
}

// stream is the configuration by which every client knows a bucket.
func (b Bucket) stream() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: "KV_" + b.Name, Description: b.Description, Subjects: []string{"$KV." + b.Name + ".>"},
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew, MaxMsgsPerSubject: 1, MaxAge: b.MaxAge,
		AllowRollup: true, DenyDelete: true, AllowMsgTTL: true,
	}
}

// fit gives a bucket that somebody made in another way what OpenBucket promises.
func (e *Engine) fit(ctx context.Context, have jetstream.StreamConfig) error {
	if have.AllowMsgTTL && !have.AllowDirect {
		return nil
	}
	if err := e.Healthy(); err != nil {
		return err
	}
	have.AllowMsgTTL, have.AllowDirect = true, false
	_, err := e.js.UpdateStream(ctx, have)
	return err
}
