package events

import "github.com/google/uuid"

// ApplicationCreated records a new application: a program that gets OAuth tokens for a client's members.
type ApplicationCreated struct {
	Number       int64     `json:"number"`
	Name         string    `json:"name"`
	AppID        string    `json:"app_id"`      // 32 lower-case hex digits
	SecretHash   Secret    `json:"secret_hash"` // SHA-256 of the secret, lower-case hex
	User         uuid.UUID `json:"user"`        // who made it; a trusted application acts for this user
	Client       int64     `json:"client"`      // the client's number
	Kind         string    `json:"kind"`        // trusted, public or password_credentials: the grant that it uses
	Access       string    `json:"access"`      // all or call_api
	RedirectURIs []string  `json:"redirect_uris,omitempty"`
}

// ApplicationUpdated records new values of an application; a nil field did not change.
type ApplicationUpdated struct {
	Name         *string   `json:"name,omitempty"`
	Access       *string   `json:"access,omitempty"`
	RedirectURIs *[]string `json:"redirect_uris,omitempty"`
}

// ApplicationSecretRotated records a new secret of an application; the one before is void.
type ApplicationSecretRotated struct {
	SecretHash Secret `json:"secret_hash"`
}

// ApplicationDeleted records the end of an application and of all its tokens.
type ApplicationDeleted struct{}

func (ApplicationCreated) Type() string       { return "ApplicationCreated.v1" }
func (ApplicationUpdated) Type() string       { return "ApplicationUpdated.v1" }
func (ApplicationSecretRotated) Type() string { return "ApplicationSecretRotated.v1" }
func (ApplicationDeleted) Type() string       { return "ApplicationDeleted.v1" }

// Assigned returns the application's number.
func (e ApplicationCreated) Assigned() Number {
	return Number{Kind: ApplicationNumber, Value: e.Number}
}
