package audit

import (
	"context"
	"errors"
	"fmt"

	"accountd/events/eventlog"
)

// ErrEmpty is returned by [SignerOf] for a log without Records.
var ErrEmpty = errors.New("the log is empty")

// signing is what the signing key is derived for.
const signing = "accountd checkpoint signing key"

// SignerOf returns the Signer of the Log.
func SignerOf(ctx context.Context, log *eventlog.Log) (*Signer, error) {
	first, err := log.Read(ctx, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(first) == 0 {
		return nil, ErrEmpty
	}
	seed, err := log.Derive(ctx, first[0].Key, signing)
	if err != nil {
		return nil, fmt.Errorf("making the signing key: %w", err)
	}
	return NewSigner(Origin(first[0].ID.String()), seed)
}

// Origin returns the name of the log whose first Record has that event id.
func Origin(id string) string { return "accountd/" + id }

// OriginOf returns the name of the log whose first Record that is.
func OriginOf(first eventlog.Stored) string { return Origin(first.Headers["ce-id"]) }
