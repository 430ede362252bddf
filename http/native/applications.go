package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) applicationCalls() call.Noun {
	return call.Noun{
		Tag: openapi.Tag{Name: "Applications",
			About: "Programs that act for users through OAuth, and the users' consents."},
		Calls: append(applications().Calls(a.Kernel),
			call.Call{Method: http.MethodPost, Path: "/v1/applications/:application/secret",
				Handle: call.ReadsDirectory(a.rotateApplicationSecret), Changes: call.Own, Shows: call.Tagged,
				Doc: openapi.Operation{Summary: "Rotate an application's secret; only this answer shows it",
					About: "Tokens that were issued for the previous secret end at once.", Answer: newSecretAnswer{}}}),
	}
}

type applicationAnswer struct {
	ID           uuid.UUID `json:"id"`
	Number       int64     `json:"number"`
	Name         string    `json:"name"`
	ClientID     int64     `json:"client_id"`
	User         uuid.UUID `json:"user"`
	Type         string    `json:"type"`
	Access       string    `json:"access"`
	RedirectURIs []string  `json:"redirect_uris"`
	AppID        string    `json:"app_id"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// newSecretAnswer is the answer that shows the secret, once.
type newSecretAnswer struct {
	applicationAnswer
	AppSecret string `json:"app_secret"`
}

func applicationOf(_ commands.States, _ *commands.Directory, a *commands.Application) applicationAnswer {
	return applicationAnswer{ID: a.ID, Number: a.Number, Name: a.Name, ClientID: a.Client, User: a.User, Type: a.Kind,
		Access: a.Access, RedirectURIs: call.OrEmpty(a.RedirectURIs), AppID: a.AppID, CreatedAt: a.CreatedAt,
		UpdatedAt: a.UpdatedAt}
}

func applications() call.Collection[*commands.Application, applicationAnswer] {
	name, null := openapi.Filled(openapi.Line(call.LongName)), openapi.Nullable
	access := openapi.Text(commands.AccessAll, commands.AccessCallAPI)
	uris := openapi.Schema{"type": "array", "items": openapi.Form("uri"), "maxItems": 100}
	made := map[string]openapi.Schema{"name!": name,
		"type!":  openapi.Text(commands.ApplicationTrusted, commands.ApplicationPublic, commands.ApplicationPassword),
		"access": null(access), "redirect_uris": null(uris), "user": null(openapi.Form("uuid")),
		"client_id": null(openapi.Count())}
	return call.Collection[*commands.Application, applicationAnswer]{
		Name: "applications", One: "application",
		All:    (*commands.Directory).Applications,
		ByID:   (*commands.Directory).Application,
		Absent: commands.NoApplication, Show: applicationOf, Made: newSecretAnswer{},
		New: call.Body{Members: made,
			Example: map[string]any{"name": "Phone book", "type": commands.ApplicationPublic,
				"redirect_uris": []string{"https://example.org/back"}}},
		Change: call.Body{Members: map[string]openapi.Schema{"name": name, "access": access, "redirect_uris": uris},
			Example: map[string]any{"name": "Directory"}},
		Create: func(c call.Caller, id uuid.UUID, m *call.Members) (commands.Command, func(applicationAnswer) any) {
			e := readApplication(c, m)
			appID, secret, hash := c.Secrets().Application()
			e.AppID, e.SecretHash = appID, events.Secret(hash)
			return commands.CreateApplication{ID: id, Application: e}, withAppSecret(secret)
		},
		Update: func(_ call.Caller, id uuid.UUID, m *call.Members) commands.Command {
			return commands.UpdateApplication{ID: id,
				Change: events.ApplicationUpdated{Name: call.Member[string](m, "name"),
					Access:       call.Member[string](m, "access"),
					RedirectURIs: call.Member[[]string](m, "redirect_uris")}}
		},
		Remove: func(id uuid.UUID) commands.Command { return commands.DeleteApplication{ID: id} },
	}
}

// withAppSecret adds the secret to an answer.
func withAppSecret(secret string) func(applicationAnswer) any {
	return func(a applicationAnswer) any { return newSecretAnswer{a, secret} }
}

// readApplication reads a new application. It is the caller's, of the user's client, and does not change anything,
// unless the request says otherwise.
func readApplication(c call.Caller, m *call.Members) events.ApplicationCreated {
	e := events.ApplicationCreated{
		Name: call.Or(call.Member[string](m, "name"), ""), Kind: call.Or(call.Member[string](m, "type"), ""),
		Access:       call.Or(call.Member[string](m, "access"), commands.AccessCallAPI),
		RedirectURIs: call.Or(call.Member[[]string](m, "redirect_uris"), nil),
		User:         c.User, Client: call.Or(call.Member[int64](m, "client_id"), 0),
	}
	if user := call.Member[string](m, "user"); user != nil {
		e.User = call.ParseID(*user)
	}
	if u := c.States.User(e.User); u != nil && e.Client == 0 {
		e.Client = u.Client
	}
	return e
}

// rotateApplicationSecret gives the application a new secret in place of the one that it has.
func (a *api) rotateApplicationSecret(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	app, err := applications().Named(r, c)
	if err != nil {
		return err
	}
	_, secret, hash := c.Secrets().Application()
	return applications().Run(a.Kernel, w, r, c, app,
		commands.RotateApplicationSecret{ID: app.ID, SecretHash: events.Secret(hash)}, withAppSecret(secret))
}
