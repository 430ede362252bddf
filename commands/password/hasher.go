package password

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

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
	if err := h.wait(ctx, h.gate.enter); err != nil {
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
	p, err := h.Admit(password)
	if err != nil {
		return false, false, err
	}
	return p.Verify(ctx, hash)
}

// Place is a place in the queue, kept for one password. It is for one caller.
type Place struct {
	hasher   *Hasher
	password string
	leave    func()
}

// Admit keeps a place for a password that is to be verified, so that it is known to have its turn before anything else is done for it.
// The caller must leave the place. The error is ErrEmpty, ErrTooLong or ErrBusy.
func (h *Hasher) Admit(password string) (Place, error) {
	if err := checkLength(password); err != nil {
		return Place{}, err
	}
	if err := h.gate.admit(); err != nil {
		return Place{}, err
	}
	return Place{h, password, sync.OnceFunc(h.gate.dismiss)}, nil
}

// Leave gives the place to others, if it was not left before.
func (p Place) Leave() { p.leave() }

// Verify is Hasher.Verify of the password, which leaves the place.
func (p Place) Verify(ctx context.Context, hash string) (ok, rehash bool, err error) {
	defer p.Leave()
	f, known := form(dummy()), true
	if hash != "" {
		f, known = parse(hash)
	}
	if !known {
		return false, false, ErrUnknownHash
	}
	if err := p.hasher.wait(ctx, p.hasher.gate.wait); err != nil {
		return false, false, err
	}
	defer p.hasher.gate.vacate()
	ok, err = p.hasher.match(f, p.password)
	if err != nil {
		return false, false, fmt.Errorf("verify a password: %w", err)
	}
	ok = ok && hash != ""
	return ok, ok && !f.current(), nil
}

// wait waits for a slot, which a trace shows.
func (h *Hasher) wait(ctx context.Context, slot func(context.Context) error) error {
	ctx, span := tracing.Start(ctx, "password queue")
	defer span.End()
	return slot(ctx)
}

// Running returns the number of hashes that run now.
func (h *Hasher) Running() int { return h.gate.running() }

// Waiting returns the number of callers that wait for a slot, or keep a place, now.
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
