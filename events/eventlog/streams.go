package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"accountd/events"
	"accountd/events/engine"

	"github.com/nats-io/nats.go/jetstream"
)

// logConfig is the configuration of the stream of Records: append-only, without limits, and not compressed.
func logConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               Stream,
		Subjects:           []string{events.Subjects},
		Storage:            jetstream.FileStorage,
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardNew,
		Duplicates:         2 * time.Minute,
		AllowAtomicPublish: true,
		AllowDirect:        true,
		DenyDelete:         true,
		DenyPurge:          true,
	}
}

// keyConfig is the configuration of the stream of data keys: single messages may be deleted, and only the leader
// answers reads, so that a destroyed key is gone for every reader at once.
func keyConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:       KeyStream,
		Subjects:   []string{blockSubjects},
		Storage:    jetstream.FileStorage,
		Retention:  jetstream.LimitsPolicy,
		Discard:    jetstream.DiscardNew,
		Duplicates: 2 * time.Minute,
		DenyPurge:  true,
	}
}

// streams is what there is of the Log.
type streams struct {
	log, keys *jetstream.StreamInfo // nil: not there
}

// findStreams looks for both streams. It returns [ErrLostStream] when the store has a folder for one that the engine
// does not know.
func findStreams(ctx context.Context, e *engine.Engine) (s streams, err error) {
	// Another instance may be making both meanwhile: where there are keys, there must be a log by then.
	if s.keys, err = findStream(ctx, e, KeyStream); err != nil {
		return streams{}, err
	}
	s.log, err = findStream(ctx, e, Stream)
	return s, err
}

func findStream(ctx context.Context, e *engine.Engine, name string) (*jetstream.StreamInfo, error) {
	stream, err := e.JetStream().Stream(ctx, name)
	switch {
	case err == nil:
		return stream.CachedInfo(), nil
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, fmt.Errorf("looking for the stream %s: %w", name, err)
	case e.HasStreamFolder(name):
		return nil, fmt.Errorf("%w: the engine could not open the folder of %s; restore it from a backup",
			ErrLostStream, name)
	}
	return nil, nil
}

// Exists reports whether the engine holds a Log, or what is left of one: then a missing master key must not be replaced
// by a fresh one.
func Exists(ctx context.Context, e *engine.Engine) (bool, error) {
	found, err := findStreams(ctx, e)
	if errors.Is(err, ErrLostStream) {
		return true, nil
	}
	return found.log != nil || found.keys != nil, err
}

// openStreams makes what is missing, if nothing that was there before is, and checks the rest.
func openStreams(ctx context.Context, o Options) (streams, error) {
	found, err := findStreams(ctx, o.Engine)
	if err != nil {
		return streams{}, err
	}
	// The key stream is made first and takes its first block when both are there.
	if found.log != nil && found.log.State.LastSeq > 0 && found.keys == nil {
		return streams{}, fmt.Errorf("%w: the log has %d records, but there is no stream %s", ErrLostKeys,
			found.log.State.LastSeq, KeyStream)
	}
	if found.keys != nil && found.keys.State.LastSeq > 0 && found.log == nil {
		return streams{}, fmt.Errorf("%w: there are data keys, but no stream %s", ErrLostStream, Stream)
	}
	if found.keys, err = openStream(ctx, o, found.keys, keyConfig()); err != nil {
		return streams{}, err
	}
	found.log, err = openStream(ctx, o, found.log, logConfig())
	return found, err
}

func openStream(ctx context.Context, o Options, found *jetstream.StreamInfo,
	want jetstream.StreamConfig) (*jetstream.StreamInfo, error) {
	if found == nil {
		var err error
		if found, err = createStream(ctx, o, want); err != nil {
			return nil, err
		}
	}
	if wrong := differences(found.Config, want); len(wrong) > 0 {
		return nil, fmt.Errorf("%w: %s: %s", ErrStreamConfig, want.Name, strings.Join(wrong, ", "))
	}
	var err error
	found.Config, err = o.Engine.Uncompressed(ctx, found.Config)
	return found, err
}

func createStream(ctx context.Context, o Options, want jetstream.StreamConfig) (*jetstream.StreamInfo, error) {
	want.Replicas = o.Replicas
	stream, err := o.Engine.CreateStream(ctx, want)
	if err != nil {
		return nil, err
	}
	found := stream.CachedInfo() // of what another instance made when it was faster; it is checked like any other
	if o.Replicas == 0 && found.Config.Replicas < 3 && !o.Engine.Embedded() {
		o.Logger.Warn("the cluster has no three servers: one server alone keeps the log",
			slog.String("stream", want.Name))
	}
	return found, nil
}

// differences names what would break the Log's promises. Replicas, placement, description and metadata are the
// operator's.
func differences(have, want jetstream.StreamConfig) (names []string) {
	check := func(same bool, name string) {
		if !same {
			names = append(names, name)
		}
	}
	check(slices.Equal(have.Subjects, want.Subjects), "subjects")
	check(have.Storage == want.Storage, "storage")
	check(have.Retention == want.Retention, "retention")
	check(have.Discard == want.Discard, "discard")
	check(have.MaxMsgs <= 0 && have.MaxBytes <= 0 && have.MaxAge == 0 && have.MaxMsgsPerSubject <= 0, "limits")
	check(have.AllowAtomicPublish || !want.AllowAtomicPublish, "allow_atomic")
	check(have.AllowDirect == want.AllowDirect, "allow_direct")
	check(have.DenyDelete == want.DenyDelete, "deny_delete")
	check(have.DenyPurge == want.DenyPurge, "deny_purge")
	check(!have.AllowRollup, "allow_rollup_hdrs")
	check(!have.AllowMsgTTL, "allow_msg_ttl")
	check(have.Duplicates >= want.Duplicates, "duplicate_window")
	check(!have.Sealed && !have.NoAck, "sealed")
	check(have.Mirror == nil && len(have.Sources) == 0, "sources")
	check(have.SubjectTransform == nil, "subject_transform")
	return names
}
