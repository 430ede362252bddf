package commands

import (
	"net/url"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// NoApplication is the Refusal of an id that no application has.
func NoApplication() *Refusal {
	return refuse(NotFound, "application_not_found", "", "There is no such application.")
}

// CreateApplication makes an application. Its Number is decided, not taken.
//
// Refusals: Invalid, Taken (app_id_taken), Forbidden.
type CreateApplication struct {
	ID          uuid.UUID
	Application events.ApplicationCreated
}

// Of names the application.
func (c CreateApplication) Of() events.Aggregate { return events.Application(c.ID) }

func (c CreateApplication) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayAdminister(s, a); err != nil {
		return nil, err
	}
	return decideCreateApplication(s, c)
}

// UpdateApplication changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden.
type UpdateApplication struct {
	ID     uuid.UUID
	Change events.ApplicationUpdated
}

// Of names the application.
func (c UpdateApplication) Of() events.Aggregate { return events.Application(c.ID) }

func (c UpdateApplication) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	app := s.Directory().Application(c.ID)
	if err := changeable(app, version, mayAdminister(s, a), NoApplication); err != nil {
		return nil, err
	}
	return decideUpdateApplication(app, c.Change)
}

// RotateApplicationSecret gives an application a new secret; the old one is void at once.
//
// Refusals: NotFound, Forbidden.
type RotateApplicationSecret struct {
	ID         uuid.UUID
	SecretHash events.Secret // SHA-256 of the secret, lower-case hex
}

// Of names the application.
func (c RotateApplicationSecret) Of() events.Aggregate { return events.Application(c.ID) }

func (c RotateApplicationSecret) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	app := s.Directory().Application(c.ID)
	if err := changeable(app, version, mayAdminister(s, a), NoApplication); err != nil {
		return nil, err
	}
	return drafted(c.Of(), app.Key, events.ApplicationSecretRotated{SecretHash: c.SecretHash})
}

// DeleteApplication ends an application.
//
// Refusals: NotFound, Forbidden.
type DeleteApplication struct{ ID uuid.UUID }

// Of names the application.
func (c DeleteApplication) Of() events.Aggregate { return events.Application(c.ID) }

func (c DeleteApplication) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	app := s.Directory().Application(c.ID)
	if err := changeable(app, version, mayAdminister(s, a), NoApplication); err != nil {
		return nil, err
	}
	return drafted(c.Of(), app.Key, events.ApplicationDeleted{})
}

var appID = regexp.MustCompile(`^[0-9a-f]{32}$`)

func decideCreateApplication(s States, c CreateApplication) ([]events.Draft, error) {
	e := c.Application
	e.Number = s.LastNumber(events.ApplicationNumber) + 1
	kinds := []string{ApplicationTrusted, ApplicationPublic, ApplicationPassword}
	switch {
	case !appID.MatchString(e.AppID) || e.SecretHash == "":
		return nil, refuse(Invalid, "app_id_invalid", "app_id",
			"An application needs an id of 32 hex digits, and a secret.")
	case s.Directory().ApplicationByAppID(e.AppID) != nil:
		return nil, refuse(Taken, "app_id_taken", "app_id", "There is an application with this id.")
	case !slices.Contains(kinds, e.Kind):
		return nil, refuse(Invalid, "type_invalid", "type",
			"An application is trusted, public or password_credentials.")
	case s.Directory().ClientByNumber(e.Client) == nil:
		return nil, noSuch("client_id")
	case s.User(e.User) == nil:
		return nil, noSuch("user")
	case s.User(e.User).Client != e.Client:
		return nil, refuse(Invalid, "user_invalid", "user", "The user is no member of the client.")
	}
	if err := checkApplication(events.ApplicationUpdated{Name: &e.Name, Access: &e.Access,
		RedirectURIs: &e.RedirectURIs}); err != nil {
		return nil, err
	}
	return drafted(events.Application(c.ID), events.KeyID{}, e)
}

func decideUpdateApplication(app *Application, e events.ApplicationUpdated) ([]events.Draft, error) {
	e.Name = changed(app.Name, e.Name)
	e.Access = changed(app.Access, e.Access)
	e.RedirectURIs = changedList(app.RedirectURIs, e.RedirectURIs)
	if e == (events.ApplicationUpdated{}) {
		return nil, nil
	}
	if err := checkApplication(e); err != nil {
		return nil, err
	}
	return drafted(events.Application(app.ID), app.Key, e)
}

const maxRedirectURIs = 100

func checkApplication(e events.ApplicationUpdated) error {
	if e.Name != nil {
		if err := checkName(*e.Name); err != nil {
			return err
		}
	}
	if e.Access != nil && *e.Access != AccessAll && *e.Access != AccessCallAPI {
		return refuse(Invalid, "access_invalid", "access", "An application's access is all or call_api.")
	}
	if e.RedirectURIs == nil {
		return nil
	}
	if len(*e.RedirectURIs) > maxRedirectURIs || slices.ContainsFunc(*e.RedirectURIs,
		func(s string) bool { return !redirectable(s) }) {
		return refuse(Invalid, "redirect_uris_invalid", "redirect_uris",
			"Redirect URIs are absolute, without fragment; at most %d.", maxRedirectURIs)
	}
	return nil
}

// redirectable reports whether a browser may be sent to the address with a code: it is absolute, has no fragment, and
// runs nothing by itself.
func redirectable(s string) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > maxText || u.Fragment != "" {
		return false
	}
	switch u.Scheme {
	case "", "javascript", "data", "vbscript", "file", "about", "blob":
		return false
	case "http", "https":
		return u.Host != "" && u.User == nil
	}
	return true
}

// Application is the State of an Application aggregate. It is immutable; nil stands for no such application.
type Application struct {
	Entity
	AppID        string
	SecretHash   events.Secret // empty: nothing opens it until it gets a new one
	SecretSince  uint64        // sequence of the Record that gave it the secret
	SecretBy     Author        // who was shown it
	User         uuid.UUID     // who made it; may be gone
	Client       int64
	Kind         string
	Access       string
	RedirectURIs []string
	WidenedSince uint64 // sequence of the newest Record that gave it more Access; 0: none did
}

func (a *Application) key() string { return a.AppID }

func evolveApplication(a *Application, r events.Record) *Application {
	if e, ok := r.Event.(events.ApplicationCreated); ok && a == nil {
		return &Application{newEntity(r, e.Number, e.Name), e.AppID, e.SecretHash, r.Sequence, causer(r), e.User,
			e.Client, e.Kind, e.Access, e.RedirectURIs, 0}
	}
	if a == nil {
		return nil
	}
	next := *a
	next.touch(r)
	switch e := r.Event.(type) {
	case events.ApplicationUpdated:
		set(&next.Name, e.Name)
		if e.Access != nil && *e.Access == AccessAll && a.Access != AccessAll {
			next.WidenedSince = r.Sequence
		}
		set(&next.Access, e.Access)
		set(&next.RedirectURIs, e.RedirectURIs)
	case events.ApplicationSecretRotated:
		next.SecretHash, next.SecretSince, next.SecretBy = e.SecretHash, r.Sequence, causer(r)
	case events.ApplicationDeleted:
		return nil
	default:
		return a
	}
	return &next
}
