package commands

import (
	"net/netip"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// The provisioning states of a user.
const (
	StateCreating = "creating" // another system still sets up what belongs to the account
	StateCreated  = "created"
	StateFailed   = "failed"
)

// The levels of access of a client's member.
const (
	AccessFull     = "full"
	AccessReadOnly = "read_only"
)

// The levels of a permission.
const (
	LevelNone  = "none"
	LevelRead  = "read"
	LevelWrite = "write" // without reading
	LevelAll   = "all"
)

// The kinds of API key that more than one API knows.
const (
	KeyPterodactyl = "pterodactyl"
	KeyDanube      = "danube" // a user has one, which the API shows again
)

// The kinds of storage key.
const (
	StorageS3    = "s3"
	StorageSwift = "swift"
)

// AdministratorNumber is the number of the user made at first start, who cannot be deleted, disabled or demoted.
const AdministratorNumber = 1

// User is the State of a User aggregate. It is immutable: Evolve makes a new one. A nil *User stands for no such user.
type User struct {
	ID          uuid.UUID
	Number      int64
	Version     uint64 // sequence of the newest Record
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Key         events.KeyID // of the data key that seals the user's history
	Username    string
	Email       string
	FirstName   string
	LastName    string
	DisplayName string // only when the name was given as one text
	Phone       string
	ExternalID  string
	Language    string
	Timezone    string
	State       string // provisioning
	Active      bool
	SuperAdmin  bool
	APIAccess   bool
	Parent      uuid.UUID // zero for none
	Client      int64     // 0 for none
	MemberSince uint64    // sequence of the Record by which the user came into the Client; 0: of none
	Access      string
	Comment     string
	ExtraParams string
	Datacenter  uuid.UUID // zero for none
	Groups      []uuid.UUID
	Profile     *events.Profile // nil when nothing is stored

	PasswordHash  events.Secret                  // empty: no log-in by password
	PasswordBy    uuid.UUID                      // who else knows it, having set it; zero: nobody
	PasswordReset *events.PasswordResetRequested // nil: none is open
	SecondFactor  *SecondFactor                  // nil: there is none
	Locked        *events.LogInLocked            // nil: it never was, or somebody ended it
	LogInsSince   uint64                         // sequence of the newest Record that ended all log-ins before it; 0: none did
	TokensSince   uint64                         // the same of tokens of Danube's API, which a new password may leave
	DisabledSince uint64                         // sequence of the newest Record that disabled the user; 0: none did
	SessionsSince uint64                         // the same of all sessions, also of those that no log-in gave
	Ended         []EndedSession                 // one by one since then; oldest first
	SSHKeys       []SSHKey                       // oldest first
	SigningKeys   []SigningKey                   // oldest first
	StorageKeys   []events.StorageKey
	APIKeys       []APIKey
	CallbackKey   events.Secret // empty: none was made
	Resources     []events.ResourceLinked
	Consents      []Consent // oldest first
}

// SecondFactor is what a log-in by a password needs besides. It is immutable.
type SecondFactor struct {
	Secret        events.Secret   // of TOTP codes, base32
	Confirmed     bool            // before that it counts for nothing
	RecoveryCodes []events.Secret // hashes of those that are left
}

// SSHKey is a public key that may log in as the user.
type SSHKey struct {
	events.SSHKeyAdded
	AddedAt time.Time
}

// SigningKey signs requests as the user.
type SigningKey struct {
	events.SigningKey
	AddedAt time.Time
	By      uuid.UUID // who else was shown its secret, having made it; zero: nobody
}

// APIKey is a bearer credential of the user.
type APIKey struct {
	events.APIKey
	AddedAt  time.Time
	Old      events.Secret // hash of the key before, which works until OldUntil; empty: none
	OldUntil time.Time
	By       uuid.UUID // who else was shown its secret, having made it; zero: nobody
}

// Consent lets an application act in the user's name.
type Consent struct {
	Application uuid.UUID
	Sequence    uint64 // of the Record that gave it, which tells it from one given later
	At          time.Time
}

// Opens reports whether what is presented, by its hash, is the key at that time, or the one before which still works.
func (k APIKey) Opens(hash string, now time.Time) bool {
	presented := events.Secret(hash)
	return hash != "" && (k.Hash == presented || k.Old == presented && now.Before(k.OldUntil))
}

// SecretUntil returns when the secret of that hash, which opens the key now, no longer does; zero for the newest one.
func (k APIKey) SecretUntil(hash string) time.Time {
	if k.Hash == events.Secret(hash) {
		return time.Time{}
	}
	return k.OldUntil
}

// Allows reports whether the key may be used at that time from that address (invalid: unknown, which only a key open to
// every address allows).
func (k APIKey) Allows(now time.Time, from netip.Addr) bool {
	return !k.Expired(now) && k.AllowsFrom(from)
}

// Expired reports whether the key has ended by itself at that time.
func (k APIKey) Expired(now time.Time) bool { return !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) }

