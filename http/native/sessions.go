package native

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/secrets"
	"accountd/events/session"
	"accountd/http/rest"
)

const (
	sessionsPath  = "/v1/sessions"
	sessionPath   = sessionsPath + "/current"
	sessionPrefix = "acse_" // of a token; what is behind it is as long as that of a key
	sessionKind   = "native-session"
	sessionLife   = 24 * time.Hour
)

// logIn gives a token to who knows a user's name and password.
func (a *api) logIn(w http.ResponseWriter, r *http.Request) error {
	query, err := queryOf(r)
	if err == nil {
		err = noParameters(query)
	}
	if err != nil {
		return err
	}
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	name, plain, code := needed(m, "username"), needed(m, "password"), or(member[string](m, "code"), "")
	if err := m.done(); err != nil {
		return err
	}
	u, err := a.LogIn(r, login.Attempt{Name: name, Password: plain, Code: code, At: a.now(), Unbounded: !a.bounded})
	if err != nil {
		return refusedLogIn(err, code != "")
	}
	return a.startSession(w, r, u)
}

// needed returns the text of a member that must be there.
func needed(m *members, name string) string {
	text := member[string](m, name)
	if text == nil {
		m.fail(name, name+"_required", "This member is needed.")
	}
	return or(text, "")
}

// refusedLogIn makes a refusal to know somebody one to know the caller.
func refusedLogIn(err error, withCode bool) error {
	switch {
	case hasReason(err, login.ReasonWrong) && withCode:
		return rest.RequestError{Status: http.StatusUnauthorized, Reason: login.ReasonWrong, Detail: "Name, password or code is wrong."}
	case hasReason(err, login.ReasonWrong):
		return rest.RequestError{Status: http.StatusUnauthorized, Reason: login.ReasonWrong, Detail: "Name or password is wrong."}
	case hasReason(err, login.ReasonCode):
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
	j.Key("id").String(t.Session.ID.String()).Key("created_at").Time(t.CreatedAt).Key("authenticated_at").Time(rest.SessionOf(t, "").ProvenAt)
	j.Key("expires_at").Time(t.ExpiresAt).Key("user")
	addUser(j, at, named(dir), u)
	return j.Close('}')
}

func (a *api) startSession(w http.ResponseWriter, r *http.Request, u *commands.User) error {
	token, hash := secrets.Token(sessionPrefix)
	now := a.now().UTC()
	of, err := a.NewSession(r, u, uuid.New(), commands.SessionNative)
	if err != nil {
		return err
	}
	of.SecondFactor = u.NeedsCode()
	t := session.Token{Kind: sessionKind, User: u.ID, Session: of, Since: u.LogInSince(), CreatedAt: now, ExpiresAt: now.Add(sessionLife)}
	if err := a.Sessions.List(r.Context(), hash, t); err != nil {
		return err
	}
	if err := a.Sessions.Put(r.Context(), hash, t); err != nil {
		return err
	}
	states, err := a.states()
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

// bySession returns who asks by a session's token, with everything that the user may do.
func (a *api) bySession(r *http.Request, states commands.States, token string) (*commands.User, commands.Actor, error) {
	hash := secrets.Hash(token)
	t, ok, err := a.Sessions.Get(r.Context(), sessionKind, hash)
	if err != nil {
		return nil, commands.Actor{}, err
	}
	u := states.User(t.User)
	by := rest.SessionOf(t, hash)
	if !ok || !by.Holds(u, a.now()) {
		return nil, commands.Actor{}, badToken()
	}
	a.Usage.UsedUntil(rest.SessionCredential(by.ID), a.now(), t.ExpiresAt)
	return u, commands.Actor{User: u.ID, Credential: rest.SessionCredential(by.ID), Permissions: commands.Whole(), Session: by}, nil
}

// reauthenticate has who holds the session prove again to be its user.
func (a *api) reauthenticate(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	plain, code := needed(m, "password"), or(member[string](m, "code"), "")
	if err := m.done(); err != nil {
		return err
	}
	if c.Session.Hash == "" {
		return noSession()
	}
	if a.rehearsing {
		return errRehearsed
	}
	attempt := login.Attempt{Name: c.states.User(c.User).Username, Exact: true, Password: plain, Code: code, At: a.now(), Unbounded: !a.bounded}
	u, err := a.LogIn(r, attempt)
	if err != nil {
		return refusedLogIn(err, code != "")
	}
	if u.ID != c.User || !c.Session.Holds(u, a.now()) { // the name or the password is another one by now
		return badToken()
	}
	prove := func(t *session.Token) bool { t.ProvenAt = a.now().UTC(); return true }
	t, ok, err := a.Sessions.Change(r.Context(), sessionKind, c.Session.Hash, prove)
	if err != nil {
		return err
	}
	if !ok {
		return badToken()
	}
	c.writeSession(w, u, t)
	return nil
}

func (a *api) getSession(w http.ResponseWriter, r *http.Request, c caller) error {
	t, ok, err := a.Sessions.Get(r.Context(), sessionKind, c.Session.Hash)
	if err != nil {
		return err
	}
	u := c.states.User(t.User)
	if !ok || u == nil {
		return noSession()
	}
	c.writeSession(w, u, t)
	return nil
}

// writeSession shows the session by which the request is made.
func (c caller) writeSession(w http.ResponseWriter, u *commands.User, t session.Token) {
	j := sessionJSON(c.At, c.states.Directory(), u, t, "")
	defer j.Free()
	rest.WriteJSON(w, http.StatusOK, j.Bytes())
}

func (a *api) endSession(w http.ResponseWriter, r *http.Request, c caller) error {
	if c.Session.Hash == "" {
		return noSession()
	}
	if err := a.Sessions.Delete(r.Context(), sessionKind, c.Session.Hash); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func noSession() error {
	return &commands.Refusal{Kind: commands.NotFound, Reason: "session_not_found", Detail: "This request is made by a key, not in a session."}
}

func isSessionToken(token string) bool { return strings.HasPrefix(token, sessionPrefix) }
