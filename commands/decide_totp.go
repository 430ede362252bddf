package commands

import (
	"slices"

	"accountd/events"
)

func decideEnroll(s States, a Actor, u *User, c EnrollTOTP) ([]events.Event, error) {
	if err := mayChangeOwnFactor(s, a, u); err != nil {
		return nil, err
	}
	if u.NeedsCode() {
		return nil, confirmedBefore()
	}
	return one(events.TOTPEnrolled{Secret: c.Secret})
}

func decideConfirm(s States, a Actor, u *User, c ConfirmTOTP) ([]events.Event, error) {
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

func decideRenewCodes(s States, a Actor, u *User, c RenewRecoveryCodes) ([]events.Event, error) {
	if err := mayChangeOwnFactor(s, a, u); err != nil {
		return nil, err
	}
	if !u.NeedsCode() {
		return nil, NoTOTP()
	}
	return one(events.RecoveryCodesRenewed{RecoveryCodes: c.RecoveryCodes})
}

func decideUseCode(s States, a Actor, u *User, c UseRecoveryCode) ([]events.Event, error) {
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

func decideRemoveTOTP(s States, a Actor, u *User) ([]events.Event, error) {
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

// with returns the confirmed factor with those recovery codes.
func (f *SecondFactor) with(codes []events.Secret) *SecondFactor {
	if f == nil {
		return nil
	}
	return &SecondFactor{Secret: f.Secret, Confirmed: true, RecoveryCodes: codes}
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
