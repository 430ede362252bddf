package events

import (
	"time"

	"github.com/google/uuid"
)

// WebhookCreated records a new webhook: an address to which the service sends events.
type WebhookCreated struct {
	Number int64       `json:"number"`
	URL    string      `json:"url"`
	Types  []string    `json:"types,omitempty"` // events of these types, with or without version; none: of all
	Users  []uuid.UUID `json:"users,omitempty"` // events about these users; none: about everything
	Secret Secret      `json:"secret"`          // signs what is sent: whsec_ and base64
}

// WebhookUpdated records new values of a webhook; a nil field did not change.
type WebhookUpdated struct {
	URL   *string      `json:"url,omitempty"`
	Types *[]string    `json:"types,omitempty"`
	Users *[]uuid.UUID `json:"users,omitempty"`
}

// WebhookSecretRotated records a new secret of a webhook; until a time the one before signs, too.
type WebhookSecretRotated struct {
	Secret   Secret    `json:"secret"`
	OldUntil time.Time `json:"old_until"`
}

// WebhookDisabled records that nothing is sent to a webhook until it is enabled; what would have been sent waits.
type WebhookDisabled struct {
	// requested; gone: its address says that it wants no more; failing: it failed too often
	Reason string `json:"reason"`
}

// WebhookEnabled records that a disabled webhook is sent to again, from where it stopped.
type WebhookEnabled struct{}

// WebhookDeleted records the end of a webhook.
type WebhookDeleted struct{}

func (WebhookCreated) Type() string       { return "WebhookCreated.v1" }
func (WebhookUpdated) Type() string       { return "WebhookUpdated.v1" }
func (WebhookSecretRotated) Type() string { return "WebhookSecretRotated.v1" }
func (WebhookDisabled) Type() string      { return "WebhookDisabled.v1" }
func (WebhookEnabled) Type() string       { return "WebhookEnabled.v1" }
func (WebhookDeleted) Type() string       { return "WebhookDeleted.v1" }

// Assigned returns the webhook's number.
func (e WebhookCreated) Assigned() Number { return Number{Kind: WebhookNumber, Value: e.Number} }
