package login

import (
	"context"
	"errors"
	"time"

	"accountd/commands"
	"accountd/commands/totp"
)

// stepKept is longer than a code can be good.
const stepKept = 10 * time.Minute

// checkFactor wants the code of an app or a recovery code, each of which is good once, and returns the user as it is
// then.
func (k Keeper) checkFactor(ctx context.Context, u *commands.User, a Attempt) (*commands.User, error) {
	if a.Code == "" {
		return nil, &commands.Refusal{Kind: commands.Forbidden, Reason: ReasonCode,
			Detail: "This user's log-ins need a code, too."}
	}
	switch ok, err := k.codeIsGood(ctx, u, a); {
	case err != nil:
		return nil, err
	case ok:
		return u, nil
	}
	by := commands.Actor{User: u.ID, Credential: "recovery-code", Permissions: commands.Whole()}.Within(a.Request)
	out, err := k.Handler.Do(ctx, by, commands.UseRecoveryCode{ID: u.ID, Hash: totp.HashRecovery(a.Code)})
	var refusal *commands.Refusal
	if errors.As(err, &refusal) && refusal.Kind == commands.Forbidden {
		return nil, wrong()
	}
	return out.User, err
}

// codeIsGood reports whether the code is one of the user's app which nobody has used yet; now it is used.
func (k Keeper) codeIsGood(ctx context.Context, u *commands.User, a Attempt) (bool, error) {
	step, ok := totp.Match(u.SecondFactor.Secret, a.Code, a.At)
	if !ok {
		return false, nil
	}
	return k.Sessions.Advance(ctx, "code of "+u.ID.String(), step, stepKept)
}

// CheckCode wants a code of the app of a user who has enrolled one. It counts, and is refused, like a log-in by the
// user's name whose password is right.
func (k Keeper) CheckCode(ctx context.Context, u *commands.User, a Attempt) error {
	a.Name = u.Username
	if err := k.mayTry(ctx, a); err != nil {
		return err
	}
	counted, err := k.begin(ctx, a)
	if err != nil {
		return err
	}
	ok, err := k.codeIsGood(ctx, u, a)
	ctx = context.WithoutCancel(ctx)
	if err == nil && !ok {
		return errors.Join(wrong(), counted.failed(ctx, u))
	}
	return errors.Join(err, counted.takeBack(ctx))
}
