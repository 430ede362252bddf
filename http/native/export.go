package native

import (
	"math"
	"net/http"

	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) exportCalls() call.Noun {
	query := append(selecting(), at(), call.FieldsOf(call.MembersOfSchema(userSchema())))
	return call.Noun{Tag: openapi.Tag{Name: "Users"},
		Calls: []call.Call{{Method: http.MethodGet, Path: call.UsersPath + ":export",
			Handle: a.exportUsers, Shows: call.AtPosition, Doc: openapi.Operation{
				Summary: "Export users, one per line, as of one position of the log", Query: query,
				Answer: openapi.Text(),
				Got:    call.TypeNDJSON}}}}
}

// exportUsers answers with all users of a list, a line each, as they stood at one position: that of Account-Sequence.
// Of the lines none is kept until others are there, so that fields are chosen here.
func (a *api) exportUsers(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	r, wanted, err := call.TakeFields(r, call.MembersOfSchema(userSchema()))
	if err != nil {
		return err
	}
	q, err := readUsersQuery(c, r)
	if err != nil {
		return err
	}
	if asked := r.URL.Query(); asked.Has("limit") || asked.Has("offset") || asked.Has(call.CursorParameter) {
		return call.BadParameter("limit", "parameter_unknown", "An export has no pages.")
	}
	q.Limit = math.MaxInt
	found, then, err := a.find(r, c, q)
	if err != nil {
		return err
	}
	rest.SetSequence(w, found.Position)
	s := call.NewStream(w)
	s.KeepReading()
	s.Begin(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	for _, u := range found.Users {
		j := userJSON(then, named(found.Directory), u)
		err := s.Send(append(shownOf(j.Bytes(), wanted), '\n'), false)
		j.Free()
		if err != nil {
			return nil //nolint:nilerror // the client is gone
		}
	}
	_ = s.Flush() // the client may be gone
	return nil
}

// shownOf returns a user with the wanted members; nil: all.
func shownOf(user []byte, wanted []string) []byte {
	if wanted == nil {
		return user
	}
	user, _ = call.ChosenMembers(user, append(wanted, "id")) // we wrote it
	return user
}
