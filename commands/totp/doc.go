// Package totp is the second factor of log-ins: codes that an authenticator app computes from a secret and the time
// (RFC 6238: SHA-1, six digits, thirty seconds), and recovery codes for who has lost the app.
//
// It promises the codes of the RFC, that every secret and recovery code is drawn from the system's secure random
// source, and that codes are compared in constant time. Its one invariant is that it keeps nothing: that a code is good
// once is for its callers to see to, by the step that Match returns.
//
// # Why
//
// Why recovery codes are hashed fast: they hold 80 bits, too many to be guessed.
//
// Why a code of the step before or behind is good, too: clocks differ, and people type slowly.
package totp
