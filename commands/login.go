package commands

import (
	"context"
	"fmt"

	"accountd/commands/password"
	"accountd/events"
)

// LogIn returns the user of that username or e-mail address when the password is right, and replaces a hash of an older
// form by one of ours. A wrong password, an unknown name and a user without a password are one Refusal (Forbidden,
// bad_credentials) and take the same time; a right password of a user who is not usable is another (Forbidden,
// account_inactive). The errors of the hasher's gate pass through.
func (h *Handler) LogIn(ctx context.Context, hasher *password.Hasher, name, plain string) (*User, error) {
	states := h.fold.States()
	if states == nil {
		return nil, refuse(Busy, "not_ready", "", "The service is still reading its log.")
	}
	u := states.UserByName(name)
	var hash events.Secret
	if u != nil {
		hash = u.PasswordHash
	}
	ok, rehash, err := hasher.Verify(ctx, hash.Reveal(), plain)
	if err != nil {
		return nil, fmt.Errorf("verifying a password: %w", err)
	}
	switch {
	case !ok:
		return nil, refuse(Forbidden, "bad_credentials", "", "Name or password is wrong.")
	case !u.Usable():
		return nil, refuse(Forbidden, "account_inactive", "", "The account is not active.")
	case rehash:
		return h.rehash(ctx, hasher, u, plain), nil
	}
	return u, nil
}

// rehash gives the password a better hash if it can: a right password stays right when the service is busy.
func (h *Handler) rehash(ctx context.Context, hasher *password.Hasher, u *User, plain string) *User {
	better, err := hasher.Hash(ctx, plain)
	if err != nil {
		return u
	}
	out, err := h.Do(ctx, Service(), RehashPassword{ID: u.ID, Old: u.PasswordHash, New: events.Secret(better)})
	if err != nil || out.User == nil {
		return u
	}
	return out.User
}
