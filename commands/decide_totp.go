package commands

import (
	"slices"

	"accountd/events"
)

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
