package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// elevated reports whether the user or one of its credentials may do more at that time than manage its own account.
func elevated(u *User, at time.Time) bool {
	none := events.Permissions{}
	return u.SuperAdmin ||
		slices.ContainsFunc(u.SigningKeys, func(k SigningKey) bool { return k.Permissions != none }) ||
		slices.ContainsFunc(u.APIKeys, func(k APIKey) bool { return !k.Expired(at) && k.Permissions != none })
}

// grants reports whether the new user would have credentials with permissions.
func grants(e events.UserCreated) bool {
	none := events.Permissions{}
	return slices.ContainsFunc(e.SigningKeys, func(k events.SigningKey) bool { return k.Permissions != none }) ||
		slices.ContainsFunc(e.APIKeys, func(k events.APIKey) bool { return k.Permissions != none })
}

// mayIssue tells whether the Actor may give the target a new credential, or an old one a new secret: it may do no more than the
// credential in use, and where it may do something beyond the target's own account, and on one's own account, it ends no later
// and works from nowhere else.
func mayIssue(s States, a Actor, target *User, k events.APIKey) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	beyond := u.ID == target.ID || k.Permissions != (events.Permissions{}) || reaches(s, target)
	if !coversAll(a.Permissions, u, Granted(k.Permissions), target) || beyond && !staysWithin(u, a, k) {
		return stronger()
	}
	if makesSuperAdmins(target, k) && !(coversLogIn(s, u, a, target) && staysWithin(u, a, events.APIKey{})) {
		return stronger()
	}
	if whole := Granted(k.Permissions).Users == LevelOwner; whole && !target.SuperAdmin && reaches(s, target) && !coversLogIn(s, u, a, target) {
		return stronger()
	}
	return nil
}

// makesSuperAdmins reports whether the key is one of the panel's API by which the target makes and changes super admins (see mayOpen):
// it leads to log-ins without bounds, whatever its own are.
func makesSuperAdmins(target *User, k events.APIKey) bool {
	return k.Kind == KeyPterodactyl && writesUsers(target, Actor{Permissions: Granted(k.Permissions)}) && target.SuperAdmin
}

// mayAddKey tells whether the Actor may give the target that key: permissions of its own are a super admin's to give.
func mayAddKey(s States, a Actor, target *User, k events.APIKey) error {
	if k.Permissions != (events.Permissions{}) {
		if err := mayGrant(s, a); err != nil {
			return err
		}
	}
	return mayIssue(s, a, target, k)
}

// mayChangeKey tells whether the Actor may make the one key of the target's the other. By what gives the key nothing nobody gains:
// who may end a key may do that.
func mayChangeKey(s States, a Actor, target *User, before, after events.APIKey) error {
	if before.Permissions == after.Permissions && within(before, after) {
		return nil
	}
	return mayAddKey(s, a, target, after)
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

// mayRemoveFactor tells whether the Actor may: the user itself, and who manages the account, by what may lead to a log-in (see mayOpen).
func mayRemoveFactor(s States, a Actor, target *User) error {
	if err := mayManageOrOwn(s, a, target); err != nil {
		return err
	}
	return mayOpen(s, a, target)
}

// MayReadFactor returns a Refusal unless the target has a second factor of which the Actor may know how many recovery codes are
// left: who could remove it.
func MayReadFactor(s States, a Actor, target *User) error {
	if err := mayRemoveFactor(s, a, target); err != nil {
		return err
	}
	if target.SecondFactor == nil {
		return NoTOTP()
	}
	return nil
}

// staysWithin reports whether such a key of the user's ends no later than the credential in use, works from nowhere else and
// manages no users of the user's datacenters that it does not.
func staysWithin(u *User, a Actor, k events.APIKey) bool {
	return within(inUse(u, a), k) && (administersUsers(a.Permissions) || !administersUsers(Granted(k.Permissions)))
}

// inUse returns the bounds of the credential by which the Actor asks, which ends with the secret that was presented.
func inUse(u *User, a Actor) events.APIKey {
	id, ok := strings.CutPrefix(a.Credential, "api-key:")
	if i := slices.IndexFunc(u.APIKeys, func(k APIKey) bool { return k.ID.String() == id }); ok && i >= 0 {
		k := u.APIKeys[i].APIKey
		if !a.Until.IsZero() && (k.ExpiresAt.IsZero() || a.Until.Before(k.ExpiresAt)) {
			k.ExpiresAt = a.Until
		}
		return k
	}
	return events.APIKey{}
}

// Ended reports whether the API key or session by which the Actor asks was ended or has expired by that time, for calls that
// last.
func Ended(s States, a Actor, now time.Time) bool {
	if a.Session != (Session{}) {
		return !a.Session.Holds(s.User(a.User), now)
	}
	if u := s.User(a.User); u != nil && strings.HasPrefix(a.Credential, "api-key:") {
		k := inUse(u, a)
		return k.ID == uuid.Nil || APIKey{APIKey: k}.Expired(now)
	}
	return false
}

// within reports whether the second key ends no later than the first and works from no address that the first does not.
func within(k, other events.APIKey) bool {
	if !k.ExpiresAt.IsZero() && (other.ExpiresAt.IsZero() || other.ExpiresAt.After(k.ExpiresAt)) {
		return false
	}
	if len(k.AllowedIPs) == 0 {
		return true
	}
	return len(other.AllowedIPs) > 0 && !slices.ContainsFunc(other.AllowedIPs, func(ip string) bool {
		return !slices.ContainsFunc(k.AllowedIPs, func(block string) bool { return contains(block, ip) })
	})
}

func contains(block, ip string) bool {
	outer, err := ParseAllowedIP(block)
	inner, err2 := ParseAllowedIP(ip)
	return err == nil && err2 == nil && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}
