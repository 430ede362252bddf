package native

import (
	"net/http"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// maxMerges bounds how often a merge is made anew because the user has changed meanwhile.
const maxMerges = 32

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
	for range maxMerges {
		out, err := a.patch(r, c, userID(r), &body, match)
		if is(err, commands.Stale) && !match.given() {
			continue
		}
		if err != nil {
			return err
		}
		c.writeChanged(w, out)
		return nil
	}
	return &commands.Refusal{Kind: commands.Busy, Reason: "lost_race", Detail: "Others changed the account at the same time too often."}
}

// patch makes the change to the user as it is now.
func (a *api) patch(r *http.Request, c caller, id uuid.UUID, body *userBody, match tags) (out commands.Outcome, err error) {
	if c.states, err = a.states(); err != nil {
		return out, err
	}
	u := c.states.User(id)
	if u == nil {
		return out, noSuchUser()
	}
	version := match.expects(u)
	if version == 0 && body.details.builds() {
		version = u.Version
	}
	cmd := body.update(c.states.Directory(), u, version)
	if body.password != nil {
		cmd.PasswordHash = new(unhashed)
	}
	if err := c.refusal(cmd); err != nil {
		return out, err
	}
	if err := body.checkReadOnly(c.At, c.states.Directory(), u); err != nil {
		return out, err
	}
	if body.password != nil {
		hash, err := a.HashPassword(r.Context(), *body.password)
		if err != nil {
			return out, err
		}
		body.password, body.passwordHash = nil, (*events.Secret)(&hash)
	}
	cmd.PasswordHash = body.passwordHash
	return a.do(r, c, cmd)
}
