package native

import (
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// eraseUser answers when nothing about the person can be read any more, or after some seconds that the work goes on: then the same
// request, sent again, tells whether it is done.
func (a *api) eraseUser(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	out, err := a.do(r, c, commands.EraseUser{ID: userID(r)})
	if err != nil {
		return err
	}
	if err := a.Eraser.Finish(r.Context(), userID(r)); err != nil {
		rest.SetSequence(w, out.Sequence)
		rest.InfoOf(r.Context()).Failure = err
		return &commands.Refusal{Kind: commands.Busy, Reason: "erasure_unfinished",
			Detail: "The erasure is recorded and goes on; ask again to learn whether it is done."}
	}
	writeNothing(w, out)
	return nil
}
