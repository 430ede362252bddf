package native

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/projections"
)

func (a *api) listUsers(w http.ResponseWriter, r *http.Request, c caller) error {
	q, err := c.usersQuery(r)
	if err != nil {
		return err
	}
	found, then, err := a.find(r, c, q)
	if err != nil {
		return err
	}
	m := q.page.meta(found.Total)
	m.NextCursor = nextCursor(q.Query, found)
	q.page.linkAround(w, m, q.After != nil)
	j := usersJSON(then, named(found.Directory), found.Users, m)
	defer j.Free()
	rest.WriteJSON(w, http.StatusOK, j.Bytes())
	return nil
}

// find answers what is asked of the list, as it is or as it was, and returns the time at which it is or was so.
func (a *api) find(r *http.Request, c caller, q usersQuery) (found projections.Page, then time.Time, err error) {
	view, then := a.View, c.At
	if q.at != nil {
		q.Scope = commands.Scope{All: true}
		if view, then, err = a.everybodyAt(r.Context(), c, *q.at); err != nil {
			return found, then, err
		}
	}
	for dir := view.Snapshot().Directory(); ; dir = found.Directory {
		query, err := q.in(dir)
		if err != nil {
			return found, then, err
		}
		found, err = view.List(query)
		if err != nil || found.Directory == dir { // otherwise something may have been called in another way meanwhile
			return found, then, err
		}
	}
}

func (a *api) getUser(w http.ResponseWriter, r *http.Request, c caller) error {
	then, err := askedMoment(r)
	if err != nil {
		return err
	}
	if then != nil {
		return a.getUserAt(w, r, c, *then)
	}
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	same, err := fresh(r, u)
	if err != nil {
		return err
	}
	if same {
		w.Header().Set("ETag", etag(u))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	c.writeUser(w, http.StatusOK, c.states.Directory(), u)
	return nil
}

func (a *api) createUser(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	body, err := readUser(m)
	if err != nil {
		return err
	}
	out, err := a.makeUser(r.Context(), c, body)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/users/"+out.User.ID.String())
	rest.SetSequence(w, out.Sequence)
	c.writeUser(w, http.StatusCreated, out.Directory, out.User)
	return nil
}

// newUserID returns the id of the user whom the request makes, the same one each time it is carried out.
func (c caller) newUserID() uuid.UUID {
	if c.request == nil {
		return uuid.New()
	}
	return c.request.id("user")
}

// makeUser makes the user of the request.
func (a *api) makeUser(ctx context.Context, c caller, body userBody) (commands.Outcome, error) {
	cmd, err := body.creation(c.states.Directory(), c.newUserID())
	if err != nil {
		return commands.Outcome{}, err
	}
	if out, err := a.done(ctx, c, cmd); out != nil || err != nil {
		return valueOf(out), err
	}
	if c.states.Deleted(cmd.ID) != nil { // the request's user, made and deleted since
		return commands.Outcome{}, noSuchUser()
	}
	if err := a.hashPassword(ctx, c, body, &cmd); err != nil {
		return commands.Outcome{}, err
	}
	return a.run(ctx, c, cmd)
}

// startUser begins to make the user of that id; the function that it returns waits for the outcome. One whom the same line
// has made already is as good as made.
func (a *api) startUser(ctx context.Context, c caller, id uuid.UUID, body userBody) (wait func() (commands.Outcome, error)) {
	cmd, err := body.creation(c.states.Directory(), id)
	if err == nil {
		err = a.hashPassword(ctx, c, body, &cmd)
	}
	made := failed(err)
	if err == nil {
		made = a.Start(ctx, c.Actor, cmd)
	}
	return func() (commands.Outcome, error) {
		out, err := made()
		if c.request != nil && hasReason(err, "id_taken") {
			return a.madeBefore(id)
		}
		return out, err
	}
}

// hashPassword gives the command the hash of the new user's password, if there is one and the caller may make the user. A password
// that is imported was chosen elsewhere, by other rules.
func (a *api) hashPassword(ctx context.Context, c caller, body userBody, cmd *commands.CreateUser) (err error) {
	if body.password == nil || a.rehearsing {
		return nil
	}
	if err := c.refusal(*cmd); err != nil {
		return err
	}
	hash := a.NewPassword
	if body.imported {
		hash = a.HashPassword
	}
	cmd.User.PasswordHash, err = hash(ctx, *body.password)
	return err
}

// valueOf returns what p points to, the zero value for nil.
func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// failed is what leads to the error.
func failed(err error) func() (commands.Outcome, error) {
	return func() (commands.Outcome, error) { return commands.Outcome{}, err }
}

// madeBefore returns the user as the outcome of a creation.
func (a *api) madeBefore(id uuid.UUID) (out commands.Outcome, err error) {
	states, err := a.states()
	if err != nil {
		return out, err
	}
	if out.User = states.User(id); out.User == nil {
		return out, noSuchUser() // deleted since
	}
	out.Sequence, out.Directory = out.User.Version, states.Directory()
	return out, nil
}

func hasReason(err error, reason string) bool {
	var refusal *commands.Refusal
	return errors.As(err, &refusal) && refusal.Reason == reason
}

func (a *api) deleteUser(w http.ResponseWriter, r *http.Request, c caller) error {
	match, err := a.ifMatch(r)
	if err != nil {
		return err
	}
	states, err := a.states()
	if err != nil {
		return err
	}
	id := userID(r)
	return a.end(w, r, c, commands.DeleteUser{ID: id, Version: match.expects(states.User(id))})
}

// do runs a command. That the caller may not do something to a user whom it may not see would tell that there is one.
func (a *api) do(r *http.Request, c caller, cmd commands.Command) (commands.Outcome, error) {
	u := c.states.User(cmd.Of().ID)
	cmd, err := onVersion(r, u, cmd)
	if err != nil {
		return commands.Outcome{}, err
	}
	out, err := a.run(r.Context(), c, cmd)
	if is(err, commands.Forbidden) && u != nil && !c.scope().Sees(u) {
		return out, noSuchUser()
	}
	return out, err
}

// is reports whether the error is a Refusal of that kind.
func is(err error, kind commands.RefusalKind) bool {
	var refusal *commands.Refusal
	return errors.As(err, &refusal) && refusal.Kind == kind
}

// end answers a command that ends something.
func (a *api) end(w http.ResponseWriter, r *http.Request, c caller, cmd commands.Command) error {
	out, err := a.do(r, c, cmd)
	if err != nil {
		return err
	}
	writeNothing(w, out)
	return nil
}

// writeChanged answers a change with the user, or with nothing when the caller may not see it.
func (c caller) writeChanged(w http.ResponseWriter, out commands.Outcome) {
	if !c.scope().Sees(out.User) {
		writeNothing(w, out)
		return
	}
	rest.SetSequence(w, out.Sequence)
	c.writeUser(w, http.StatusOK, out.Directory, out.User)
}

func (c caller) writeUser(w http.ResponseWriter, status int, dir *commands.Directory, u *commands.User) {
	w.Header().Set("ETag", etag(u))
	j := userJSON(c.At, named(dir), u)
	defer j.Free()
	rest.WriteJSON(w, status, j.Bytes())
}

// writeNothing answers a change that leaves nothing to show.
func writeNothing(w http.ResponseWriter, out commands.Outcome) {
	rest.SetSequence(w, out.Sequence)
	w.WriteHeader(http.StatusNoContent)
}
