package native

import (
	"net/http"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) eraseCalls() call.Noun {
	return call.Noun{Tag: openapi.Tag{Name: "Users"},
		Calls: []call.Call{{Method: http.MethodPost, Path: call.UsersPath + "/:id/erase",
			Handle: a.eraseUser, Changes: call.OfUser, Doc: openapi.Operation{Summary: "Erase a user's personal " +
				"data for good"}}}}
}

// eraseUser answers when nothing about the person can be read any more, or after some seconds that the work goes on:
// then the same request, sent again, tells whether it is done.
func (a *api) eraseUser(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if err := call.ReadNothing(w, r); err != nil {
		return err
	}
	out, err := a.OnUser(r, c, commands.EraseUser{ID: call.UserID(r)})
	if err != nil {
		return err
	}
	if err := a.Eraser.Finish(r.Context(), call.UserID(r)); err != nil {
		rest.SetSequence(w, out.Sequence)
		rest.InfoOf(r.Context()).Failure = err
		return &commands.Refusal{Kind: commands.Busy, Reason: "erasure_unfinished",
			Detail: "The erasure is recorded and goes on; ask again to learn whether it is done."}
	}
	call.WriteNothing(w, out)
	return nil
}
