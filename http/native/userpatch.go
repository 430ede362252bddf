package native

import (
	"net/http"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
)

// unhashed stands for the hash of a password while it is asked whether one may be set.
const unhashed = events.Secret("unhashed")

func (a *api) patchUser(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadPatch(w, r)
	if err != nil {
		return err
	}
	body, err := readUser(m)
	if err != nil {
		return err
	}
	match, err := a.IfMatch(r, c)
	if err != nil {
		return err
	}
	out, err := a.patch(r, c, call.UserID(r), body, match)
	if err != nil {
		return err
	}
	writeChanged(c, w, out)
	return nil
}

// patch makes the change to the user as it is now.
func (a *api) patch(r *http.Request, c call.Caller, id uuid.UUID, body userBody, match call.Tags) (out commands.Outcome,
	err error) {
	if c.States, err = a.States(); err != nil { // it may have been waited for the version that If-Match names
		return out, err
	}
	u := c.States.User(id)
	if u == nil {
		return out, call.NoSuchUser()
	}
	cmd := body.update(c.States.Directory(), u, match.Among(call.VersionOf(u)))
	if body.password != nil {
		cmd.PasswordHash = new(unhashed)
	}
	if done, err := a.Done(r.Context(), c, cmd); done != nil || err != nil {
		return call.ValueOf(done), err
	}
	if err := c.Refusal(cmd); err != nil && !a.Rehearsing {
		return out, err
	}
	if err := body.checkReadOnly(c.At, c.States.Directory(), u); err != nil {
		return out, err
	}
	if body.password != nil && !a.Rehearsing {
		hash, err := a.NewPassword(r.Context(), *body.password)
		if err != nil {
			return out, err
		}
		cmd.PasswordHash = (*events.Secret)(&hash)
	}
	return a.OnUser(r, c, cmd)
}
