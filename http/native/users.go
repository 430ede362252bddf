package native

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/projections"
)

func (a *api) userCalls() call.Noun {
	const all, one = call.UsersPath, call.UsersPath + "/:id"
	user := userSchema()
	example := map[string]any{"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper",
		"profile": map[string]any{"city": "Arlington"}}
	return call.Noun{
		Tag: openapi.Tag{Name: "Users", About: "The accounts: who they are, where they belong, and what they may do."},
		Calls: []call.Call{
			{Method: http.MethodGet, Path: all, Handle: a.listUsers, Doc: openapi.Operation{
				Summary: "List users", Query: append(append(call.Paged(), at()), selecting()...),
				Answer: call.ListOf(user)}},
			{Method: http.MethodPost, Path: all, Handle: a.createUser, Changes: call.Own, Shows: call.Tagged,
				MakesUser: true, Doc: openapi.Operation{
					Summary: "Create a user", Body: newUserSchema(), Example: example, Answer: user,
					Status: http.StatusCreated}},
			{Method: http.MethodGet, Path: one, Handle: a.getUser, Shows: call.UnlessPast, Doc: openapi.Operation{
				Summary: "Show a user", Query: []openapi.Parameter{at()}, Answer: user}},
			{Method: http.MethodPatch, Path: one, Handle: a.patchUser, Changes: call.Own, Shows: call.Tagged,
				Doc: openapi.Operation{
					Summary: "Change a user", Body: patchedUserSchema(),
					Example: map[string]any{"phone": "+1 202 555 0100"},
					Answer:  user, Also: []int{http.StatusNoContent}}},
			{Method: http.MethodDelete, Path: one, Handle: a.deleteUser, Changes: call.Own,
				Doc: openapi.Operation{Summary: "Delete a user"}},
		},
	}
}

func (a *api) listUsers(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	q, err := readUsersQuery(c, r)
	if err != nil {
		return err
	}
	found, then, err := a.find(r, c, q)
	if err != nil {
		return err
	}
	m := q.page.Meta(found.Total)
	m.NextCursor = nextUserCursor(q.Query, found)
	q.page.LinkAround(w, m, q.After != nil)
	j := usersJSON(then, named(found.Directory), found.Users, m)
	defer j.Free()
	rest.WriteJSON(w, http.StatusOK, j.Bytes())
	return nil
}

// find answers what is asked of the list, as it is or as it was, and returns the time at which it is or was so.
func (a *api) find(r *http.Request, c call.Caller, q usersQuery) (found projections.Page, then time.Time, err error) {
	view, then := a.View, c.At
	if q.at != nil {
		q.Scope = commands.Scope{All: true}
		if view, then, err = a.viewAt(r.Context(), c, *q.at); err != nil {
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

func (a *api) getUser(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	then, err := takeAt(r)
	if err != nil {
		return err
	}
	if then != nil {
		return a.getUserAt(w, r, c, *then)
	}
	u, err := c.Visible(r)
	if err != nil {
		return err
	}
	same, err := call.Same(r, u.Version)
	if err != nil {
		return err
	}
	if same {
		w.Header().Set("ETag", call.VersionTag(u.Version))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	writeUser(c, w, http.StatusOK, c.States.Directory(), u)
	return nil
}

func (a *api) createUser(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
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
	writeUser(c, w, http.StatusCreated, out.Directory, out.User)
	return nil
}

// makeUser makes the user of the request.
func (a *api) makeUser(ctx context.Context, c call.Caller, body userBody) (commands.Outcome, error) {
	cmd, err := body.creation(c.States.Directory(), c.NewUserID())
	if err != nil {
		return commands.Outcome{}, err
	}
	if out, err := a.Done(ctx, c, cmd); out != nil || err != nil {
		return call.ValueOf(out), err
	}
	if c.States.Deleted(cmd.ID) != nil { // the request's user, made and deleted since
		return commands.Outcome{}, call.NoSuchUser()
	}
	if err := a.hashPassword(ctx, c, body, &cmd); err != nil {
		return commands.Outcome{}, err
	}
	return a.Run(ctx, c, cmd)
}

// startUser begins to make the user of that id; the function that it returns waits for the outcome. One whom the same
// line has made already is as good as made.
func (a *api) startUser(ctx context.Context, c call.Caller, id uuid.UUID,
	body userBody) (wait func() (commands.Outcome, error)) {
	cmd, err := body.creation(c.States.Directory(), id)
	if err == nil {
		err = a.hashPassword(ctx, c, body, &cmd)
	}
	made := call.Failed(err)
	if err == nil {
		made = a.Start(ctx, c.Actor, cmd)
	}
	return func() (commands.Outcome, error) {
		out, err := made()
		if c.HasKey() && call.HasReason(err, "id_taken") {
			return a.madeBefore(id)
		}
		return out, err
	}
}

// hashPassword gives the command the hash of the new user's password, if there is one and the caller may make the user.
// A password that is imported was chosen elsewhere, by other rules.
func (a *api) hashPassword(ctx context.Context, c call.Caller, body userBody, cmd *commands.CreateUser) (err error) {
	if body.password == nil || a.Rehearsing {
		return nil
	}
	if err := c.Refusal(*cmd); err != nil {
		return err
	}
	hash := a.NewPassword
	if body.imported {
		hash = a.HashPassword
	}
	cmd.User.PasswordHash, err = hash(ctx, *body.password)
	return err
}

// madeBefore returns the user as the outcome of a creation.
func (a *api) madeBefore(id uuid.UUID) (out commands.Outcome, err error) {
	states, err := a.States()
	if err != nil {
		return out, err
	}
	if out.User = states.User(id); out.User == nil {
		return out, call.NoSuchUser() // deleted since
	}
	out.Sequence, out.Directory = out.User.Version, states.Directory()
	return out, nil
}

func (a *api) deleteUser(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	match, err := a.IfMatch(r, c)
	if err != nil {
		return err
	}
	states, err := a.States()
	if err != nil {
		return err
	}
	id := call.UserID(r)
	return a.End(w, r, c, commands.DeleteUser{ID: id, Version: match.Among(call.VersionOf(states.User(id)))})
}

// writeChanged answers a change with the user, or with nothing when the caller may not see it.
func writeChanged(c call.Caller, w http.ResponseWriter, out commands.Outcome) {
	if !c.Scope().Sees(out.User) {
		call.WriteNothing(w, out)
		return
	}
	rest.SetSequence(w, out.Sequence)
	writeUser(c, w, http.StatusOK, out.Directory, out.User)
}

func writeUser(c call.Caller, w http.ResponseWriter, status int, dir *commands.Directory, u *commands.User) {
	w.Header().Set("ETag", call.VersionTag(u.Version))
	j := userJSON(c.At, named(dir), u)
	defer j.Free()
	rest.WriteJSON(w, status, j.Bytes())
}
