package events

import "github.com/google/uuid"

// GroupCreated records a new group: what its members may do in the datacenters that it is attached to.
type GroupCreated struct {
	Number      int64     `json:"number"`
	Name        string    `json:"name"`
	Datacenter  uuid.UUID `json:"datacenter,omitzero"` // the one that the group is bound to, zero for none
	Permissions []string  `json:"permissions,omitempty"`
}

// GroupUpdated records new values of a group; a nil field did not change.
type GroupUpdated struct {
	Name        *string    `json:"name,omitempty"`
	Datacenter  *uuid.UUID `json:"datacenter,omitempty"` // zero: bound to none any more
	Permissions *[]string  `json:"permissions,omitempty"`
}

// GroupDeleted records the end of a group; its name is free again.
type GroupDeleted struct{}

func (GroupCreated) Type() string { return "GroupCreated.v1" }
func (GroupUpdated) Type() string { return "GroupUpdated.v1" }
func (GroupDeleted) Type() string { return "GroupDeleted.v1" }

// Assigned returns the group's number.
func (e GroupCreated) Assigned() Number { return Number{Kind: GroupNumber, Value: e.Number} }
