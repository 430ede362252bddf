package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrLostStream is returned by [Engine.EnsureStream] when the store holds the stream's files but the engine could not open
// them: creating it now would destroy what is left.
var ErrLostStream = errors.New("the engine could not open the stream's folder")

// EnsureStream returns the stream of that configuration's name, and creates it when there is none, three times kept on an
// outside cluster of three servers or more. A stream that exists is left as it is. It returns [ErrLostStream] and [ErrUnhealthy].
func (e *Engine) EnsureStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := e.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = e.createStream(ctx, want)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the stream %s: %w", want.Name, err)
	}
	return stream, nil
}

func (e *Engine) createStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	if err := e.Healthy(); err != nil {
		return nil, err
	}
	if e.HasStreamFolder(want.Name) {
		return nil, ErrLostStream
	}
	want.Replicas = 3
	if e.Embedded() {
		want.Replicas = 1
	}
	stream, err := e.js.CreateStream(ctx, want)
	if lacksServers(err) {
		want.Replicas = 1
		stream, err = e.js.CreateStream(ctx, want)
	}
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another instance was faster
		return e.js.Stream(ctx, want.Name)
	}
	return stream, err
}

func lacksServers(err error) bool {
	const noPeers, replicasOnSingle = 10005, 10074
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == noPeers || api.ErrorCode == replicasOnSingle)
}
