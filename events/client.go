package events

// ClientCreated records a new client: a tenant, whose members manage its users.
type ClientCreated struct {
	Number   int64  `json:"number"`
	Name     string `json:"name"`
	Timezone string `json:"timezone,omitempty"` // IANA name
	Blocked  bool   `json:"blocked,omitempty"`
}

// ClientUpdated records new values of a client; a nil field did not change.
type ClientUpdated struct {
	Name     *string `json:"name,omitempty"`
	Timezone *string `json:"timezone,omitempty"`
}

// ClientBlocked records that the members of a client may not use the service as such until it is unblocked.
type ClientBlocked struct{}

// ClientUnblocked records that the members of a client may use the service as such again.
type ClientUnblocked struct{}

// ClientDeleted records the end of a client.
type ClientDeleted struct{}

func (ClientCreated) Type() string   { return "ClientCreated.v1" }
func (ClientUpdated) Type() string   { return "ClientUpdated.v1" }
func (ClientBlocked) Type() string   { return "ClientBlocked.v1" }
func (ClientUnblocked) Type() string { return "ClientUnblocked.v1" }
func (ClientDeleted) Type() string   { return "ClientDeleted.v1" }

// Assigned returns the client's number.
func (e ClientCreated) Assigned() Number { return Number{Kind: ClientNumber, Value: e.Number} }
