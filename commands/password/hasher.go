package password

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"accountd/events/tracing"
)

// MaxLength is the length in bytes of the longest password that is accepted.
const MaxLength = 1024

var (
	// ErrEmpty is returned for an empty password, by Hash and by Verify.
	ErrEmpty = errors.New("password: empty")

	// ErrTooLong is returned for a password of more than MaxLength bytes, by Hash and by Verify.
	ErrTooLong = errors.New("password: too long")
)

// Options says how much work a Hasher does at once. The zero value means the defaults.
type Options struct {
	Slots int // hashes that run at once; 0: one per processor
	Queue int // callers that may wait for a slot; 0: 16 per slot, negative: none
}

// Hasher hashes and verifies passwords, a bounded number at once. It is safe for concurrent use.
type Hasher struct {
	gate  *gate
	match func(f form, password string) (bool, error) // form.matches; tests watch it
}

// New returns a Hasher. Its limits hold for that Hasher, so a process wants exactly one.
func New(o Options) *Hasher {
	if o.Slots <= 0 {
		o.Slots = runtime.NumCPU()
	}
	if o.Queue == 0 {
		o.Queue = 16 * o.Slots
	}
	return &Hasher{gate: newGate(o.Slots, max(o.Queue, 0)), match: form.matches}
}

// Hash returns the hash to store for the password. Its error is ErrEmpty, ErrTooLong, ErrBusy, or wraps that of ctx, when ctx
// ended before the hash began.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := checkLength(password); err != nil {
		return "", err
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.gate.leave()
	return newArgon2(password).String(), nil
}

// Verify reports whether the password is the one that was hashed, and, if so, whether the caller should store a fresh Hash of
// it, because the stored one is not in the form that Hash writes. An empty hash stands for an unknown user or one without a
// password: it takes the time of a hash from Hash, and is never ok.
//
// A wrong password is no error. The error is ErrEmpty, ErrTooLong, ErrBusy, ErrUnknownHash, or wraps that of ctx, when ctx
// ended before the work began.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (ok, rehash bool, err error) {
	if err := checkLength(password); err != nil {
		return false, false, err
	}
	f, known := form(dummy()), true
	if hash != "" {
		f, known = parse(hash)
	}
	if !known {
		return false, false, ErrUnknownHash
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.gate.leave()
	ok, err = h.match(f, password)
	if err != nil {
		return false, false, fmt.Errorf("verify a password: %w", err)
	}
	ok = ok && hash != ""
	return ok, ok && !f.current(), nil
}

// enter waits for a slot, which a trace shows.
func (h *Hasher) enter(ctx context.Context) error {
	ctx, span := tracing.Start(ctx, "password queue")
	defer span.End()
	return h.gate.enter(ctx)
}

// Running returns the number of hashes that run now.
func (h *Hasher) Running() int { return h.gate.running() }

// Waiting returns the number of callers that wait for a slot now.
func (h *Hasher) Waiting() int { return h.gate.waiting() }

func checkLength(password string) error {
	switch {
	case password == "":
		return ErrEmpty
	case len(password) > MaxLength:
		return ErrTooLong
	}
	return nil
}
