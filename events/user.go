package events

import (
	"time"

	"github.com/google/uuid"
)

// UserCreated records everything that the creation of a user decided, first credentials included.
type UserCreated struct {
	Number       int64        `json:"number"`
	Username     string       `json:"username"`
	Email        string       `json:"email"`
	FirstName    string       `json:"first_name,omitempty"`
	LastName     string       `json:"last_name,omitempty"`
	DisplayName  string       `json:"display_name,omitempty"` // only when the name was given as one text
	Phone        string       `json:"phone,omitempty"`        // as given
	Active       bool         `json:"active"`
	State        string       `json:"state"` // provisioning: creating or created
	SuperAdmin   bool         `json:"super_admin,omitempty"`
	APIAccess    bool         `json:"api_access,omitempty"`
	ExternalID   string       `json:"external_id,omitempty"`
	Language     string       `json:"language,omitempty"` // as given
	Timezone     string       `json:"timezone,omitempty"` // IANA name
	Client       int64        `json:"client,omitempty"`   // the client's number, 0 for none
	Access       string       `json:"access,omitempty"`   // full or read_only, for members of a client
	Comment      string       `json:"comment,omitempty"`
	ExtraParams  string       `json:"extra_params,omitempty"` // opaque
	Datacenter   uuid.UUID    `json:"datacenter,omitzero"`
	Groups       []uuid.UUID  `json:"groups,omitempty"`
	Parent       uuid.UUID    `json:"parent,omitzero"` // the user whose account this is, who made it
	Profile      *Profile     `json:"profile,omitempty"`
	PasswordHash Secret       `json:"password_hash,omitempty"` // PHC string or an imported form
	SigningKeys  []SigningKey `json:"signing_keys,omitempty"`
	StorageKeys  []StorageKey `json:"storage_keys,omitempty"`
	APIKeys      []APIKey     `json:"api_keys,omitempty"`
	// the mail that is due, such as WelcomeAccountCreated; empty: none
	Welcome     string `json:"welcome,omitempty"`
	WelcomeTo   string `json:"welcome_to,omitempty"` // an address that gets it in place of whom Welcome names
	CallbackKey Secret `json:"callback_key,omitempty"`
}

// The mails that a creation may ask for.
const (
	// WelcomeAccountCreated tells the new user of the account, with a link to set a password where the creation gave
	// none.
	WelcomeAccountCreated = "account_created"
	// WelcomeAccessData gives the user who made the account what the new user logs in with.
	WelcomeAccessData = "access_data"
)

// ProfileUpdated records new values of a user's descriptive fields; a nil field did not change, an empty one was
// cleared.
type ProfileUpdated struct {
	Username    *string  `json:"username,omitempty"`
	Email       *string  `json:"email,omitempty"`
	FirstName   *string  `json:"first_name,omitempty"`
	LastName    *string  `json:"last_name,omitempty"`
	DisplayName *string  `json:"display_name,omitempty"`
	Phone       *string  `json:"phone,omitempty"`
	ExternalID  *string  `json:"external_id,omitempty"`
	Language    *string  `json:"language,omitempty"`
	Timezone    *string  `json:"timezone,omitempty"`
	Comment     *string  `json:"comment,omitempty"`
	ExtraParams *string  `json:"extra_params,omitempty"`
	Profile     *Profile `json:"profile,omitempty"` // as a whole
}

// MembershipChanged records where a user belongs; a nil field did not change.
type MembershipChanged struct {
	Client     *int64       `json:"client,omitempty"` // 0: of no client any more
	Access     *string      `json:"access,omitempty"`
	Datacenter *uuid.UUID   `json:"datacenter,omitempty"` // zero: bound to none any more
	Groups     *[]uuid.UUID `json:"groups,omitempty"`     // all of them
	Parent     *uuid.UUID   `json:"parent,omitempty"`     // zero: nobody's child any more
}

// RightsChanged records what a user may do; a nil field did not change.
type RightsChanged struct {
	SuperAdmin *bool `json:"super_admin,omitempty"`
	APIAccess  *bool `json:"api_access,omitempty"`
}

// UserEnabled records that a disabled user may use the account again.
type UserEnabled struct{}

// UserDisabled records that a user may not use the account until it is enabled.
type UserDisabled struct{}

// ProvisioningCompleted records that another system has set up what belongs to the account.
type ProvisioningCompleted struct{}

// ProvisioningFailed records that another system could not set up what belongs to the account.
type ProvisioningFailed struct {
	Reason string `json:"reason,omitempty"`
}

