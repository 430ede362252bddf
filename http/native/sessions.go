package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/events/session"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) sessionCalls() call.Noun {
	filled, code := openapi.Filled(openapi.Text()), openapi.Nullable(openapi.Text())
	plain := openapi.With(filled, "maxLength", password.MaxLength)
	return call.Noun{
		Tag: openapi.Tag{Name: "Sessions",
			About: "Log in by password; list and end sessions."},
		Calls: []call.Call{
			{Method: http.MethodPost, Path: sessionsPath, Open: rest.Small(a.logIn), Changes: call.Unlogged,
				Doc: openapi.Operation{Open: true,
					Summary: "Log in by password; the token lasts a day",
					About:   "Only this answer shows the token, which acts as the user.",
					Body: openapi.Object(map[string]openapi.Schema{"username!": filled, "password!": plain,
						"code": code}),
					Example: map[string]any{"username": "grace@example.org", "password": "correct horse"},
					Answer:  sessionSchema(true), Status: http.StatusCreated}},
			{Method: http.MethodPost, Path: sessionPath + "/reauthenticate", Handle: a.reauthenticate,
				Changes: call.Unlogged, Doc: openapi.Operation{
					Summary: "Reauthenticate with the password",
					About: "Changes that decide who gets in or who may do what require a session whose " +
						"authenticated_at is no more than 15 minutes ago.",
					Body:    openapi.Object(map[string]openapi.Schema{"password!": plain, "code": code}),
					Example: map[string]any{"password": "correct horse"}, Answer: sessionSchema(false)}},
			{Method: http.MethodGet, Path: sessionPath, Handle: a.getSession,
				Doc: openapi.Operation{Summary: "Show the current session",
					Answer: sessionSchema(false)}},
			{Method: http.MethodDelete, Path: sessionPath, Handle: a.endSession, Changes: call.Unlogged,
				Doc: openapi.Operation{Summary: "Log out: end the current session"}},
		},
	}
}

const (
	sessionsPath = "/v1/sessions"
	sessionPath  = sessionsPath + "/current"
	sessionLife  = 24 * time.Hour
)

// logIn gives a token to who knows a user's name and password.
func (a *api) logIn(w http.ResponseWriter, r *http.Request) error {
	query, err := call.QueryOf(r)
	if err == nil {
		err = call.NoParameters(query)
	}
	if err != nil {
		return err
	}
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	name, plain, code := call.Needed(m, "username"), call.Needed(m, "password"),
		call.Or(call.Member[string](m, "code"), "")
	if err := m.Done(); err != nil {
		return err
	}
	u, err := a.LogIn(r, login.Attempt{Name: name, Password: plain, Code: code, At: a.Now(), Unbounded: !a.Bounded})
	if err != nil {
		return refusedLogIn(err, code != "")
	}
	return a.startSession(w, r, u)
}

// refusedLogIn makes a refusal to know somebody one to know the caller.
func refusedLogIn(err error, withCode bool) error {
	switch {
	case call.HasReason(err, login.ReasonWrong) && withCode:
		return rest.RequestError{Status: http.StatusUnauthorized, Reason: login.ReasonWrong,
			Detail: "Name, password or code is wrong."}
	case call.HasReason(err, login.ReasonWrong):
		return rest.RequestError{Status: http.StatusUnauthorized, Reason: login.ReasonWrong,
			Detail: "Name or password is wrong."}
	case call.HasReason(err, login.ReasonCode):
		return rest.RequestError{Status: http.StatusUnauthorized, Reason: login.ReasonCode,
			Detail: "The password is right; the member code must have a code of the second factor, too."}
	}
	return err
}

// sessionJSON returns the object of a session; the token is shown by the answer that made it alone. Free it.
func sessionJSON(at time.Time, dir *commands.Directory, u *commands.User, t session.Token, token string) *rest.JSON {
	j := rest.NewJSON(userSize + 256).Open('{')
	if token != "" {
		j.Key("token").String(token)
	}
	j.Key("id").String(t.Session.ID.String()).Key("created_at").Time(t.CreatedAt).Key("authenticated_at").Time(
		rest.SessionOf(t, "").ProvenAt)
	j.Key("expires_at").Time(t.ExpiresAt).Key("user")
	addUser(j, at, named(dir), u)
	return j.Close('}')
}

