package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events/session"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) userSessionCalls() call.Noun {
	keep := openapi.Parameter{Name: keepParameter, Schema: openapi.Text(keepCurrent),
		About: "Keep the session that makes the request, if it is the user's own."}
	return call.Noun{
		Tag: openapi.Tag{Name: "Sessions"},
		Calls: []call.Call{
			{Method: http.MethodGet, Path: userSessionsPath, Handle: a.listUserSessions, Doc: openapi.Operation{
				Summary: "List a user's sessions",
				About: "Sessions of every API, and grants of applications: those of the caller, and of users whom " +
					"the caller may manage. A grant and the refresh tokens that follow it are one session.",
				Query: call.Paged(), Answer: call.ListAnswer[userSessionAnswer]{}}},
			{Method: http.MethodGet, Path: userSessionPath, Handle: a.getUserSession,
				Doc: openapi.Operation{Summary: "Show a user's session", Answer: userSessionAnswer{}}},
			{Method: http.MethodDelete, Path: userSessionsPath, Handle: a.endUserSessions, Changes: call.OfUser,
				Doc: openapi.Operation{
					Summary: "End all of a user's sessions",
					About:   "They end at once, on every instance. Keys stay. Reauthentication is not required.",
					Query:   []openapi.Parameter{keep}}},
			{Method: http.MethodDelete, Path: userSessionPath, Handle: a.endUserSession, Changes: call.OfUser,
				Doc: openapi.Operation{
					Summary: "End a user's session",
					About: "It ends at once, on every instance. If it is an application's grant, the application " +
						"gets no more tokens from it; but it can still get new tokens with its own secret."}},
		},
	}
}

const (
	userSessionsPath = call.UsersPath + "/:id/sessions"
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
func (a *api) userSessionOf(r *http.Request, c call.Caller, l session.Listed) userSessionAnswer {
	origin := a.OriginOf(r.Context(), c.States.User(l.User), l.Session)
	used, _ := a.Usage.LastUsed(rest.SessionCredential(l.Session.ID))
	out := userSessionAnswer{ID: l.Session.ID, Kind: l.Session.Kind, CreatedAt: l.CreatedAt,
		LastUsedAt: call.OrNull(used),
		ExpiresAt:  l.Ends(), Address: call.OrNull(origin.Address), UserAgent: call.OrNull(origin.UserAgent),
		SecondFactor: l.Session.SecondFactor,
		Current:      l.Session.ID == c.Session.ID}
	if app := c.States.Directory().Application(l.Application); app != nil {
		out.Application = &sessionApplication{app.ID, app.Name}
	}
	if l.Session.ID != l.Application { // which is there by its secret alone
		out.AuthenticatedAt = new(rest.SessionOf(l.Token, l.Hash).ProvenAt)
	}
	return out
}

// loggedIn returns the user of the path, if the caller may see where the user is logged in.
func loggedIn(c call.Caller, r *http.Request) (*commands.User, error) {
	u, err := c.Visible(r)
	if err == nil {
		err = commands.MaySeeSessions(c.States, c.Actor, u)
	}
	return u, err
}

func (a *api) listUserSessions(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	u, err := loggedIn(c, r)
	if err != nil {
		return err
	}
	all, err := a.UserSessions(r.Context(), c.States, u.ID, a.Now())
	if err != nil {
		return err
	}
	l := call.Keyed("sessions", all, func(l session.Listed) string { return call.Newest(l.CreatedAt, l.Session.ID) })
	return call.WriteList(w, r, l, func(l session.Listed) userSessionAnswer { return a.userSessionOf(r, c, l) })
}

// userSession returns the session that the path names.
func (a *api) userSession(r *http.Request, c call.Caller) (session.Listed, error) {
	u, err := loggedIn(c, r)
	if err != nil {
		return session.Listed{}, err
	}
	l, ok, err := a.Sessions.Find(r.Context(), u.ID, call.ParseID(call.Param(r, "session")))
	if err == nil && (!ok || !rest.Holds(c.States, l, a.Now())) {
		err = &commands.Refusal{Kind: commands.NotFound, Reason: "session_not_found",
			Detail: "There is no such session, or it is over."}
	}
	return l, err
}

func (a *api) getUserSession(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	l, err := a.userSession(r, c)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, a.userSessionOf(r, c, l))
}

// endUserSession ends a session: nobody has to prove anything for it, since who ends one may be in a hurry.
func (a *api) endUserSession(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	l, err := a.userSession(r, c)
	if err != nil {
		return err
	}
	cmd := commands.EndSession{ID: l.User, Session: l.Session.ID, Kind: l.Session.Kind, Application: l.Application}
	on, err := c.OnVersion(call.VersionOf(c.States.User(l.User)), cmd)
	if err != nil {
		return err
	}
	out, err := a.EndSession(r.Context(), c.Actor, on, cmd)
	if err != nil {
		return err
	}
	call.WriteNothing(w, out)
	return nil
}

func (a *api) endUserSessions(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	keeps, err := keepsCurrent(r)
	if err != nil {
		return err
	}
	u, err := loggedIn(c, r)
	if err != nil {
		return err
	}
	cmd := commands.EndSessions{ID: u.ID, KeepsOwn: keeps && u.ID == c.User}
	on, err := c.OnVersion(u.Version, cmd)
	if err != nil {
		return err
	}
	out, err := a.EndSessions(r.Context(), c.Actor, on, cmd)
	if err != nil {
		return err
	}
	call.WriteNothing(w, out)
	return nil
}

func keepsCurrent(r *http.Request) (bool, error) {
	query, err := call.QueryOf(r)
	if err != nil {
		return false, err
	}
	keep, err := call.Single(query, keepParameter)
	if err != nil {
		return false, err
	}
	if query.Has(keepParameter) && keep != keepCurrent {
		return false, call.BadParameter(keepParameter, "parameter_invalid",
			"What can be kept is current: the session that the request is made in.")
	}
	query.Del(keepParameter)
	return keep == keepCurrent, call.NoParameters(query)
}