// AllowsFrom is the part of Allows that is about the address.
func (k APIKey) AllowsFrom(from netip.Addr) bool {
	if len(k.AllowedIPs) == 0 {
		return true
	}
	for _, allowed := range k.AllowedIPs {
		if p, err := ParseAllowedIP(allowed); err == nil && from.IsValid() && p.Contains(from.Unmap()) {
			return true
		}
	}
	return false
}

// Protected reports whether the user is the bootstrap administrator.
func (u *User) Protected() bool { return u.Number == AdministratorNumber }

// Usable reports whether the user may use the account now: active and completely created.
func (u *User) Usable() bool { return u.Active && u.State == StateCreated }

// NeedsCode reports whether a log-in by a password takes a second factor, too.
func (u *User) NeedsCode() bool { return u.SecondFactor != nil && u.SecondFactor.Confirmed }

// LockedUntil returns when log-ins by password are possible again, zero when they are at that time.
func (u *User) LockedUntil(now time.Time) time.Time {
	if u.Locked == nil || !now.Before(u.Locked.Until) {
		return time.Time{}
	}
	return u.Locked.Until
}

// Name returns the display name, or the first and last name with a blank between them.
func (u *User) Name() string {
	switch {
	case u.DisplayName != "":
		return u.DisplayName
	case u.FirstName == "":
		return u.LastName
	case u.LastName == "":
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

// SigningKey returns the user's signing key of that id.
func (u *User) SigningKey(id string) (SigningKey, bool) {
	for _, k := range u.SigningKeys {
		if k.ID == id {
			return k, true
		}
	}
	return SigningKey{}, false
}

// StorageKey returns the user's storage key of that kind.
func (u *User) StorageKey(kind string) (events.StorageKey, bool) {
	for _, k := range u.StorageKeys {
		if k.Kind == kind {
			return k, true
		}
	}
	return events.StorageKey{}, false
}

// APIKey returns the user's API key of that id.
func (u *User) APIKey(id uuid.UUID) (APIKey, bool) {
	for _, k := range u.APIKeys {
		if k.ID == id {
			return k, true
		}
	}
	return APIKey{}, false
}

// APIKeyOpened returns the user's API key that the hash opens at that time, the zero key when there is none.
func (u *User) APIKeyOpened(hash string, now time.Time) APIKey {
	for _, k := range u.APIKeys {
		if k.Opens(hash, now) {
			return k
		}
	}
	return APIKey{}
}

// Resource returns the resource of that kind and id that is linked to the user.
func (u *User) Resource(kind, id string) (events.ResourceLinked, bool) {
	for _, r := range u.Resources {
		if r.Kind == kind && r.ID == id {
			return r, true
		}
	}
	return events.ResourceLinked{}, false
}

// Consent returns the user's consent to the application.
func (u *User) Consent(application uuid.UUID) (Consent, bool) {
	for _, c := range u.Consents {
		if c.Application == application {
			return c, true
		}
	}
	return Consent{}, false
}

// SSHKey returns the user's SSH key of that number.
func (u *User) SSHKey(number int64) (SSHKey, bool) {
	for _, k := range u.SSHKeys {
		if k.Number == number {
			return k, true
		}
	}
	return SSHKey{}, false
}
