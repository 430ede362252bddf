package commands

import (
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// EnrollTOTP gives the user a secret for codes by time, in place of one that was not confirmed. Only the user itself
// does so.
//
// Refusals: NotFound, Forbidden, Conflict (totp_confirmed).
type EnrollTOTP struct {
	ID     uuid.UUID
	Secret events.Secret
}

// Of names the user.
func (c EnrollTOTP) Of() events.Aggregate { return events.User(c.ID) }

func (c EnrollTOTP) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c EnrollTOTP) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayChangeOwnFactor(s, a, u); err != nil {
		return nil, err
	}
	if u.NeedsCode() {
		return nil, confirmedBefore()
	}
	return one(events.TOTPEnrolled{Secret: c.Secret})
}

// ConfirmTOTP makes codes of that secret, of which the user has shown one, a second factor. Only the user itself does
// so.
//
// Refusals: NotFound (also totp_not_found, when the secret is not the user's, or not any more), Forbidden, Conflict
// (totp_confirmed).
type ConfirmTOTP struct {
	ID            uuid.UUID
	Secret        events.Secret
	RecoveryCodes []events.Secret // hashes
}

// Of names the user.
func (c ConfirmTOTP) Of() events.Aggregate { return events.User(c.ID) }

func (c ConfirmTOTP) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c ConfirmTOTP) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayChangeOwnFactor(s, a, u); err != nil {
		return nil, err
	}
	switch {
	case u.SecondFactor == nil || u.SecondFactor.Secret != c.Secret:
		return nil, NoTOTP()
	case u.SecondFactor.Confirmed:
		return nil, confirmedBefore()
	}
	return one(events.TOTPConfirmed{RecoveryCodes: c.RecoveryCodes})
}

// RenewRecoveryCodes gives the user new recovery codes in place of those before. Only the user itself does so.
//
// Refusals: NotFound (also totp_not_found), Forbidden.
type RenewRecoveryCodes struct {
	ID            uuid.UUID
	RecoveryCodes []events.Secret // hashes
}

// Of names the user.
func (c RenewRecoveryCodes) Of() events.Aggregate { return events.User(c.ID) }

func (c RenewRecoveryCodes) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RenewRecoveryCodes) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayChangeOwnFactor(s, a, u); err != nil {
		return nil, err
	}
	if !u.NeedsCode() {
		return nil, NoTOTP()
	}
	return one(events.RecoveryCodesRenewed{RecoveryCodes: c.RecoveryCodes})
}

// UseRecoveryCode uses up a recovery code, which is the right to do so, whoever asks.
//
// Refusals: NotFound, Forbidden (recovery_code_invalid).
type UseRecoveryCode struct {
	ID   uuid.UUID
	Hash events.Secret
}

// Of names the user.
func (c UseRecoveryCode) Of() events.Aggregate { return events.User(c.ID) }

func (c UseRecoveryCode) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UseRecoveryCode) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if _, err := usable(s, a); err != nil {
		return nil, err
	}
	if a.User != u.ID {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the user itself may do this.")
	}
	if !u.NeedsCode() || !slices.Contains(u.SecondFactor.RecoveryCodes, c.Hash) {
		return nil, refuse(Forbidden, "recovery_code_invalid", "", "The recovery code is unknown or was used.")
	}
	return one(events.RecoveryCodeUsed{Hash: c.Hash})
}

// RemoveTOTP makes the password enough again.
//
// Refusals: NotFound (also totp_not_found), Forbidden.
type RemoveTOTP struct{ ID uuid.UUID }

// Of names the user.
func (c RemoveTOTP) Of() events.Aggregate { return events.User(c.ID) }

func (c RemoveTOTP) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (RemoveTOTP) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayRemoveFactor(s, a, u); err != nil {
		return nil, err
	}
	if u.SecondFactor == nil {
		return nil, NoTOTP()
	}
	return one(events.TOTPRemoved{})
}

// NoTOTP is the Refusal of what needs a second factor that the user has not.
func NoTOTP() *Refusal {
	return refuse(NotFound, "totp_not_found", "", "The account has no such second factor.")
}

func confirmedBefore() *Refusal {
	return refuse(Conflict, "totp_confirmed", "", "The account has a second factor; remove it first.")
}

// mayChangeOwnFactor tells whether the Actor may make or confirm the target's second factor: the user itself, by a
// credential that could set its password, too.
func mayChangeOwnFactor(s States, a Actor, target *User) error {
	if err := mayRemoveFactor(s, a, target); err != nil {
		return err
	}
	if a.User != target.ID {
		return refuse(Forbidden, "not_allowed", "", "Only the user itself may do this.")
	}
	return nil
}

// mayRemoveFactor tells whether the Actor may: the user itself, and who manages the account, by what may lead to a
// log-in (see mayOpen).
func mayRemoveFactor(s States, a Actor, target *User) error {
	if err := mayManageOrOwn(s, a, target); err != nil {
		return err
	}
	return mayOpen(s, a, target)
}

// MayReadFactor returns a Refusal unless the target has a second factor of which the Actor may know how many recovery
// codes are left: who could remove it.
func MayReadFactor(s States, a Actor, target *User) error {
	if err := mayRemoveFactor(s, a, target); err != nil {
		return err
	}
	if target.SecondFactor == nil {
		return NoTOTP()
	}
	return nil
}

// SecondFactor is what a log-in by a password needs besides. It is immutable.
type SecondFactor struct {
	Secret        events.Secret   // of TOTP codes, base32
	Confirmed     bool            // before that it counts for nothing
	RecoveryCodes []events.Secret // hashes of those that are left
	By            Author          // who was shown the secret and the codes
}

// with returns the confirmed factor with those recovery codes, which were shown to that Author.
func (f *SecondFactor) with(codes []events.Secret, by Author) *SecondFactor {
	if f == nil {
		return nil
	}
	return &SecondFactor{Secret: f.Secret, Confirmed: true, RecoveryCodes: codes, By: f.By.and(by)}
}

// without returns the factor without that recovery code.
func (f *SecondFactor) without(code events.Secret) *SecondFactor {
	if f == nil {
		return nil
	}
	next := *f
	next.RecoveryCodes = without(f.RecoveryCodes, func(c events.Secret) bool { return c == code })
	return &next
}
