package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"accountd/events/engine/mend"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// eraseRounds is how often an erasure looks for what is left; twice is enough, unless the server writes blocks anew all
// the time.
const eraseRounds = 10

var errNotErased = errors.New("there is still something to erase")

// Erase deletes all messages of a stream on subjects that fit the filter, up to but not including a sequence, and
// overwrites their bytes in the store. Calling it again is no error. An embedded server's blocks are overwritten here,
// each once for all messages; an outside cluster overwrites a message at a time, which takes it tens of milliseconds
// for each: every server writes the whole block anew, of up to 8 MB, and in the order of its own log, so that asking
// for 8 or 32 at a time took as long (measured with 2.15.2).
//
// Nobody else may have messages of the stream overwritten while it runs.
func (e *Engine) Erase(ctx context.Context, stream jetstream.Stream, filter string, before uint64) error {
	if !e.Embedded() {
		return eraseEach(ctx, stream, filter, before)
	}
	e.erasing.Lock()
	defer e.erasing.Unlock()
	err := e.overwrite(ctx, stream.CachedInfo().Config.Name, stream, filter, before)
	if errors.Is(err, mend.ErrCompressed) { // of a store that an older version has compressed
		err = eraseEach(ctx, stream, filter, before)
	}
	return err
}

// overwrite does it until nothing is found: the server may write a block anew meanwhile, or what it had not written
// yet.
func (e *Engine) overwrite(ctx context.Context, name string, stream jetstream.Stream, filter string,
	before uint64) error {
	folder, first := streamFolder(e.store, name), uint64(1)
	msg, err := stream.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(filter))
	switch {
	case err == nil:
		first = msg.Sequence
	case !errors.Is(err, jetstream.ErrMsgNotFound):
		return fmt.Errorf("looking for messages of %s: %w", name, err)
	}
	fits := func(subject string) bool { return server.SubjectMatchesFilter(subject, filter) }
	for range eraseRounds {
		spots, err := mend.Find(folder, fits, first, before)
		if err != nil {
			return err
		}
		var deleted uint64
		if err := mend.Overwrite(folder, spots,
			func() (err error) { deleted, err = e.purge(ctx, name, filter, before); return err }); err != nil {
			return err
		}
		if len(spots) == 0 && deleted == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: after %d rounds", errNotErased, eraseRounds)
}

// purge deletes messages, and leaves their bytes. It returns how many they were.
func (e *Engine) purge(ctx context.Context, stream, filter string, before uint64) (deleted uint64, err error) {
	request, err := json.Marshal(server.JSApiStreamPurgeRequest{Subject: filter, Sequence: before})
	if err != nil {
		return 0, err
	}
	var answer struct {
		Purged uint64              `json:"purged"`
		Error  *jetstream.APIError `json:"error"`
	}
	reply, err := e.conn.RequestWithContext(ctx, "$JS.API.STREAM.PURGE."+stream, request)
	if err == nil {
		err = json.Unmarshal(reply.Data, &answer)
	}
	if err == nil && answer.Error != nil {
		err = answer.Error
	}
	if err != nil {
		return 0, fmt.Errorf("deleting messages of %s: %w", stream, err)
	}
	return answer.Purged, nil
}

// eraseEach has the server overwrite one message after another. What was erased stays so when this is broken off, and
// several instances may do it at the same time.
func eraseEach(ctx context.Context, stream jetstream.Stream, filter string, before uint64) error {
	for from := uint64(1); from < before; {
		msg, err := stream.GetMsg(ctx, from, jetstream.WithGetMsgSubject(filter))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("looking for a message to erase: %w", err)
		}
		if msg.Sequence >= before {
			return nil
		}
		if err := eraseOne(ctx, stream, msg.Sequence); err != nil {
			return err
		}
		from = msg.Sequence + 1
	}
	return nil
}

// eraseOne erases one message. One that somebody else has erased meanwhile is no error.
func eraseOne(ctx context.Context, stream jetstream.Stream, sequence uint64) error {
	failed := stream.SecureDeleteMsg(ctx, sequence)
	if failed == nil {
		return nil
	}
	if _, err := stream.GetMsg(ctx, sequence); errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	return fmt.Errorf("erasing message %d: %w", sequence, failed)
}
