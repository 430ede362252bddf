package events

import "github.com/google/uuid"

// DatacenterCreated records a new datacenter: a part of the service with administrators of its own.
type DatacenterCreated struct {
	Number int64       `json:"number"`
	Name   string      `json:"name"`
	Owner  uuid.UUID   `json:"owner,omitzero"` // a user
	Public bool        `json:"public,omitempty"`
	Groups []uuid.UUID `json:"groups,omitempty"` // attached: their members may work in the datacenter
}

// DatacenterUpdated records new values of a datacenter; a nil field did not change.
type DatacenterUpdated struct {
	Name   *string      `json:"name,omitempty"`
	Owner  *uuid.UUID   `json:"owner,omitempty"` // zero: nobody's any more
	Public *bool        `json:"public,omitempty"`
	Groups *[]uuid.UUID `json:"groups,omitempty"` // all of them
}

// DatacenterDeleted records the end of a datacenter; its name is free again.
type DatacenterDeleted struct{}

func (DatacenterCreated) Type() string { return "DatacenterCreated.v1" }
func (DatacenterUpdated) Type() string { return "DatacenterUpdated.v1" }
func (DatacenterDeleted) Type() string { return "DatacenterDeleted.v1" }

// Assigned returns the datacenter's number.
func (e DatacenterCreated) Assigned() Number { return Number{Kind: DatacenterNumber, Value: e.Number} }
