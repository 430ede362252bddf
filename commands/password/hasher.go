package password

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/text/unicode/norm"

	"accountd/events/tracing"
)

// MaxLength is the length in bytes of the longest password that is accepted, as it comes.
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
	gate   *gate
	shares []*shares // in the order in which they are entered

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
	return &Hasher{
		gate: newGate(o.Slots, max(o.Queue, 0)), match: form.matches,
		shares: []*shares{
			newShares(Caller.both, o.Slots), newShares(func(c Caller) string { return c.Address }, 2*o.Slots),
			newShares(func(c Caller) string { return c.Name }, o.Slots),
		},
	}
}

// Hash returns the hash to store for the password. Its error is ErrEmpty, ErrTooLong, ErrBusy, or wraps that of ctx,
// when ctx ended before the hash began.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	return h.HashFor(ctx, Caller{}, password)
}

// HashFor is Hash in the caller's own turn, among the few that it may have at once.
func (h *Hasher) HashFor(ctx context.Context, c Caller, password string) (string, error) {
	p, err := h.Admit(ctx, c, password)
	if err != nil {
		return "", err
	}
	defer p.Leave()
	if err := h.wait(ctx, h.gate.wait); err != nil {
		return "", err
	}
	defer h.gate.vacate()
	return newArgon2(norm.NFC.String(password)).String(), nil
}

// Verify reports whether the password is the one that was hashed, and, if so, whether the caller should store a fresh
// Hash of it, because the stored one is not in the form that Hash writes. An empty hash stands for an unknown user or
// one without a password: it takes the time of a hash from Hash, and is never ok.
//
// A password is the same however its letters are composed (see the package's Why).
//
// A wrong password is no error. The error is ErrEmpty, ErrTooLong, ErrBusy, ErrUnknownHash, or wraps that of ctx, when
// ctx ended before the work began.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (ok, rehash bool, err error) {
	p, err := h.Admit(ctx, Caller{}, password)
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

// Admit keeps a place for a password that is to be verified, so that it is known to have its turn before anything else
// is done for it. A caller that has as many places as it may have waits for one of its own. The caller must leave the
// place. The error is ErrEmpty, ErrTooLong, ErrBusy, or wraps that of ctx.
func (h *Hasher) Admit(ctx context.Context, c Caller, password string) (Place, error) {
	if err := checkLength(password); err != nil {
		return Place{}, err
	}
	leave, err := h.share(ctx, c)
	if err == nil {
		err = h.gate.admit()
	}
	if err != nil {
		leave()
		return Place{}, err
	}
	return Place{h, password, sync.OnceFunc(func() { h.gate.dismiss(); leave() })}, nil
}

// share waits for the caller's turn among its own. The caller must leave, also after an error.
func (h *Hasher) share(ctx context.Context, c Caller) (leave func(), err error) {
	leave = func() {}
	for _, s := range h.shares {
		left, err := s.enter(ctx, c)
		if err != nil {
			return leave, err
		}
		before := leave
		leave = func() { left(); before() }
	}
	return leave, nil
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
	for i, typed := range writings(p.password) {
		if ok, err = p.hasher.match(f, typed); err != nil {
			return false, false, fmt.Errorf("verify a password: %w", err)
		}
		if ok = ok && hash != ""; ok {
			return true, i > 0 || !f.current(), nil
		}
	}
	return false, false, nil
}

// writings returns the ways in which a password may have been written when it was hashed, that of Hash first: composed,
// as it came, and decomposed. They are one for a password of ASCII.
func writings(password string) []string {
	out := []string{norm.NFC.String(password)}
	for _, other := range []string{password, norm.NFD.String(password)} {
		if !slices.Contains(out, other) && len(other) <= MaxLength {
			out = append(out, other)
		}
	}
	return out
}

// wait waits for a slot, which a trace shows.
func (h *Hasher) wait(ctx context.Context, slot func(context.Context) error) error {
	ctx, span := tracing.Start(ctx, "password queue")
	defer span.End()
	return slot(ctx)
}

// Running returns the number of hashes that run now.
func (h *Hasher) Running() int { return h.gate.running() }

// Waiting returns the number of callers that wait for a slot or a place, or keep one, now.
func (h *Hasher) Waiting() int {
	n := h.gate.waiting()
	for _, s := range h.shares {
		n += s.waiting()
	}
	return n
}

func checkLength(password string) error {
	switch {
	case password == "":
		return ErrEmpty
	case len(password) > MaxLength:
		return ErrTooLong
	}
	return nil
}
