package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) consentCalls() call.Noun {
	given := a.consents()
	return call.Noun{
		Tag: openapi.Tag{Name: "Applications"},
		Calls: []call.Call{
			given.List("List a user's consents"),
			given.Get("Show a consent"),
			given.Delete(a.withdrawConsent, "Withdraw a consent"),
		},
	}
}

type consentAnswer struct {
	Application uuid.UUID `json:"application"`
	Name        *string   `json:"name"` // null when the application is gone
	GivenAt     time.Time `json:"given_at"`
}

func (a *api) consents() call.SubResource[commands.Consent, consentAnswer] {
	return call.SubResource[commands.Consent, consentAnswer]{
		Name: "consents", One: ":application",
		Of:  func(u *commands.User) []commands.Consent { return u.Consents },
		Key: func(c commands.Consent) string { return call.Oldest(c.At, c.Application) },
		Find: func(u *commands.User, r *http.Request) (commands.Consent, bool) {
			return u.Consent(call.ParseID(call.Param(r, "application")))
		},
		Absent: commands.NoConsent, Show: a.consentOf,
	}
}

func (a *api) consentOf(given commands.Consent) consentAnswer {
	out := consentAnswer{Application: given.Application, GivenAt: given.At}
	if app := a.Snapshot().Directory().Application(given.Application); app != nil {
		out.Name = &app.Name
	}
	return out
}

func (a *api) withdrawConsent(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	return a.End(w, r, c,
		commands.WithdrawConsent{ID: call.UserID(r), Application: call.ParseID(call.Param(r, "application"))})
}
