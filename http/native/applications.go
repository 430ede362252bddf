package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
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

func applicationOf(a *commands.Application) applicationAnswer {
	out := applicationAnswer{ID: a.ID, Number: a.Number, Name: a.Name, ClientID: a.Client, User: a.User, Type: a.Kind,
		Access: a.Access, RedirectURIs: a.RedirectURIs, AppID: a.AppID, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt}
	if out.RedirectURIs == nil {
		out.RedirectURIs = []string{}
	}
	return out
}

// application returns the application of the path.
func (c caller) application(r *http.Request) (*commands.Application, error) {
	if found := c.states.Directory().Application(parseID(param(r, "application"))); found != nil {
		return found, nil
	}
	return nil, &commands.Refusal{Kind: commands.NotFound, Reason: "application_not_found", Detail: "There is no such application."}
}

func (a *api) listApplications(w http.ResponseWriter, r *http.Request, c caller) error {
	return writeList(w, r, numbered("applications", c.states.Directory().Applications(), func(a *commands.Application) int64 { return a.Number }), applicationOf)
}

func (a *api) getApplication(w http.ResponseWriter, r *http.Request, c caller) error {
	app, err := c.application(r)
	if err != nil {
		return err
	}
	return showEntity(w, r, app.Version, applicationOf(app))
}

func (a *api) createApplication(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	e, err := c.readApplication(m)
	if err != nil {
		return err
	}
	appID, secret, hash := secrets.Application()
	e.AppID, e.SecretHash = appID, events.Secret(hash)
	id := uuid.New()
	out, err := a.Do(r.Context(), c.Actor, commands.CreateApplication{ID: id, Application: e})
	if err != nil {
		return err
	}
	made := out.Directory.Application(id)
	w.Header().Set("ETag", versionTag(made.Version))
	return writeMade(w, out, location(r, id.String()), newSecretAnswer{applicationOf(made), secret})
}

// readApplication reads a new application. It is the caller's, of the user's client, and does not change anything, unless
// the request says otherwise.
func (c caller) readApplication(m *members) (events.ApplicationCreated, error) {
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
	return e, m.done()
}

func (a *api) patchApplication(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeMergePatch, typeJSON)
	if err != nil {
		return err
	}
	app, err := c.application(r)
	if err != nil {
		return err
	}
	m.merge = true
	change := events.ApplicationUpdated{Name: member[string](m, "name"), Access: member[string](m, "access"),
		RedirectURIs: member[[]string](m, "redirect_uris")}
	readOnly := m.takeAll("id", "number", "client_id", "user", "type", "app_id", "created_at", "updated_at")
	if err := m.done(); err != nil {
		return err
	}
	if err := repeated(readOnly, applicationOf(app)); err != nil {
		return err
	}
	out, err := a.change(r, c, app.Version, commands.UpdateApplication{ID: app.ID, Change: change})
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	after := out.Directory.Application(app.ID)
	return writeEntity(w, http.StatusOK, after.Version, applicationOf(after))
}

// rotateApplicationSecret gives the application a new secret in place of the one that it has.
func (a *api) rotateApplicationSecret(w http.ResponseWriter, r *http.Request, c caller) error {
	app, err := c.application(r)
	if err != nil {
		return err
	}
	_, secret, hash := secrets.Application()
	out, err := a.change(r, c, app.Version, commands.RotateApplicationSecret{ID: app.ID, SecretHash: events.Secret(hash)})
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	after := out.Directory.Application(app.ID)
	return writeEntity(w, http.StatusOK, after.Version, newSecretAnswer{applicationOf(after), secret})
}

func (a *api) deleteApplication(w http.ResponseWriter, r *http.Request, c caller) error {
	app, err := c.application(r)
	if err != nil {
		return err
	}
	out, err := a.change(r, c, app.Version, commands.DeleteApplication{ID: app.ID})
	if err != nil {
		return err
	}
	writeNothing(w, out)
	return nil
}
