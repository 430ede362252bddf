package e24

import (
	"net/http"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/projections"
)

func (a api) createAccount(w http.ResponseWriter, r *http.Request, c call) error {
	req, err := decode[createAccountRequest](c)
	if err != nil {
		return err
	}
	if err := req.check(); err != nil {
		return err
	}
	cmd := req.command()
	// a call that will be refused is not worth the hash of a password
	if _, err := commands.Decide(c.states, c.actor, cmd); err != nil {
		return err
	}
	if cmd.User.PasswordHash, err = a.HashPassword(r.Context(), req.Password); err != nil {
		return err
	}
	u, err := a.do(w, r, c, cmd)
	if err != nil {
		return err
	}
	j := success(userAnswer).Key("user")
	a.user(j, u, seesAll)
	return finish(w, j)
}

func (req createAccountRequest) check() error {
	for _, member := range []struct{ name, value string }{
		{"email", req.Email}, {"first_name", req.FirstName}, {"last_name", req.LastName},
	} {
		if err := checkPresent(member.name, member.value); err != nil {
			return err
		}
	}
	if err := checkPhone(req.Phone); err != nil {
		return err
	}
	return checkPassword(req.Password)
}

// command returns the command without the password's hash.
func (req createAccountRequest) command() commands.CreateUser {
	return commands.CreateUser{ID: uuid.New(), User: events.UserCreated{
		Email: req.Email, FirstName: req.FirstName, LastName: req.LastName, Phone: req.Phone, Active: true,
		SigningKeys: []events.SigningKey{secrets.SigningKey()},
		StorageKeys: []events.StorageKey{secrets.StorageKey(commands.StorageS3),
			secrets.StorageKey(commands.StorageSwift)},
	}}
}

func (a api) listAccounts(w http.ResponseWriter, r *http.Request, c call) error {
	limit, offset, err := parseWindow(r.URL.RawQuery)
	if err != nil {
		return err
	}
	page, err := a.List(projections.Query{Scope: commands.VisibleUsers(c.states, c.actor).Own(), Limit: limit,
		Offset: offset})
	if err != nil {
		return err
	}
	j := success(smallAnswer + len(page.Users)*userAnswer).Key("users").Open('[')
	for _, u := range page.Users {
		a.user(j, u, c.of(u))
	}
	j.Close(']').Key("total").Int(int64(page.Total)).Key("limit").Int(int64(limit)).Key("offset").Int(int64(offset))
	return finish(w, j)
}