func (a *api) startSession(w http.ResponseWriter, r *http.Request, u *commands.User) error {
	token, hash := secrets.Token(call.SessionPrefix)
	now := a.Now().UTC()
	of, err := a.NewSession(r, u, uuid.New(), commands.SessionNative)
	if err != nil {
		return err
	}
	of.SecondFactor = u.NeedsCode()
	t := session.Token{Kind: call.SessionKind, User: u.ID, Session: of, Since: u.LogInSince(), CreatedAt: now,
		ExpiresAt: now.Add(sessionLife)}
	if err := a.Sessions.List(r.Context(), hash, t); err != nil {
		return err
	}
	if err := a.Sessions.Put(r.Context(), hash, t); err != nil {
		return err
	}
	states, err := a.States()
	if err != nil {
		return err
	}
	rest.Identify(r, commands.Actor{User: u.ID, Credential: rest.SessionCredential(of.ID)})
	w.Header().Set("Location", sessionPath)
	j := sessionJSON(now, states.Directory(), u, t, token)
	defer j.Free()
	rest.WriteJSON(w, http.StatusCreated, j.Bytes())
	return nil
}

// reauthenticate has who holds the session prove again to be its user.
func (a *api) reauthenticate(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	plain, code := call.Needed(m, "password"), call.Or(call.Member[string](m, "code"), "")
	if err := m.Done(); err != nil {
		return err
	}
	if c.Session.Hash == "" {
		return noSession()
	}
	if a.Rehearsing {
		return call.ErrRehearsed
	}
	attempt := login.Attempt{Name: c.States.User(c.User).Username, Exact: true, Password: plain, Code: code,
		At: a.Now(), Unbounded: !a.Bounded}
	u, err := a.LogIn(r, attempt)
	if err != nil {
		return refusedLogIn(err, code != "")
	}
	if u.ID != c.User || !c.Session.Holds(u, a.Now()) { // the name or the password is another one by now
		return call.BadToken()
	}
	prove := func(t *session.Token) bool { t.ProvenAt = a.Now().UTC(); return true }
	t, ok, err := a.Sessions.Change(r.Context(), call.SessionKind, c.Session.Hash, prove)
	if err != nil {
		return err
	}
	if !ok {
		return call.BadToken()
	}
	writeSession(c, w, u, t)
	return nil
}

func (a *api) getSession(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	t, ok, err := a.Sessions.Get(r.Context(), call.SessionKind, c.Session.Hash)
	if err != nil {
		return err
	}
	u := c.States.User(t.User)
	if !ok || u == nil {
		return noSession()
	}
	writeSession(c, w, u, t)
	return nil
}

// writeSession shows the session by which the request is made.
func writeSession(c call.Caller, w http.ResponseWriter, u *commands.User, t session.Token) {
	j := sessionJSON(c.At, c.States.Directory(), u, t, "")
	defer j.Free()
	rest.WriteJSON(w, http.StatusOK, j.Bytes())
}

func (a *api) endSession(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if c.Session.Hash == "" {
		return noSession()
	}
	if err := a.Sessions.Delete(r.Context(), call.SessionKind, c.Session.Hash); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func noSession() error {
	return &commands.Refusal{Kind: commands.NotFound, Reason: "session_not_found",
		Detail: "This request is made by a key, not in a session."}
}

// sessionSchema is a session as it is shown; new: by the answer that made it.
func sessionSchema(isNew bool) openapi.Schema {
	members := map[string]openapi.Schema{"id!": openapi.Form("uuid"), "created_at!": openapi.Form("date-time"),
		"authenticated_at!": openapi.Form("date-time"),
		"expires_at!":       openapi.Form("date-time"), "user!": userSchema()}
	if isNew {
		members["token!"] = openapi.Text()
	}
	return openapi.Object(members)
}
