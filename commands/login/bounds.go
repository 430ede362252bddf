package login

import (
	"context"
	"errors"
	"time"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/events/session"
)

// So many log-ins may fail within a quarter of an hour before the next failure costs a wait.
const (
	FreeByName    = 30
	FreeByAddress = 200
)

const (
	window    = 15 * time.Minute
	lockFrom  = time.Minute // so long a wait is a lock
	locksKept = 8           // that are recorded in an hour
)

// The bounds of a name and of an address.
var (
	ofName    = session.Backoff{Free: FreeByName, Window: window, First: time.Second, Longest: window}
	ofAddress = session.Backoff{Free: FreeByAddress, Window: window, First: time.Second, Longest: time.Minute}
)

// counted is an attempt that is noted as failed by its name and its address.
type counted struct {
	Keeper
	Attempt
	byName, byAddress session.Try
}

// mayTry refuses when the name or the address has to wait already, and notes nothing.
func (k Keeper) mayTry(ctx context.Context, a Attempt) error {
	if a.Unbounded {
		return nil
	}
	for _, key := range []string{a.addressKey(), nameKey(a.Name)} {
		if wait, err := k.Sessions.Waits(ctx, key, a.At); err != nil || wait > 0 {
			return refuse(wait, err)
		}
	}
	return nil
}

// begin notes the attempt, or refuses it when the name or the address has to wait.
func (k Keeper) begin(ctx context.Context, a Attempt) (c counted, err error) {
	c = counted{Keeper: k, Attempt: a}
	if a.Unbounded {
		return c, nil
	}
	var wait time.Duration
	if c.byAddress, wait, err = k.Sessions.Try(ctx, a.addressKey(), ofAddress, a.At); err != nil || wait > 0 {
		return c, refuse(wait, err)
	}
	c.byName, wait, err = k.Sessions.Try(ctx, nameKey(a.Name), ofName, a.At)
	if err != nil || wait > 0 {
		return c, errors.Join(refuse(wait, err), c.takeBackAddress(context.WithoutCancel(ctx)))
	}
	return c, nil
}

func refuse(wait time.Duration, err error) error {
	if err != nil {
		return err
	}
	return &commands.Refusal{Kind: commands.Throttled, Reason: ReasonThrottled, RetryAfter: wait,
		Detail: "Too many log-ins have failed. Wait a while, then try again."}
}

func nameKey(name string) string {
	if len(name) <= longestName {
		name = commands.Folded(name)
	}
	return "log-in by " + name
}

// addressKey names the address, or the network that one subscriber has in IPv6.
func (a Attempt) addressKey() string { return addressKey(a.Request.Address) }

func addressKey(address string) string { return "log-in from " + Caller(address) }

// caller says whose place in the queue of hashes it takes.
func (a Attempt) caller() password.Caller {
	c := password.Caller{Name: nameKey(a.Name)}
	if a.Request.Address != "" {
		c.Address = a.addressKey()
	}
	return c
}

// CallerOf says whose place in the queue of hashes a user's new password takes, when the request comes from that
// address. Each is empty where it is not known.
func CallerOf(user, address string) password.Caller {
	c := password.Caller{Name: user}
	if address != "" {
		c.Address = addressKey(address)
	}
	return c
}

// succeeded forgets what failed before by any name of the user's.
func (c counted) succeeded(ctx context.Context, u *commands.User) error {
	if c.Unbounded {
		return nil
	}
	if !u.LockedUntil(c.At).IsZero() { // by the other of its names
		c.Handler.Start(ctx, commands.Service().Within(c.Request), commands.UnlockLogIn{ID: u.ID})
	}
	return errors.Join(c.Forget(ctx, u), c.takeBackAddress(ctx))
}

// Forget forgets the log-ins that failed by any name of the user's, and with them what it has to wait.
func (k Keeper) Forget(ctx context.Context, u *commands.User) error {
	var errs []error
	for _, name := range u.LogInNames() {
		errs = append(errs, k.Sessions.Forget(ctx, nameKey(name)))
	}
	return errors.Join(errs...)
}

// takeBack makes the attempt one that was never made.
func (c counted) takeBack(ctx context.Context) error {
	if c.Unbounded {
		return nil
	}
	return errors.Join(c.Sessions.TakeBack(ctx, nameKey(c.Name), ofName, c.byName, c.At), c.takeBackAddress(ctx))
}

func (c counted) takeBackAddress(ctx context.Context) error {
	return c.Sessions.TakeBack(ctx, c.addressKey(), ofAddress, c.byAddress, c.At)
}

// failed leaves the attempt noted, and has it recorded when it locks a user (nil: nobody).
func (c counted) failed(ctx context.Context, u *commands.User) error {
	if c.byName.Until.Sub(c.At) < lockFrom {
		return nil
	}
	n, err := c.Sessions.Count(ctx, "lock of "+nameKey(c.Name), time.Hour)
	if err != nil || n > locksKept || u == nil {
		return err
	}
	c.Handler.Start(ctx, c.Request, commands.LockLogIn{ID: u.ID, Until: c.byName.Until}) // nobody waits for it
	return nil
}
