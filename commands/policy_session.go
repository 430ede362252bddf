package commands

import (
	"slices"
	"time"

	"accountd/events"
)

// ProofFor is how long a password counts as the proof that who asks by a session is its user. Whoever has stolen the session does
// not know it, and so can neither stay nor shut the user out.
const ProofFor = 15 * time.Minute

// ReasonProof is the reason of the Forbidden refusal of what takes a newer proof.
const ReasonProof = "reauthentication_required"

// ReasonSessionEnded is the reason of the Forbidden refusal of what is asked for in a session that has ended meanwhile.
const ReasonSessionEnded = "session_ended"

// mayStillAsk refuses who asks by a session, or by an application's grant, that has ended since the request was let in.
func mayStillAsk(s States, a Actor) error {
	if a.byApplication() {
		if err := byGrant(s, a); err != nil {
			return err
		}
	}
	if a.Session != (Session{}) && !a.Session.Holds(s.User(a.User), a.At) {
		return refuse(Forbidden, ReasonSessionEnded, "", "The session has ended; log in again.")
	}
	return nil
}

// mayWithProof refuses who asks by a session without a proof of late what decides who gets in or may do what, one's own account
// or another. An application that acts for a user is held to its own bounds instead, and knows no proof.
func mayWithProof(a Actor, drafts []events.Draft) error {
	if a.Session == (Session{}) || a.Session.Danube || a.byApplication() || a.At.Sub(a.Session.ProvenAt) < ProofFor || !slices.ContainsFunc(drafts, needsProof) {
		return nil
	}
	return refuse(Forbidden, ReasonProof, "", "This takes the password again, which was given more than %.0f minutes ago.", ProofFor.Minutes())
}

// needsProof names what does not: the rest does, whatever is added to it.
func needsProof(d events.Draft) bool {
	switch e := d.Event.(type) {
	case events.UserCreated:
		return privileged(e)
	case events.ProfileUpdated:
		return e.Username != nil || e.Email != nil
	case events.SigningKeyUpdated:
		return e.Permissions != nil
	case events.APIKeyUpdated:
		return e.Permissions != nil || e.AllowedIPs != nil || e.ExpiresAt != nil
	case events.SSHKeyRemoved, events.SigningKeyRemoved, events.StorageKeyRemoved, events.APIKeyRevoked, events.ConsentWithdrawn, events.SessionEnded, events.SessionsEnded, // who ends them may be in a hurry
		events.SSHKeyRenamed, events.ResourceLinked, events.ResourceUnlinked, events.ProvisioningCompleted, events.ProvisioningFailed, events.MailRequested:
		return false
	}
	return true
}
