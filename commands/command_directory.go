package commands

import (
	"github.com/google/uuid"

	"accountd/events"
)

// SetUp is the first start: several commands that take effect as one, all of them or none, each decided on what the ones
// before it make true. Only the service itself may ask for it, and only where there has never been a datacenter.
//
// Refusals: those of the commands, Forbidden, Taken (already_set_up).
type SetUp struct {
	ID       uuid.UUID // the administrator's, whom its Outcome is about
	Commands []Command
}

// CreateDatacenter makes a datacenter. Its Number is decided, not taken.
//
// Refusals: Invalid, Taken (datacenter_name_taken), Forbidden.
type CreateDatacenter struct {
	ID         uuid.UUID
	Datacenter events.DatacenterCreated
}

// UpdateDatacenter changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Taken, Forbidden.
type UpdateDatacenter struct {
	ID     uuid.UUID
	Change events.DatacenterUpdated
}

// DeleteDatacenter ends a datacenter.
//
// Refusals: NotFound, Forbidden, Conflict (protected, has_members, has_groups).
type DeleteDatacenter struct{ ID uuid.UUID }

// CreateGroup makes a group and attaches it to datacenters. Its Number is decided, not taken.
//
// Refusals: Invalid, Taken (group_name_taken), Forbidden.
type CreateGroup struct {
	ID          uuid.UUID
	Group       events.GroupCreated
	Datacenters []uuid.UUID
}

// UpdateGroup changes what its fields name; nil fields stay. Datacenters are all that the group is attached to from then on.
//
// Refusals: NotFound, Invalid, Taken, Forbidden.
type UpdateGroup struct {
	ID          uuid.UUID
	Change      events.GroupUpdated
	Datacenters *[]uuid.UUID
}

// DeleteGroup ends a group and detaches it from its datacenters.
//
// Refusals: NotFound, Forbidden, Conflict (has_members).
type DeleteGroup struct{ ID uuid.UUID }

// CreateClient makes a client. Its Number is decided, not taken.
//
// Refusals: Invalid, Forbidden.
type CreateClient struct {
	ID     uuid.UUID
	Client events.ClientCreated
}

// UpdateClient changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (protected).
type UpdateClient struct {
	ID      uuid.UUID
	Change  events.ClientUpdated
	Blocked *bool
}

// DeleteClient ends a client.
//
// Refusals: NotFound, Forbidden, Conflict (protected, has_members, has_applications).
type DeleteClient struct{ ID uuid.UUID }

// CreateApplication makes an application. Its Number is decided, not taken.
//
// Refusals: Invalid, Taken (app_id_taken), Forbidden.
type CreateApplication struct {
	ID          uuid.UUID
	Application events.ApplicationCreated
}

// UpdateApplication changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden.
type UpdateApplication struct {
	ID     uuid.UUID
	Change events.ApplicationUpdated
}

// RotateApplicationSecret gives an application a new secret; the old one is void at once.
//
// Refusals: NotFound, Forbidden.
type RotateApplicationSecret struct {
	ID         uuid.UUID
	SecretHash events.Secret // SHA-256 of the secret, lower-case hex
}

// DeleteApplication ends an application.
//
// Refusals: NotFound, Forbidden.
type DeleteApplication struct{ ID uuid.UUID }
