package native

import (
	"net/http"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// unhashed stands for the hash of a password while it is asked whether one may be set.
const unhashed = events.Secret("unhashed")

func (a *api) patchUser(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readPatch(w, r)
	if err != nil {
		return err
	}
	body, err := readUser(m)
	if err != nil {
		return err
	}
	match, err := a.ifMatch(r)
	if err != nil {
		return err
	}
	out, err := a.patch(r, c, userID(r), body, match)
	if err != nil {
		return err
	}
	c.writeChanged(w, out)
	return nil
}

// patch makes the change to the user as it is now.
func (a *api) patch(r *http.Request, c caller, id uuid.UUID, body userBody, match tags) (out commands.Outcome, err error) {
	if c.states, err = a.states(); err != nil { // it may have been waited for the version that If-Match names
		return out, err
	}
	u := c.states.User(id)
	if u == nil {
		return out, noSuchUser()
	}
	cmd := body.update(c.states.Directory(), u, match.expects(u))
	if body.password != nil {
		cmd.PasswordHash = new(unhashed)
	}
	if done, err := a.done(r.Context(), c, cmd); done != nil || err != nil {
		return valueOf(done), err
	}
	if err := c.refusal(cmd); err != nil && !a.rehearsing {
		return out, err
	}
	if err := body.checkReadOnly(c.At, c.states.Directory(), u); err != nil {
		return out, err
	}
	if body.password != nil && !a.rehearsing {
		hash, err := a.NewPassword(r.Context(), *body.password)
		if err != nil {
			return out, err
		}
		cmd.PasswordHash = (*events.Secret)(&hash)
	}
	return a.do(r, c, cmd)
}
