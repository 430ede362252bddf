package events

import "time"

// SubscriptionCreated records a new subscription: a durable consumer of the feed that another service reads.
type SubscriptionCreated struct {
	Number int64  `json:"number"`
	Name   string `json:"name"` // the consumer's, too
	// events of these types, with or without version; none: of all
	Types      []string          `json:"types,omitempty"`
	Aggregates []string          `json:"aggregates,omitempty"` // such as group, or group/<uuid>; none: all
	Start      SubscriptionStart `json:"start,omitzero"`
	// SecretHash is of the password of the subscription's NATS user: SHA-256, lower-case hex. Empty: it has no user.
	SecretHash Secret `json:"secret_hash,omitempty"`
}

// SubscriptionStart says with which event a subscription begins; the zero one is the oldest that the feed has.
type SubscriptionStart struct {
	New      bool      `json:"new,omitempty"`      // with the next one after the subscription itself
	Sequence uint64    `json:"sequence,omitempty"` // with that Record, or the first behind it of which the feed tells
	Time     time.Time `json:"time,omitzero"`      // with the first that happened then or later
}

// SubscriptionSecretRotated records a new password of a subscription's NATS user; the one before is void at once.
type SubscriptionSecretRotated struct {
	// SecretHash is SHA-256, lower-case hex. Empty: nobody is let in any more until there is another password.
	SecretHash Secret `json:"secret_hash"`
}

// SubscriptionDeleted records the end of a subscription, of its consumer and of its NATS user.
type SubscriptionDeleted struct{}

func (SubscriptionCreated) Type() string       { return "SubscriptionCreated.v1" }
func (SubscriptionSecretRotated) Type() string { return "SubscriptionSecretRotated.v1" }
func (SubscriptionDeleted) Type() string       { return "SubscriptionDeleted.v1" }

// Assigned returns the subscription's number.
func (e SubscriptionCreated) Assigned() Number {
	return Number{Kind: SubscriptionNumber, Value: e.Number}
}
