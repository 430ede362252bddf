package e24

import (
	"net/http"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

func (a api) showAccount(w http.ResponseWriter, _ *http.Request, c call) error {
	j := success(userAnswer).Key("account")
	a.account(j, c)
	return finish(w, j)
}

func (a api) changeData(w http.ResponseWriter, r *http.Request, c call) error {
	req, err := decode[changeDataRequest](c)
	if err != nil {
		return err
	}
	if err := req.check(c.user); err != nil {
		return err
	}
	cmd := commands.UpdateUser{ID: c.user.ID, Profile: events.ProfileUpdated{
		FirstName: req.FirstName, LastName: req.LastName, Phone: req.Phone,
	}}
	// a call that will be refused is not worth the hash of a password
	if _, err := commands.Decide(c.states, c.actor, cmd); err != nil {
		return err
	}
	if req.Password != nil {
		hash, err := a.HashPassword(r.Context(), *req.Password)
		if err != nil {
			return err
		}
		cmd.PasswordHash = &hash
	}
	if _, err := a.do(w, r, c, cmd); err != nil {
		return err
	}
	return finish(w, success(smallAnswer))
}

// check lets through what another API has stored, as long as it stays so.
func (req changeDataRequest) check(u *commands.User) error {
	if req == (changeDataRequest{}) {
		return rest.BadRequest("nothing_to_change", "", "None of first_name, last_name, phone and password is there.")
	}
	if changes(u.FirstName, req.FirstName) {
		if err := checkPresent("first_name", *req.FirstName); err != nil {
			return err
		}
	}
	if changes(u.LastName, req.LastName) {
		if err := checkPresent("last_name", *req.LastName); err != nil {
			return err
		}
	}
	if changes(u.Phone, req.Phone) {
		if err := checkPhone(*req.Phone); err != nil {
			return err
		}
	}
	if req.Password != nil {
		return checkPassword(*req.Password)
	}
	return nil
}

func changes(before string, after *string) bool { return after != nil && *after != before }
