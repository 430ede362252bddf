package events

// TOTPEnrolled records a secret for codes by time; it counts for nothing until it is confirmed. One before it is void.
type TOTPEnrolled struct {
	Secret Secret `json:"secret"` // base32
}

// TOTPConfirmed records that the user has shown a code of the secret: from now on a log-in by a password needs one.
type TOTPConfirmed struct {
	RecoveryCodes []Secret `json:"recovery_codes"` // SHA-256 each, lower-case hex
}

// TOTPRemoved records that a log-in needs a password only, as before TOTPEnrolled.
type TOTPRemoved struct{}

// RecoveryCodesRenewed records new recovery codes; those before are void.
type RecoveryCodesRenewed struct {
	RecoveryCodes []Secret `json:"recovery_codes"` // SHA-256 each, lower-case hex
}

// RecoveryCodeUsed records a log-in by a recovery code, which is void from now on.
type RecoveryCodeUsed struct {
	Hash Secret `json:"hash"`
}

func (TOTPEnrolled) Type() string         { return "TOTPEnrolled.v1" }
func (TOTPConfirmed) Type() string        { return "TOTPConfirmed.v1" }
func (TOTPRemoved) Type() string          { return "TOTPRemoved.v1" }
func (RecoveryCodesRenewed) Type() string { return "RecoveryCodesRenewed.v1" }
func (RecoveryCodeUsed) Type() string     { return "RecoveryCodeUsed.v1" }
