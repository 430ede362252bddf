package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Command is a request to change one aggregate. Ids, hashes and secrets are made by the caller.
type Command interface {
	// Of names the aggregate that is to change.
	Of() events.Aggregate
	// decide returns the Events by which the Command takes effect on the aggregate, which must have that version unless it
	// is 0: none when everything is so already, or a [Refusal]. [Decide] asks it.
	decide(s States, a Actor, version uint64) ([]events.Draft, error)
}

// OnVersion is a Command that takes effect only while its target has that version.
//
// Refusals: those of the Command, and Stale.
type OnVersion struct {
	Command
	Version uint64 // 0: any
}

func (c OnVersion) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	return c.Command.decide(s, a, c.Version)
}

// CreateUser makes a user. Number and Parent of User are decided, not taken. An empty Username is made from the e-mail
// address, an empty State means created.
//
// Refusals: Invalid, Taken (email_taken, username_taken, external_id_taken), Forbidden.
type CreateUser struct {
	ID       uuid.UUID
	User     events.UserCreated
	Attested bool // the caller answers for what User says is verified, whoever asks; else only a super admin attests
}

// UpdateUser changes what its fields name; nil fields stay. A Version other than 0 must be the user's. Where ProfileFrom is
// given, of Profile.Profile only what differs from it changes, whatever the user's profile has become since.
//
// Refusals: NotFound, Invalid, Taken, Forbidden, Stale, Conflict (protected).
type UpdateUser struct {
	ID           uuid.UUID
	Version      uint64
	Profile      events.ProfileUpdated
	ProfileFrom  *events.Profile // that Profile.Profile was made of; nil: all of it is meant
	Membership   events.MembershipChanged
	Rights       events.RightsChanged
	Active       *bool
	Attested     bool // a super admin who asks answers for new addresses where those before were verified
	PasswordHash *events.Secret
	KeepsTokens  bool           // a new password does not end tokens of Danube's API
	APIKey       *events.APIKey // takes the place of the user's API keys of its kind
	CallbackKey  *events.Secret
	// PasswordImported says that the hash was made elsewhere: its cost and the password's rules are not this service's.
	PasswordImported bool
}

// DeleteUser ends an account. A Version other than 0 must be the user's.
//
// Refusals: NotFound, Forbidden, Stale, Conflict (protected, owns_datacenters, has_resources).
type DeleteUser struct {
	ID      uuid.UUID
	Version uint64
}

// EraseUser ends an account, if it is not deleted yet, and makes everything about the person unreadable for good, in the
// whole history. The data key is destroyed when the Record is in the Log; see package erasure.
//
// Refusals: those of DeleteUser, also for an account that is deleted. One that is erased already is no error.
type EraseUser struct{ ID uuid.UUID }

// RehashPassword replaces a password's hash by a better one of the same password; nothing happens when Old is no longer
// the user's.
type RehashPassword struct {
	ID       uuid.UUID
	Old, New events.Secret
}

// RequestPasswordReset lets whoever presents the token of that hash set a new password until ExpiresAt.
//
// Refusals: NotFound, Invalid, Forbidden.
type RequestPasswordReset struct {
	ID        uuid.UUID
	Hash      events.Secret // SHA-256 of the token, lower-case hex
	ExpiresAt time.Time
}

// ResetPassword sets a new password by a token, which is the right to do so: nobody has to log in for it.
//
// Refusals: NotFound, Invalid (reset_token_invalid, also for a token that has expired or was used).
type ResetPassword struct {
	ID           uuid.UUID
	Hash         events.Secret // of the token
	Now          time.Time
	PasswordHash events.Secret
}

// RequestMail makes a mail to the user due, such as events.MailPasswordReset.
//
// Refusals: NotFound, Invalid, Forbidden.
type RequestMail struct {
	ID   uuid.UUID
	Mail string
}

// CompleteProvisioning reports that what belongs to the account is set up.
type CompleteProvisioning struct{ ID uuid.UUID }

// FailProvisioning reports that what belongs to the account could not be set up.
type FailProvisioning struct {
	ID     uuid.UUID
	Reason string
}

// AddSSHKey lets a public key log in as the user.
//
// Refusals: NotFound, Invalid (key, title), Taken (ssh_key_title_taken, ssh_key_taken), Forbidden, Conflict (too_many).
type AddSSHKey struct {
	ID    uuid.UUID
	Title string
	Key   string // one authorized_keys line
	Limit int    // how many keys the account may have with this one; 0: as many as any account
}

// RemoveSSHKey ends the SSH key of that number.
//
// Refusals: NotFound, Forbidden.
type RemoveSSHKey struct {
	ID     uuid.UUID
	Number int64
}

// AddSigningKey gives the user one more signing key. Only a super admin may set Permissions.
//
// Refusals: NotFound, Forbidden, Taken, Conflict (too_many).
type AddSigningKey struct {
	ID  uuid.UUID
	Key events.SigningKey
}

// RotateSigningKey gives a signing key a new secret; the old one is void at once.
//
// Refusals: NotFound, Forbidden.
type RotateSigningKey struct {
	ID     uuid.UUID
	KeyID  string
	Secret events.Secret
}

// RemoveSigningKey ends a signing key. With KeepLast the user's only one is refused.
//
// Refusals: NotFound, Forbidden, Conflict (last_signing_key).
type RemoveSigningKey struct {
	ID       uuid.UUID
	KeyID    string
	KeepLast bool
}

// RotateStorageKeys gives the user's storage key of each named kind a new secret. A key that exists keeps its id; one
// that does not is made with the given id.
//
// Refusals: NotFound, Forbidden, Invalid (kind_invalid).
type RotateStorageKeys struct {
	ID   uuid.UUID
	Keys []events.StorageKey
}

// AddAPIKey gives the user one more API key.
//
// Refusals: NotFound, Invalid, Forbidden, Taken, Conflict (too_many).
type AddAPIKey struct {
	ID  uuid.UUID
	Key events.APIKey
}

// RotateAPIKey gives an API key a new secret; the one before works on until OldUntil, or until the key ends if that is earlier.
//
// Refusals: NotFound, Forbidden, Taken, Conflict (api_key_expired, api_key_kind_invalid).
type RotateAPIKey struct {
	ID       uuid.UUID
	KeyID    uuid.UUID
	Hash     events.Secret
	OldUntil time.Time // zero: the one before is void at once
}

// RevokeAPIKey ends an API key.
//
// Refusals: NotFound, Forbidden.
type RevokeAPIKey struct {
	ID    uuid.UUID
	KeyID uuid.UUID
}

// LinkResource records that another system's object belongs to the user, or gives a linked one new name and data.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (too_many).
type LinkResource struct {
	ID       uuid.UUID
	Resource events.ResourceLinked
}

// UnlinkResource records that another system's object no longer belongs to the user.
//
// Refusals: NotFound, Forbidden.
type UnlinkResource struct {
	ID         uuid.UUID
	Kind       string
	ResourceID string
}

// GiveConsent lets an application act in the user's name. Only the user itself gives it.
//
// Refusals: NotFound, Forbidden, Invalid (application_not_found), Conflict (membership_changed).
type GiveConsent struct {
	ID          uuid.UUID
	Application uuid.UUID
	Membership  uint64 // MemberSince of the user when it was asked
}

// WithdrawConsent ends what GiveConsent began, and with it the application's tokens.
//
// Refusals: NotFound, Forbidden.
type WithdrawConsent struct {
	ID          uuid.UUID
	Application uuid.UUID
}
