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

func (a *api) consents() belongings[commands.Consent, consentAnswer] {
	return belongings[commands.Consent, consentAnswer]{
		name: "consents",
		of:   func(u *commands.User) []commands.Consent { return u.Consents },
		key:  func(c commands.Consent) string { return oldest(c.At, c.Application) },
		find: func(u *commands.User, r *http.Request) (commands.Consent, bool) {
			return u.Consent(parseID(param(r, "application")))
		},
		absent: commands.NoConsent, show: a.consentOf,
	}
}

func (a *api) consentOf(given commands.Consent) consentAnswer {
	out := consentAnswer{Application: given.Application, GivenAt: given.At}
	if app := a.Snapshot().Directory().Application(given.Application); app != nil {
		out.Name = &app.Name
	}
	return out
}

func (a *api) withdrawConsent(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.WithdrawConsent{ID: userID(r), Application: parseID(param(r, "application"))})
}
