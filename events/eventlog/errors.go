package eventlog

import (
	"errors"
	"fmt"
)

// Errors of [Log.Append].
var (
	// ErrConflict is returned by [Log.Append] when the Log's head is not the given one: nothing was appended. The
	// caller catches up and decides again.
	ErrConflict = errors.New("the log has moved on")
	// ErrUnavailable is returned by [Log.Append] when the engine did not take the events within 20 seconds (a few, when
	// it has not answered for long), or the context ended before it answered. Whether they were appended may be
	// unknown; the Log tells who follows it.
	ErrUnavailable = errors.New("the log is unavailable")
	// ErrFull is returned by [Log.Append] at once when the store may not grow: nothing was appended. There is room for
	// erasures still, and for everything once the store may be larger or the disk has more space.
	ErrFull = errors.New("the store is full")
	// ErrBroken is returned by [Log.Append], together with [ErrUnavailable], when the embedded engine has given up on
	// the Log's files: nothing can be appended until the engine is started again.
	ErrBroken = errors.New("the store has failed")
	// ErrTooMany is returned by [Log.Append] for more than [MaxBatch] events: nothing was appended.
	ErrTooMany = fmt.Errorf("more than %d events in one append", MaxBatch)
	// ErrTooLarge is returned by [Log.Append] for an event or a cause that the engine cannot take: nothing was
	// appended.
	ErrTooLarge = errors.New("the event is too large")
	// ErrKeyGone is returned by [Log.Append] when the data key of a Draft was destroyed: nothing was appended.
	ErrKeyGone = errors.New("the data key is destroyed")
)

// Reason returns what an Append failed with in a word, for figures; empty for nil.
func Reason(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrConflict):
		return "conflict"
	case errors.Is(err, ErrUnavailable):
		return "unavailable"
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrTooMany):
		return "too_large"
	case errors.Is(err, ErrKeyGone):
		return "key_gone"
	}
	return "other"
}

// Errors of [Open].
var (
	// ErrLostStream is returned by [Open] when the store holds the Log's files but the engine could not open them, or
	// when there are data keys but no Log: creating a stream now would destroy what is left.
	ErrLostStream = errors.New("the log's stream is missing")
	// ErrLostKeys is returned by [Open] when the Log has Records but there are no data keys, and by everything that
	// reads Records when the block of a data key is missing.
	ErrLostKeys = errors.New("the data keys are missing")
	// ErrWrongKey is returned by [Open] when the data keys were wrapped by another master key.
	ErrWrongKey = errors.New("the master key is not the one of this log")
	// ErrClock is returned by [Open] when the machine's clock is far from the newest Record's time or from the
	// cluster's clock, and wrapped in [ErrUnavailable] by [Log.Append] when it has jumped since: nothing was appended.
	ErrClock = errors.New("the clock cannot be right")
	// ErrStreamConfig is returned by [Open] when a stream exists with a configuration that would break the Log's
	// promises.
	ErrStreamConfig = errors.New("the log's stream is configured differently")
)

// Errors of [Rotate].
var (
	// ErrNoLog is returned by [Rotate] when there is nothing to wrap.
	ErrNoLog = errors.New("there is no log")
	// ErrInUse is returned by [Rotate] when an instance of the service runs. It may have come meanwhile; then Rotate
	// must be called again when it is gone.
	ErrInUse = errors.New("the log is in use")
	// ErrSameKey is returned by [Rotate] when the new master key is the old one.
	ErrSameKey = errors.New("the new master key is the old one")
)

// ErrLogDiffers is returned by [Log.Verify] when the Log is shorter than the anchor says or has another Record there:
// it was truncated, restored from an older backup, or replaced.
var ErrLogDiffers = errors.New("the log is not the one that was seen before")

// GapError is returned by [Log.Follow] and [Log.Read] when a Record is missing from an embedded engine. On a cluster it
// is only logged, and read again from another server.
type GapError struct {
	Want uint64 // the sequence of the missing Record
	Got  uint64 // the sequence of the Record that came instead
}

func (e GapError) Error() string {
	return fmt.Sprintf("the log has a gap: record %d came instead of %d", e.Got, e.Want)
}

// ChainError is returned by [Log.Follow] when a Record's chain hash is not the one that the Record before, its envelope
// and its ciphertext give: one of them was changed.
type ChainError struct {
	Sequence uint64 // of the Record
}

func (e ChainError) Error() string {
	return fmt.Sprintf("the log was changed: record %d does not continue the chain", e.Sequence)
}

// RecordError is returned by [Log.Follow] and [Log.Read] for a Record that cannot be read though its data key is there:
// of a type that this release does not know (events.UnknownTypeError), with an envelope that is none (ErrEnvelope),
// with a content that does not open (seal.ErrSealed) or is none of its type, alone though its command has more events
// (ErrHalfCommand), or not given away by a damaged store (ErrUnreadable).
type RecordError struct {
	Sequence uint64 // of the Record
	Err      error
}

func (e RecordError) Error() string { return fmt.Sprintf("reading record %d: %v", e.Sequence, e.Err) }

// Unwrap returns the reason.
func (e RecordError) Unwrap() error { return e.Err }

// Reasons of a [RecordError].
var (
	// ErrEnvelope stands for headers that are no envelope.
	ErrEnvelope = errors.New("not an envelope")
	// ErrUnreadable stands for a Record that the engine's damaged store does not give away.
	ErrUnreadable = errors.New("the store cannot read it")
	// ErrHalfCommand stands for a command of which not all events are in the Log, side by side.
	ErrHalfCommand = errors.New("half a command")
)
