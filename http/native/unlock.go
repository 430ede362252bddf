package native

import (
	"net/http"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) unlockCalls() call.Noun {
	return call.Noun{Tag: openapi.Tag{Name: "Users"},
		Calls: []call.Call{{Method: http.MethodPost, Path: call.UsersPath + "/:id/unlock",
			Handle: a.unlockUser, Changes: call.OfUser, Shows: call.Tagged, Doc: openapi.Operation{
				Summary: "Unlock a user whose log-ins failed too often", Answer: userSchema(),
				Also: []int{http.StatusNoContent}}}}}
}

// unlockUser lets the user log in by a password again at once.
func (a *api) unlockUser(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if err := call.ReadNothing(w, r); err != nil {
		return err
	}
	out, err := a.OnUser(r, c, commands.UnlockLogIn{ID: call.UserID(r)})
	if err != nil {
		return err
	}
	if err := a.ForgetLogIns(r.Context(), out.User); err != nil {
		return err
	}
	writeChanged(c, w, out)
	return nil
}