// PasswordChanged records a new password, hashed.
type PasswordChanged struct {
	Hash        Secret `json:"hash"`
	Rehash      bool   `json:"rehash,omitempty"`       // the password is the same, only its hash is a better one
	KeepsTokens bool   `json:"keeps_tokens,omitempty"` // that Danube's API gave before
}

// PasswordResetRequested records that whoever presents a token may set a new password, once; a token before it is void.
type PasswordResetRequested struct {
	Hash      Secret    `json:"hash"` // SHA-256 of the token, lower-case hex
	ExpiresAt time.Time `json:"expires_at"`
}

// MailRequested records that somebody asked for a mail to the user.
type MailRequested struct {
	Mail string `json:"mail"` // such as MailPasswordReset
}

// MailPasswordReset is the mail with a link to set a new password.
const MailPasswordReset = "password_reset"

// UserDeleted records the end of an account: all its credentials end, its names are free again.
type UserDeleted struct{}

// UserErased records that the user's data key is destroyed: no content of this user's history can be read again.
type UserErased struct{}

// SSHKeyAdded records that a public key may log in as the user.
type SSHKeyAdded struct {
	Number         int64  `json:"number"`
	Title          string `json:"title"`
	Key            string `json:"key"`             // one authorized_keys line
	FingerprintMD5 string `json:"fingerprint_md5"` // 16 hex pairs with colons
	Fingerprint    string `json:"fingerprint"`     // SHA256: and base64 without padding
}

// SSHKeyRenamed records another title of a public key.
type SSHKeyRenamed struct {
	Number int64  `json:"number"`
	Title  string `json:"title"`
}

// SSHKeyRemoved records that a public key may no longer log in as the user.
type SSHKeyRemoved struct {
	Number int64 `json:"number"`
}

// Permissions are what a credential may do beyond its own user's account: none, read, write or all per resource. An
// empty level leaves it to the user's role.
type Permissions struct {
	Users   string `json:"users,omitempty"`
	Servers string `json:"servers,omitempty"`
	Audit   string `json:"audit,omitempty"` // everybody's history: none or read
}

// SigningKey is a pair of key id and secret that signs requests (HMAC).
type SigningKey struct {
	ID          string      `json:"id"`
	Secret      Secret      `json:"secret"`
	Permissions Permissions `json:"permissions,omitzero"`
	Name        string      `json:"name,omitempty"`
}

// SigningKeyAdded records a new signing key.
type SigningKeyAdded struct {
	SigningKey
}

// SigningKeyRotated records a new secret of a signing key; the one before is void.
type SigningKeyRotated struct {
	ID     string `json:"id"`
	Secret Secret `json:"secret"`
}

// SigningKeyUpdated records what is new about a signing key beside its secret; a nil field did not change.
type SigningKeyUpdated struct {
	ID          string       `json:"id"`
	Permissions *Permissions `json:"permissions,omitempty"` // as a whole
	Name        *string      `json:"name,omitempty"`
}

// SigningKeyRemoved records the end of a signing key.
type SigningKeyRemoved struct {
	ID string `json:"id"`
}

// StorageKey is the credential of an object store.
type StorageKey struct {
	Kind   string `json:"kind"` // s3 or swift
	ID     string `json:"id"`
	Secret Secret `json:"secret"`
}

// StorageKeySet records a storage key that is new or has a new secret; the secret before is void.
type StorageKeySet struct {
	StorageKey
}

// StorageKeyRemoved records the end of a storage key.
type StorageKeyRemoved struct {
	Kind string `json:"kind"`
}

// APIKey is a bearer credential, known to the service by its hash.
type APIKey struct {
	ID          uuid.UUID   `json:"id"`
	Kind        string      `json:"kind"` // the API it opens, such as native
	Hash        Secret      `json:"hash"` // SHA-256 of the key, lower-case hex
	Permissions Permissions `json:"permissions,omitzero"`
	AllowedIPs  []string    `json:"allowed_ips,omitempty"` // addresses or CIDR blocks; none: any
	ExpiresAt   time.Time   `json:"expires_at,omitzero"`
	Memo        string      `json:"memo,omitempty"`
	Secret      Secret      `json:"secret,omitempty"` // the key itself, for APIs that show it again
}

// APIKeyAdded records a new API key.
type APIKeyAdded struct {
	APIKey
}

