package events

import "github.com/google/uuid"

// ConsentGiven records that the user lets an application act in the user's name, until the consent is withdrawn.
type ConsentGiven struct {
	Application uuid.UUID `json:"application"`
}

// ConsentWithdrawn records that an application may no longer act in the user's name; its tokens are void.
type ConsentWithdrawn struct {
	Application uuid.UUID `json:"application"`
}

func (ConsentGiven) Type() string     { return "ConsentGiven.v1" }
func (ConsentWithdrawn) Type() string { return "ConsentWithdrawn.v1" }
