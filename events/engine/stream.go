package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrLostStream is returned by [Engine.EnsureStream], [Engine.CreateStream] and [Engine.OpenBucket] when the store has
// a folder for the stream that the server could not open: creating the stream would destroy what is left of it.
var ErrLostStream = errors.New("the engine could not open the folder of the stream")

// EnsureStream returns the stream of that configuration's name, and creates it as CreateStream does when there is none.
// A stream that exists is left as it is, but that it is not compressed any more.
func (e *Engine) EnsureStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	e.uses(want.Name)
	stream, err := e.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return e.CreateStream(ctx, want)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the stream %s: %w", want.Name, err)
	}
	return e.uncompressed(ctx, stream)
}

// Uncompressed sees to it that the stream is not compressed, and returns its configuration. With compression a kill at
// the end of a block can cost the stream (see package mend). It returns [ErrUnhealthy] rather than change anything in a
// store that was not recovered whole.
func (e *Engine) Uncompressed(ctx context.Context, have jetstream.StreamConfig) (jetstream.StreamConfig, error) {
	if have.Compression == jetstream.NoCompression {
		return have, nil
	}
	if err := e.Healthy(); err != nil {
		return have, fmt.Errorf("ending the compression of %s: %w", have.Name, err)
	}
	have.Compression = jetstream.NoCompression
	if _, err := e.js.UpdateStream(ctx, have); err != nil {
		return have, fmt.Errorf("ending the compression of %s: %w", have.Name, err)
	}
	if e.Embedded() {
		e.log.Info("the stream is not compressed any more", "stream", have.Name)
	} else {
		e.log.Warn("the stream is not compressed any more from the next start of each NATS server on: restart them "+
			"one by one, soon",
			"stream", have.Name)
	}
	return have, nil
}

func (e *Engine) uncompressed(ctx context.Context, stream jetstream.Stream) (jetstream.Stream, error) {
	if stream.CachedInfo().Config.Compression == jetstream.NoCompression {
		return stream, nil
	}
	if _, err := e.Uncompressed(ctx, stream.CachedInfo().Config); err != nil {
		return nil, err
	}
	return e.js.Stream(ctx, stream.CachedInfo().Config.Name)
}

// CreateStream makes a stream of that configuration, or opens the one of its name that somebody made meanwhile.
// Replicas 0 stands for three, or for one where the cluster has no three servers; an embedded server always has one. It
// returns [ErrUnhealthy] and [ErrLostStream] rather than write over what it cannot read.
func (e *Engine) CreateStream(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	if e.HasStreamFolder(config.Name) {
		if stream, err := e.js.Stream(ctx, config.Name); err == nil {
			return stream, nil
		}
		return nil, fmt.Errorf("creating the stream %s: %w", config.Name, ErrLostStream)
	}
	if err := e.Healthy(); err != nil {
		return nil, fmt.Errorf("creating the stream %s: %w", config.Name, err)
	}
	e.making.RLock()
	defer e.making.RUnlock()
	asked := config.Replicas
	if asked == 0 {
		config.Replicas = 3
	}
	if e.Embedded() {
		config.Replicas = 1
	}
	stream, err := e.js.CreateStream(ctx, config)
	if asked == 0 && lacksServers(err) {
		config.Replicas = 1
		stream, err = e.js.CreateStream(ctx, config)
	}
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // somebody was faster
		stream, err = e.js.Stream(ctx, config.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("creating the stream %s: %w", config.Name, err)
	}
	return stream, nil
}

func lacksServers(err error) bool {
	const noPeers, replicasOnSingle = 10005, 10074
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == noPeers || api.ErrorCode == replicasOnSingle)
}
