package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
)

type consentAnswer struct {
	Application uuid.UUID `json:"application"`
	Name        *string   `json:"name"` // null when the application is gone
	GivenAt     time.Time `json:"given_at"`
}

func (a *api) listConsents(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	return writeList(w, r, keyed("consents", u.Consents, func(c commands.Consent) string { return oldest(c.At, c.Application) }), func(given commands.Consent) consentAnswer {
		out := consentAnswer{Application: given.Application, GivenAt: given.At}
		if app := c.states.Directory().Application(given.Application); app != nil {
			out.Name = &app.Name
		}
		return out
	})
}

func (a *api) withdrawConsent(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.WithdrawConsent{ID: userID(r), Application: parseID(param(r, "application"))})
}
