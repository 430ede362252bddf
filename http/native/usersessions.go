package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events/session"
	"accountd/http/rest"
)

const (
	userSessionsPath = usersPath + "/:id/sessions"
	userSessionPath  = userSessionsPath + "/:session"
)

// keepParameter, with the value keepCurrent, spares the session by which all are ended.
const (
	keepParameter = "keep"
	keepCurrent   = "current"
)

type userSessionAnswer struct {
	ID              uuid.UUID           `json:"id"`
	Kind            string              `json:"kind"`
	Application     *sessionApplication `json:"application"`
	CreatedAt       time.Time           `json:"created_at"`
	AuthenticatedAt *time.Time          `json:"authenticated_at"` // null: nobody logged in for it
	LastUsedAt      *time.Time          `json:"last_used_at"`
	ExpiresAt       time.Time           `json:"expires_at"`
	Address         *string             `json:"address"`
	UserAgent       *string             `json:"user_agent"`
	SecondFactor    bool                `json:"second_factor"`
	Current         bool                `json:"current"`
}

// sessionApplication is the one that a session was granted to.
type sessionApplication struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// userSessionOf returns a session as the caller is shown it.
func (a *api) userSessionOf(r *http.Request, c caller, l session.Listed) userSessionAnswer {
	origin := a.OriginOf(r.Context(), c.states.User(l.User), l.Session)
	used, _ := a.Usage.LastUsed(rest.SessionCredential(l.Session.ID))
	out := userSessionAnswer{ID: l.Session.ID, Kind: l.Session.Kind, CreatedAt: l.CreatedAt, LastUsedAt: orNull(used),
		ExpiresAt: l.Ends(), Address: orNull(origin.Address), UserAgent: orNull(origin.UserAgent), SecondFactor: l.Session.SecondFactor,
		Current: l.Session.ID == c.Session.ID}
	if app := c.states.Directory().Application(l.Application); app != nil {
		out.Application = &sessionApplication{app.ID, app.Name}
	}
	if l.Session.ID != l.Application { // which is there by its secret alone
		out.AuthenticatedAt = new(rest.SessionOf(l.Token, l.Hash).ProvenAt)
	}
	return out
}

// loggedIn returns the user of the path, if the caller may see where the user is logged in.
func (c caller) loggedIn(r *http.Request) (*commands.User, error) {
	u, err := c.visible(r)
	if err == nil {
		err = commands.MaySeeSessions(c.states, c.Actor, u)
	}
	return u, err
}

func (a *api) listUserSessions(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.loggedIn(r)
	if err != nil {
		return err
	}
	all, err := a.UserSessions(r.Context(), c.states, u.ID, a.now())
	if err != nil {
		return err
	}
	l := keyed("sessions", all, func(l session.Listed) string { return newest(l.CreatedAt, l.Session.ID) })
	return writeList(w, r, l, func(l session.Listed) userSessionAnswer { return a.userSessionOf(r, c, l) })
}

// userSession returns the session that the path names.
func (a *api) userSession(r *http.Request, c caller) (session.Listed, error) {
	u, err := c.loggedIn(r)
	if err != nil {
		return session.Listed{}, err
	}
	l, ok, err := a.Sessions.Find(r.Context(), u.ID, parseID(param(r, "session")))
	if err == nil && (!ok || !rest.Holds(c.states, l, a.now())) {
		err = &commands.Refusal{Kind: commands.NotFound, Reason: "session_not_found", Detail: "There is no such session, or it is over."}
	}
	return l, err
}

func (a *api) getUserSession(w http.ResponseWriter, r *http.Request, c caller) error {
	l, err := a.userSession(r, c)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, a.userSessionOf(r, c, l))
}

// endUserSession ends a session: nobody has to prove anything for it, since who ends one may be in a hurry.
func (a *api) endUserSession(w http.ResponseWriter, r *http.Request, c caller) error {
	l, err := a.userSession(r, c)
	if err != nil {
		return err
	}
	cmd := commands.EndSession{ID: l.User, Session: l.Session.ID, Kind: l.Session.Kind, Application: l.Application}
	on, err := onVersion(r, c.states.User(l.User), cmd)
	if err != nil {
		return err
	}
	out, err := a.EndSession(r.Context(), c.Actor, on, cmd)
	if err != nil {
		return err
	}
	writeNothing(w, out)
	return nil
}

func (a *api) endUserSessions(w http.ResponseWriter, r *http.Request, c caller) error {
	keeps, err := keepsCurrent(r)
	if err != nil {
		return err
	}
	u, err := c.loggedIn(r)
	if err != nil {
		return err
	}
	cmd := commands.EndSessions{ID: u.ID, KeepsOwn: keeps && u.ID == c.User}
	on, err := onVersion(r, u, cmd)
	if err != nil {
		return err
	}
	out, err := a.EndSessions(r.Context(), c.Actor, on, cmd)
	if err != nil {
		return err
	}
	writeNothing(w, out)
	return nil
}

func keepsCurrent(r *http.Request) (bool, error) {
	query, err := queryOf(r)
	if err != nil {
		return false, err
	}
	keep, err := single(query, keepParameter)
	if err != nil {
		return false, err
	}
	if query.Has(keepParameter) && keep != keepCurrent {
		return false, badParameter(keepParameter, "parameter_invalid", "What can be kept is current: the session that the request is made in.")
	}
	query.Del(keepParameter)
	return keep == keepCurrent, noParameters(query)
}
