package native

import (
	"net/http"

	"accountd/commands"
)

// unlockUser lets the user log in by a password again at once.
func (a *api) unlockUser(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	out, err := a.do(r, c, commands.UnlockLogIn{ID: userID(r)})
	if err != nil {
		return err
	}
	if err := a.ForgetLogIns(r.Context(), out.User); err != nil {
		return err
	}
	c.writeChanged(w, out)
	return nil
}