// APIKeyUpdated records what is new about an API key beside its secret; a nil field did not change.
type APIKeyUpdated struct {
	ID          uuid.UUID    `json:"id"`
	Permissions *Permissions `json:"permissions,omitempty"` // as a whole
	AllowedIPs  *[]string    `json:"allowed_ips,omitempty"` // all of them
	ExpiresAt   *time.Time   `json:"expires_at,omitempty"`  // zero: it does not end by itself
	Memo        *string      `json:"memo,omitempty"`
}

// APIKeyRevoked records the end of an API key.
type APIKeyRevoked struct {
	ID uuid.UUID `json:"id"`
}

// APIKeyRotated records a new secret of an API key; the one before goes on working until OldUntil.
type APIKeyRotated struct {
	ID       uuid.UUID `json:"id"`
	Hash     Secret    `json:"hash"`               // SHA-256 of the new key, lower-case hex
	OldUntil time.Time `json:"old_until,omitzero"` // zero: the one before is void
}

// EmailUnattested records that who set the e-mail address, or attested it, or had the first mail sent elsewhere, may
// not do as much as the account may from here on, or has nothing to do with it any more: mails that let somebody in do
// not go there until another address is set or this one is attested. Links that were mailed are void.
type EmailUnattested struct{}

// CallbackKeySet records the key by which the user knows that a callback comes from the service; the one before is
// void.
type CallbackKeySet struct {
	Secret Secret `json:"secret"`
}

// ResourceLinked records that another system's object belongs to the user.
type ResourceLinked struct {
	Kind string `json:"kind"` // server, vm, node, storage, network, image, template, iso_image or domain
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Data string `json:"data,omitempty"` // JSON, opaque
}

// ResourceUnlinked records that another system's object no longer belongs to the user.
type ResourceUnlinked struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

func (UserCreated) Type() string            { return "UserCreated.v1" }
func (ProfileUpdated) Type() string         { return "ProfileUpdated.v1" }
func (MembershipChanged) Type() string      { return "MembershipChanged.v1" }
func (RightsChanged) Type() string          { return "RightsChanged.v1" }
func (UserEnabled) Type() string            { return "UserEnabled.v1" }
func (UserDisabled) Type() string           { return "UserDisabled.v1" }
func (ProvisioningCompleted) Type() string  { return "ProvisioningCompleted.v1" }
func (ProvisioningFailed) Type() string     { return "ProvisioningFailed.v1" }
func (PasswordChanged) Type() string        { return "PasswordChanged.v1" }
func (PasswordResetRequested) Type() string { return "PasswordResetRequested.v1" }
func (MailRequested) Type() string          { return "MailRequested.v1" }
func (UserDeleted) Type() string            { return "UserDeleted.v1" }
func (UserErased) Type() string             { return "UserErased.v1" }
func (SSHKeyAdded) Type() string            { return "SSHKeyAdded.v1" }
func (SSHKeyRenamed) Type() string          { return "SSHKeyRenamed.v1" }
func (SSHKeyRemoved) Type() string          { return "SSHKeyRemoved.v1" }
func (SigningKeyAdded) Type() string        { return "SigningKeyAdded.v1" }
func (SigningKeyRotated) Type() string      { return "SigningKeyRotated.v1" }
func (SigningKeyUpdated) Type() string      { return "SigningKeyUpdated.v1" }
func (SigningKeyRemoved) Type() string      { return "SigningKeyRemoved.v1" }
func (StorageKeySet) Type() string          { return "StorageKeySet.v1" }
func (StorageKeyRemoved) Type() string      { return "StorageKeyRemoved.v1" }
func (APIKeyAdded) Type() string            { return "APIKeyAdded.v1" }
func (APIKeyUpdated) Type() string          { return "APIKeyUpdated.v1" }
func (APIKeyRevoked) Type() string          { return "APIKeyRevoked.v1" }
func (APIKeyRotated) Type() string          { return "APIKeyRotated.v1" }
func (EmailUnattested) Type() string        { return "EmailUnattested.v1" }
func (CallbackKeySet) Type() string         { return "CallbackKeySet.v1" }
func (ResourceLinked) Type() string         { return "ResourceLinked.v1" }
func (ResourceUnlinked) Type() string       { return "ResourceUnlinked.v1" }

// Assigned returns the user's number.
func (e UserCreated) Assigned() Number { return Number{Kind: UserNumber, Value: e.Number} }

// Assigned returns the key's number.
func (e SSHKeyAdded) Assigned() Number { return Number{Kind: SSHKeyNumber, Value: e.Number} }
