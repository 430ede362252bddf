package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

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
		Access: a.Access, RedirectURIs: orEmpty(a.RedirectURIs), AppID: a.AppID, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt}
}

func applications() things[*commands.Application, applicationAnswer] {
	return things[*commands.Application, applicationAnswer]{
		name: "applications", one: "application", all: (*commands.Directory).Applications, byID: (*commands.Directory).Application,
		absent: commands.NoApplication, show: applicationOf,
		create: func(c caller, id uuid.UUID, m *members) (commands.Command, func(applicationAnswer) any) {
			e := c.readApplication(m)
			appID, secret, hash := c.secrets().Application()
			e.AppID, e.SecretHash = appID, events.Secret(hash)
			return commands.CreateApplication{ID: id, Application: e}, withAppSecret(secret)
		},
		update: func(_ caller, id uuid.UUID, m *members) commands.Command {
			return commands.UpdateApplication{ID: id, Change: events.ApplicationUpdated{Name: member[string](m, "name"), Access: member[string](m, "access"),
				RedirectURIs: member[[]string](m, "redirect_uris")}}
		},
		remove: func(id uuid.UUID) commands.Command { return commands.DeleteApplication{ID: id} },
	}
}

// withAppSecret adds the secret to an answer.
func withAppSecret(secret string) func(applicationAnswer) any {
	return func(a applicationAnswer) any { return newSecretAnswer{a, secret} }
}

// readApplication reads a new application. It is the caller's, of the user's client, and does not change anything, unless
// the request says otherwise.
func (c caller) readApplication(m *members) events.ApplicationCreated {
	e := events.ApplicationCreated{
		Name: or(member[string](m, "name"), ""), Kind: or(member[string](m, "type"), ""),
		Access:       or(member[string](m, "access"), commands.AccessCallAPI),
		RedirectURIs: or(member[[]string](m, "redirect_uris"), nil),
		User:         c.User, Client: or(member[int64](m, "client_id"), 0),
	}
	if user := member[string](m, "user"); user != nil {
		e.User = parseID(*user)
	}
	if u := c.states.User(e.User); u != nil && e.Client == 0 {
		e.Client = u.Client
	}
	return e
}

// rotateApplicationSecret gives the application a new secret in place of the one that it has.
func (a *api) rotateApplicationSecret(w http.ResponseWriter, r *http.Request, c caller) error {
	app, err := applications().named(r, c)
	if err != nil {
		return err
	}
	_, secret, hash := c.secrets().Application()
	return applications().change(a, w, r, c, app, commands.RotateApplicationSecret{ID: app.ID, SecretHash: events.Secret(hash)}, withAppSecret(secret))
}
