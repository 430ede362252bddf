package commands

import (
	"github.com/google/uuid"

	"accountd/events"
)

// EnrollTOTP gives the user a secret for codes by time, in place of one that was not confirmed. Only the user itself does so.
//
// Refusals: NotFound, Forbidden, Conflict (totp_confirmed).
type EnrollTOTP struct {
	ID     uuid.UUID
	Secret events.Secret
}

// ConfirmTOTP makes codes of that secret, of which the user has shown one, a second factor. Only the user itself does so.
//
// Refusals: NotFound (also totp_not_found, when the secret is not the user's, or not any more), Forbidden, Conflict
// (totp_confirmed).
type ConfirmTOTP struct {
	ID            uuid.UUID
	Secret        events.Secret
	RecoveryCodes []events.Secret // hashes
}

// RenewRecoveryCodes gives the user new recovery codes in place of those before. Only the user itself does so.
//
// Refusals: NotFound (also totp_not_found), Forbidden.
type RenewRecoveryCodes struct {
	ID            uuid.UUID
	RecoveryCodes []events.Secret // hashes
}

// UseRecoveryCode uses up a recovery code, which is the right to do so, whoever asks.
//
// Refusals: NotFound, Forbidden (recovery_code_invalid).
type UseRecoveryCode struct {
	ID   uuid.UUID
	Hash events.Secret
}

// RemoveTOTP makes the password enough again.
//
// Refusals: NotFound (also totp_not_found), Forbidden.
type RemoveTOTP struct{ ID uuid.UUID }
