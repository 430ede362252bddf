package clientuser

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

func (a *api) asker(w http.ResponseWriter, _ *http.Request, c call) error {
	j := rest.NewJSON(userSize)
	defer j.Free()
	addAsker(j, c.user, c.client)
	writeJSON(w, http.StatusOK, j)
	return nil
}

func (a *api) listUsers(w http.ResponseWriter, r *http.Request, c call) error {
	q, err := usersQuery(r)
	if err != nil {
		return err
	}
	q.Scope = commands.VisibleUsers(c.states, c.Actor)
	found, err := a.List(q)
	if err != nil {
		return err
	}
	w.Header().Set("X-Total-Count", strconv.Itoa(found.Total))
	j := rest.NewJSON(2 + userSize*len(found.Users)).Open('[')
	defer j.Free()
	for _, u := range found.Users {
		addUser(j, u, c.client)
	}
	writeJSON(w, http.StatusOK, j.Close(']'))
	return nil
}

func (a *api) showUser(w http.ResponseWriter, r *http.Request, c call) error {
	u, err := c.userOf(r)
	if err != nil {
		return err
	}
	c.writeUser(w, http.StatusOK, u)
	return nil
}

func (a *api) createUser(w http.ResponseWriter, r *http.Request, c call) error {
	f, err := readFields(w, r)
	if err != nil {
		return err
	}
	e, password, err := c.readCreation(f)
	if err != nil {
		return err
	}
	cmd := commands.CreateUser{ID: uuid.New(), User: e}
	hash, err := a.hash(r, c, cmd, &password)
	if err != nil {
		return err
	}
	cmd.User.PasswordHash = *hash
	if e.Welcome != "" {
		a.HandPassword(cmd.ID, events.Secret(password))
	}
	if err := a.change(w, r, c, http.StatusCreated, cmd); err != nil {
		a.ForgetPassword(cmd.ID)
		return err
	}
	return nil
}

func (a *api) updateUser(w http.ResponseWriter, r *http.Request, c call) error {
	u, err := c.userOf(r)
	if err != nil {
		return err
	}
	f, err := readFields(w, r)
	if err != nil {
		return err
	}
	cmd, password, err := c.readUpdate(f, u)
	if err != nil {
		return err
	}
	if cmd.PasswordHash, err = a.hash(r, c, cmd, password); err != nil {
		return err
	}
	return a.change(w, r, c, http.StatusOK, cmd)
}

func (a *api) deleteUser(w http.ResponseWriter, r *http.Request, c call) error {
	u, err := c.userOf(r)
	if err != nil {
		return err
	}
	out, err := a.Do(r.Context(), c.Actor, commands.DeleteUser{ID: u.ID})
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func refuseLevel(http.ResponseWriter, *http.Request, call) error {
	return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed", Detail: "Access denied"}
}

// change runs a command and answers with the user as it is then.
func (a *api) change(w http.ResponseWriter, r *http.Request, c call, status int, cmd commands.Command) error {
	out, err := a.Do(r.Context(), c.Actor, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	c.writeUser(w, status, out.User)
	return nil
}

func (c call) writeUser(w http.ResponseWriter, status int, u *commands.User) {
	j := rest.NewJSON(userSize)
	defer j.Free()
	addUser(j, u, c.client)
	writeJSON(w, status, j)
}

// userOf returns the user of the path, who is of the client.
func (c call) userOf(r *http.Request) (*commands.User, error) {
	id := rest.Param(r, "user")
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strings.Trim(id, "0123456789") != "" {
		return nil, notFound()
	}
	u := c.states.UserByNumber(number)
	if u == nil || !commands.VisibleUsers(c.states, c.Actor).Sees(u) {
		return nil, notFound()
	}
	return u, nil
}

// hash returns the hash of a password, nil when there is none to be set. A command that will be refused is not worth
// it.
func (a *api) hash(r *http.Request, c call, cmd commands.Command, password *string) (*events.Secret, error) {
	if password == nil {
		return nil, nil
	}
	if _, err := commands.Decide(c.states, c.Actor, cmd); err != nil {
		return nil, err
	}
	hash, err := a.HashPassword(r.Context(), *password)
	return &hash, err
}
