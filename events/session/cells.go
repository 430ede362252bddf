package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	timeout  = 5 * time.Second // of one read or write
	endedFor = time.Minute     // how long the mark of an ended cell stays in the bucket
)

// errMoved is returned when a cell is not at the revision that was expected.
var errMoved = errors.New("the cell has changed")

// cells are values with a life of their own, each guarded by its revision.
type cells struct {
	kv jetstream.KeyValue
	js jetstream.JetStream
}

// cell is a value as it was read; both fields are zero when there is none.
type cell struct {
	value    []byte
	revision uint64
}

func (c cells) get(ctx context.Context, key string) (cell, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	entry, err := c.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return cell{}, nil
	}
	if err != nil {
		return cell{}, unavailable("reading", err)
	}
	return cell{value: entry.Value(), revision: entry.Revision()}, nil
}

// keys returns the keys that the pattern fits, those of cells that have just ended among them. Only the leader is
// asked, as for values.
func (c cells) keys(ctx context.Context, pattern string) (out []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	const prefix = "$KV." + Bucket + "."
	stream, err := c.js.Stream(ctx, "KV_"+Bucket)
	if err != nil {
		return nil, unavailable("listing", err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(prefix+pattern))
	if err != nil {
		return nil, unavailable("listing", err)
	}
	for subject := range info.State.Subjects {
		out = append(out, strings.TrimPrefix(subject, prefix))
	}
	return out, nil
}

// put stores a value for that long, whatever was there.
func (c cells) put(ctx context.Context, key string, value []byte, life time.Duration) error {
	return c.publish(ctx, key, value, jetstream.WithMsgTTL(whole(life)))
}

// replace stores a value for that long, in place of the one of that revision, 0 for none. It returns errMoved.
func (c cells) replace(ctx context.Context, key string, revision uint64, value []byte, life time.Duration) error {
	if revision > 0 {
		return c.publish(ctx, key, value, jetstream.WithMsgTTL(whole(life)),
			jetstream.WithExpectLastSequencePerSubject(revision))
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := c.kv.Create(ctx, key, value, jetstream.KeyTTL(whole(life))) // it knows the mark of an ended cell
	return failure("writing", err)
}

// publish writes a value as the bucket keeps it, with a life of its own, which the bucket's own calls give to new keys
// only.
func (c cells) publish(ctx context.Context, key string, value []byte, options ...jetstream.PublishOpt) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := c.js.PublishMsg(ctx, &nats.Msg{Subject: "$KV." + Bucket + "." + key, Data: value}, options...)
	return failure("writing", err)
}

// end removes a value. It returns errMoved when the options name a revision that is not the newest.
func (c cells) end(ctx context.Context, key string, options ...jetstream.KVDeleteOpt) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return failure("ending", c.kv.Purge(ctx, key, append(options, jetstream.PurgeTTL(endedFor))...))
}

// whole returns the engine's measure of a life: seconds, at least one.
func whole(life time.Duration) time.Duration {
	return max(time.Second, (life + time.Second - 1).Truncate(time.Second))
}

func failure(doing string, err error) error {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) ||
		errors.Is(err, jetstream.ErrKeyExists) {
		return errMoved
	}
	if err != nil {
		return unavailable(doing, err)
	}
	return nil
}

func unavailable(doing string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, doing, err)
}
