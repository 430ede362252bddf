package commands

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/events"
)

// madeBy returns who knows the secret that the Record gives the account besides its user: who asked for it, and when the user did,
// who had made the credential that it was asked by. Zero: nobody else, or the service.
func (u *User) madeBy(r events.Record) uuid.UUID {
	if by := r.Cause.User(); by != u.ID {
		return by
	}
	kind, id, _ := strings.Cut(r.Cause.Credential, ":")
	switch kind {
	case "api-key":
		if i := slices.IndexFunc(u.APIKeys, func(k APIKey) bool { return k.ID.String() == id }); i >= 0 {
			return u.APIKeys[i].By
		}
	case "signing-key":
		if k, ok := u.SigningKey(id); ok {
			return k.By
		}
	}
	return u.PasswordBy
}

// besides returns who asked for what the Record says, zero when it was the user or the service.
func (u *User) besides(r events.Record) uuid.UUID {
	if by := r.Cause.User(); by != u.ID {
		return by
	}
	return uuid.Nil
}

// leftByStrangers are the Events that end the credentials which somebody made who may not do what the account may from now on: a former
// parent, say, of a user who becomes a super admin. Who made them is asked for now, so a super admin who is one no more counts.
func leftByStrangers(s States, a Actor, u *User, c UpdateUser) (out []events.Event) {
	after := c.after(u)
	if !gainsReach(s, u, after) {
		return nil
	}
	stranger := func(id uuid.UUID) bool { return id != uuid.Nil && !mayActAs(s, a, s.User(id), after) }
	if stranger(u.PasswordBy) && c.PasswordHash == nil && u.PasswordHash != "" {
		out = append(out, events.PasswordChanged{})
	}
	for _, k := range u.APIKeys {
		if stranger(k.By) && (c.APIKey == nil || c.APIKey.Kind != k.Kind) {
			out = append(out, events.APIKeyRevoked{ID: k.ID})
		}
	}
	for _, k := range u.SigningKeys {
		if stranger(k.By) {
			out = append(out, events.SigningKeyRemoved{ID: k.ID})
		}
	}
	return out
}

// gainsReach reports whether the user may do more with other accounts as it is going to be.
func gainsReach(s States, before, after *User) bool {
	if after.SuperAdmin || before.SuperAdmin {
		return !before.SuperAdmin
	}
	had := administered(s, before)
	return slices.ContainsFunc(administered(s, after), func(id uuid.UUID) bool { return !slices.Contains(had, id) })
}

// mayActAs reports whether the user, nil for one who is gone, may do all that a log-in as the target may.
func mayActAs(s States, a Actor, u, target *User) bool {
	return u != nil && u.Usable() && (u.SuperAdmin || !target.SuperAdmin && administers(s, u, target, a.At))
}
