package commands

import (
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// mayOpen tells whether the Actor may do what leads to a log-in as the target, who is as it is going to be: give it a password, an
// e-mail address, another second factor or rights. A log-in has no bounds. So where it may do something beyond the user's own
// account, it takes a credential that may do all of it, without bounds of address and time; on one's own account, one without
// bounds. Keys of the panel's API make and change super admins with the permission users alone: its contract has it so.
func mayOpen(s States, a Actor, target *User) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if inUse(u, a).Kind == KeyPterodactyl && u.SuperAdmin {
		return nil
	}
	if (u.ID == target.ID || reaches(s, target)) && !staysWithin(u, a, events.APIKey{}) || !coversLogIn(s, u, a, target) {
		return stronger()
	}
	return nil
}

// mayLeave tells whether the Actor may leave with the target what lets somebody in elsewhere for as long as it stands, an SSH or storage
// key: with others who reach beyond their own account, by what could open a log-in as them.
func mayLeave(s States, a Actor, target *User) error {
	if err := mayManageOrOwn(s, a, target); err != nil || a.User == target.ID || !reaches(s, target) {
		return err
	}
	return mayOpen(s, a, target)
}

// reaches reports whether a log-in as the user may do something with other accounts, besides what a member of a client may.
func reaches(s States, u *User) bool {
	return u.SuperAdmin || len(administered(s, u)) > 0 || hasChildren(s, u.ID)
}

// coversLogIn reports whether the permissions by which u asks include what a log-in as the target may do.
func coversLogIn(s States, u *User, a Actor, target *User) bool {
	switch {
	case target.SuperAdmin:
		return coversAll(a.Permissions, u, Whole(), target)
	case reaches(s, target):
		return readsUsers(a) && administersUsers(a.Permissions)
	}
	return true
}

// stronger is the Refusal of what would leave the bounds of the credential in use.
func stronger() *Refusal {
	return refuse(Forbidden, "not_allowed", "", "A credential may not make a stronger one.")
}

// opens reports whether the update leads to a log-in as the user, or gives log-ins that there are more to do.
func (c UpdateUser) opens() bool {
	return c.PasswordHash != nil || c.Profile.Email != nil || isTrue(c.Rights.SuperAdmin) ||
		c.Membership.Groups != nil || c.Membership.Datacenter != nil
}

// after returns the user as the update makes it, as far as rights depend on it.
func (c UpdateUser) after(u *User) *User {
	next := *u
	set(&next.SuperAdmin, c.Rights.SuperAdmin)
	set(&next.Client, c.Membership.Client)
	set(&next.Datacenter, c.Membership.Datacenter)
	set(&next.Groups, c.Membership.Groups)
	set(&next.Parent, c.Membership.Parent)
	return &next
}

// narrowed are the Events by which a super admin's keys lose what they were given permissions for, when the user is one no more: who
// gives such a permission means what the user then was.
func narrowed(u *User) (out []events.Event) {
	none := events.Permissions{Users: LevelNone, Servers: LevelNone, Audit: LevelNone}
	for _, k := range u.SigningKeys {
		if k.Permissions != (events.Permissions{}) && k.Permissions != none {
			out = append(out, events.SigningKeyUpdated{ID: k.ID, Permissions: &none})
		}
	}
	for _, k := range u.APIKeys {
		if k.Permissions != (events.Permissions{}) && k.Permissions != none {
			out = append(out, events.APIKeyUpdated{ID: k.ID, Permissions: &none})
		}
	}
	return out
}

// mayOutlast refuses who asks by a credential with bounds what lets somebody, or something outside, in for as long as it stands.
func mayOutlast(s States, a Actor, drafts []events.Draft) error {
	if a.IsService() || a.byApplication() || !slices.ContainsFunc(drafts, outlasts) {
		return nil
	}
	if u := s.User(a.User); u != nil && readsUsers(a) && staysWithin(u, a, events.APIKey{}) {
		return nil
	}
	return stronger()
}

// outlasts names the Events about no user that do.
func outlasts(d events.Draft) bool {
	switch e := d.Event.(type) {
	case events.ApplicationCreated, events.ApplicationSecretRotated, events.WebhookCreated, events.WebhookSecretRotated,
		events.SubscriptionCreated, events.SubscriptionSecretRotated:
		return true
	case events.WebhookUpdated:
		return e.URL != nil
	case events.ApplicationUpdated:
		return e.Access != nil || e.RedirectURIs != nil
	case events.GroupUpdated:
		return e.Permissions != nil
	case events.DatacenterCreated:
		return e.Owner != uuid.Nil || len(e.Groups) > 0
	case events.DatacenterUpdated:
		return e.Owner != nil || e.Groups != nil
	}
	return false
}

// mayAttest tells whether the Actor may say that the target's e-mail address or phone is verified: a super admin, and nobody of
// oneself.
func mayAttest(s States, a Actor, target *User) error {
	if a.User == target.ID && !a.IsService() {
		return refuse(Forbidden, "not_allowed", "profile", "Nobody attests the own e-mail address or phone.")
	}
	return mayGrant(s, a)
}

// attests reports whether an update of the profile says that something is verified which was not.
func attests(before, after *events.Profile) bool {
	if after == nil {
		return false
	}
	if before == nil {
		before = &events.Profile{}
	}
	return !isTrue(before.EmailVerified) && isTrue(after.EmailVerified) || !isTrue(before.PhoneVerified) && isTrue(after.PhoneVerified)
}

func isTrue(b *bool) bool { return b != nil && *b }
