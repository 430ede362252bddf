package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/events"
	"accountd/events/session"
)

// The reasons of refusals that APIs tell apart, besides those of package commands.
const (
	ReasonWrong     = "bad_credentials"
	ReasonThrottled = "too_many_attempts"
	ReasonCode      = "second_factor_required"
)

// longestName is more bytes than a name of a user has. A longer one is nobody's, and is not even folded: that takes
// seconds for a megabyte, and no gate bounds how many do so at once.
const longestName = 4096

// Keeper lets users in. All its fields must be set. It is safe for concurrent use.
type Keeper struct {
	Handler  *committer.Handler
	Fold     committer.Fold
	Hasher   *password.Hasher
	Sessions *session.Store
}

// Attempt is somebody's attempt to log in.
type Attempt struct {
	Name      string // a username or an e-mail address
	Exact     bool   // Name is a username and nothing else, written as the user has it
	Password  string
	Code      string // of the second factor: of an app, or a recovery code; empty: none
	At        time.Time
	Unbounded bool // failures are not counted

	// Request tells of the request, such as its address; nobody has asked yet.
	Request commands.Actor
}

// LogIn returns the user of that name when the password is right, and replaces a hash of an older form by one of ours.
// It refuses a wrong password, an unknown name and a wrong code (Forbidden, [ReasonWrong]), who has to wait (Throttled,
// [ReasonThrottled]), and, by the right password, a user who is not usable (Forbidden, commands.ReasonInactive) and one
// who needs a code and gave none (Forbidden, [ReasonCode]). The errors of the hasher and of the session store pass
// through.
func (k Keeper) LogIn(ctx context.Context, a Attempt) (*commands.User, error) {
	states := k.Fold.States()
	if states == nil {
		return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
			Detail: "The service is still reading its log."}
	}
	u := a.user(states)
	if err := k.mayTry(ctx, a); err != nil {
		return nil, err
	}
	place, err := k.Hasher.Admit(ctx, a.caller(), a.Password)
	if err != nil {
		return nil, fmt.Errorf("verifying a password: %w", err)
	}
	defer place.Leave()
	counted, err := k.begin(ctx, a)
	if err != nil {
		return nil, err
	}
	in, err := k.check(ctx, u, a, place)
	ctx = context.WithoutCancel(ctx) // what is known by now must be noted
	switch {
	case err == nil:
		err = counted.succeeded(ctx, in)
	case isWrong(err):
		err = errors.Join(err, counted.failed(ctx, u))
	default:
		err = errors.Join(err, counted.takeBack(ctx))
	}
	if err != nil {
		return nil, err
	}
	return in, nil
}

// user returns whom the name means, nil for nobody.
func (a Attempt) user(s commands.States) *commands.User {
	if len(a.Name) > longestName {
		return nil
	}
	u := s.UserByName(a.Name)
	if u != nil && a.Exact && u.Username != a.Name {
		return nil
	}
	return u
}

// check returns the user as it is after the log-in. What ended log-ins meanwhile, such as another password, ends this
// one, too.
func (k Keeper) check(ctx context.Context, u *commands.User, a Attempt, place password.Place) (*commands.User, error) {
	var hash events.Secret
	if u != nil {
		hash = u.PasswordHash
	}
	ok, rehash, err := place.Verify(ctx, hash.Reveal())
	switch {
	case err != nil:
		return nil, fmt.Errorf("verifying a password: %w", err)
	case !ok:
		return nil, wrong()
	case !u.Usable():
		return nil, &commands.Refusal{Kind: commands.Forbidden, Reason: commands.ReasonInactive,
			Detail: "The account is not active."}
	}
	in := u
	if u.NeedsCode() {
		if in, err = k.checkFactor(ctx, u, a); err != nil {
			return nil, err
		}
	}
	if rehash {
		in = k.rehash(ctx, in, a)
	}
	if in.LogInSince() != u.LogInSince() {
		return nil, wrong()
	}
	return in, nil
}

func wrong() error {
	return &commands.Refusal{Kind: commands.Forbidden, Reason: ReasonWrong, Detail: "Name or password is wrong."}
}

func isWrong(err error) bool {
	var refusal *commands.Refusal
	return errors.As(err, &refusal) && refusal.Reason == ReasonWrong
}

// rehash gives the password a better hash if it can: a right password stays right when the service is busy.
func (k Keeper) rehash(ctx context.Context, u *commands.User, a Attempt) *commands.User {
	better, err := k.Hasher.HashFor(ctx, a.caller(), a.Password)
	if err != nil {
		return u
	}
	out, err := k.Handler.Do(ctx, commands.Service(), commands.RehashPassword{ID: u.ID, Old: u.PasswordHash,
		New: events.Secret(better)})
	if err != nil || out.User == nil {
		return u
	}
	return out.User
}
