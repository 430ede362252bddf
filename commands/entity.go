package commands

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// Entity is what the State of every aggregate in the [Directory] has.
type Entity struct {
	ID        uuid.UUID
	Number    int64
	Version   uint64 // sequence of the newest Record; of a group also of one that attached it to a datacenter or detached it
	CreatedAt time.Time
	UpdatedAt time.Time
	Key       events.KeyID // of the data key that seals the history
	Name      string
}

func newEntity(r events.Record, number int64, name string) Entity {
	return Entity{ID: r.Aggregate.ID, Number: number, Version: r.Sequence, CreatedAt: r.Time, UpdatedAt: r.Time, Key: r.Key, Name: name}
}

// Base returns what every aggregate has.
func (e *Entity) Base() *Entity { return e }

func (e *Entity) touch(r events.Record) { e.Version, e.UpdatedAt = r.Sequence, r.Time }

// The numbers of what the first start makes and nobody can delete.
const (
	MainDatacenterNumber = 1
	MainClientNumber     = 1
)

// Datacenter is the State of a Datacenter aggregate. It is immutable; nil stands for no such datacenter.
type Datacenter struct {
	Entity
	Owner  uuid.UUID // zero for none; the user may be gone
	Public bool
	Groups []uuid.UUID // attached
}

func (d *Datacenter) key() string { return Folded(d.Name) }

// attached returns the groups that are attached to the datacenter, none for no datacenter.
func (d *Datacenter) attached() []uuid.UUID {
	if d == nil {
		return nil
	}
	return d.Groups
}

// Attached reports whether the group is attached to the datacenter.
func (d *Datacenter) Attached(group uuid.UUID) bool { return slices.Contains(d.Groups, group) }

// The permissions of a group that the service itself knows; providers have more.
const (
	PermissionAdmin     = "admin"      // its members administer the datacenters that the group is attached to …
	PermissionUserAdmin = "user_admin" // … with this one, the users bound to them, too
)

// Group is the State of a Group aggregate. It is immutable; nil stands for no such group.
type Group struct {
	Entity
	Datacenter  uuid.UUID // that the group is bound to, zero for none
	Permissions []string
}

func (g *Group) key() string { return Folded(g.Name) }

// Client is the State of a Client aggregate, a tenant. It is immutable; nil stands for no such client.
type Client struct {
	Entity
	Timezone string // IANA name, empty when none is stored
	Blocked  bool
}

func (c *Client) key() string { return "" }

// The kinds of application, by the grant that they use.
const (
	ApplicationTrusted  = "trusted"              // client credentials: acts for the user who made it
	ApplicationPublic   = "public"               // authorization code: acts for the user who consented
	ApplicationPassword = "password_credentials" // password: acts for the user whose password it presents
)

// The levels of access of an application.
const (
	AccessAll     = "all"
	AccessCallAPI = "call_api" // reads, and changes no configuration
)

// Application is the State of an Application aggregate. It is immutable; nil stands for no such application.
type Application struct {
	Entity
	AppID        string
	SecretHash   events.Secret
	SecretSince  uint64    // sequence of the Record that gave it the secret
	User         uuid.UUID // who made it; may be gone
	Client       int64
	Kind         string
	Access       string
	RedirectURIs []string
}

func (a *Application) key() string { return a.AppID }
