package commands

import (
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// UpdateSSHKey changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid (title_required), Taken (ssh_key_title_taken), Forbidden.
type UpdateSSHKey struct {
	ID     uuid.UUID
	Number int64
	Title  *string
}

// UpdateSigningKey changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden.
type UpdateSigningKey struct {
	ID          uuid.UUID
	KeyID       string
	Name        *string
	Permissions PermissionsChange
}

// UpdateAPIKey changes what its fields name; nil fields stay. A key that gains nothing by it may be changed by whoever could end
// it, any other change takes who could make such a key.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (api_key_expired, api_key_kind_invalid).
type UpdateAPIKey struct {
	ID          uuid.UUID
	KeyID       uuid.UUID
	Permissions PermissionsChange
	AllowedIPs  *[]string
	ExpiresAt   *time.Time // zero: it does not end by itself
	Memo        *string
}

// PermissionsChange is what is new about a key's permissions; nil levels stay, an empty one leaves it to the user's role.
type PermissionsChange struct{ Users, Servers, Audit *string }

func (c PermissionsChange) of(p events.Permissions) events.Permissions {
	set(&p.Users, c.Users)
	set(&p.Servers, c.Servers)
	set(&p.Audit, c.Audit)
	return p
}

// RemoveStorageKey ends the storage key of that kind.
//
// Refusals: NotFound, Forbidden.
type RemoveStorageKey struct {
	ID   uuid.UUID
	Kind string
}

// UpdateResource changes what its fields name of a resource that is linked to the user; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden.
type UpdateResource struct {
	ID         uuid.UUID
	Kind       string
	ResourceID string
	Name       *string
	Data       *string // a merge patch (RFC 7396) in JSON
}
