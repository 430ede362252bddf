package pterodactyl

import (
	"net/http"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

func (a *api) showUser(w http.ResponseWriter, _ *http.Request, c call) error {
	return writeUser(w, http.StatusOK, c, c.user, "")
}

func (a *api) showExternal(w http.ResponseWriter, r *http.Request, c call) error {
	u := c.states.UserByExternalID(rest.Param(r, "external"))
	if u == nil {
		return notFound()
	}
	return writeUser(w, http.StatusOK, c, u, "")
}

func (a *api) createUser(w http.ResponseWriter, r *http.Request, c call) error {
	req, err := readUser(c)
	if err != nil {
		return err
	}
	cmd := commands.CreateUser{ID: uuid.New(), User: req.creation()}
	hash, err := a.hash(r, c, cmd, req.password)
	if err != nil {
		return err
	}
	if hash != nil {
		cmd.User.PasswordHash = *hash
	}
	out, err := a.Do(r.Context(), c.Actor, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	return writeUser(w, http.StatusCreated, c, out.User, a.base(r)+usersPath+"/"+itoa(int(out.User.Number)))
}

func (a *api) updateUser(w http.ResponseWriter, r *http.Request, c call) error {
	req, err := readUser(c)
	if err != nil {
		return err
	}
	cmd := req.update(c.user)
	if cmd.PasswordHash, err = a.hash(r, c, cmd, req.password); err != nil {
		return err
	}
	out, err := a.Do(r.Context(), c.Actor, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	return writeUser(w, http.StatusOK, c, out.User, "")
}

// hash returns the hash of a password, nil when there is none to be set. A command that will be refused is not worth
// it.
func (a *api) hash(r *http.Request, c call, cmd commands.Command, password string) (*events.Secret, error) {
	if password == "" {
		return nil, nil
	}
	if _, err := commands.Decide(c.states, c.Actor, cmd); err != nil {
		return nil, err
	}
	hash, err := a.HashPassword(r.Context(), password)
	return &hash, err
}

func (a *api) deleteUser(w http.ResponseWriter, r *http.Request, c call) error {
	out, err := a.Do(r.Context(), c.Actor, commands.DeleteUser{ID: c.user.ID})
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// base returns the beginning of links.
func (a *api) base(r *http.Request) string { return a.schemeOf(r) + "://" + r.Host }

func (a *api) schemeOf(r *http.Request) string {
	switch {
	case a.scheme != "":
		return a.scheme
	case r.TLS != nil:
		return "https"
	}
	return "http"
}

// writeUser answers with one user. A user that was made has a link to itself.
func writeUser(w http.ResponseWriter, status int, c call, u *commands.User, link string) error {
	j := newAnswer(c, userSize)
	defer j.Free()
	j.user(u)
	if link != "" {
		j.Key("meta").Open('{').Key("resource").String(link).Close('}')
	}
	j.Close('}')
	rest.WriteJSON(w, status, j.Bytes())
	return nil
}
