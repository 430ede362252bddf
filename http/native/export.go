package native

import (
	"math"
	"net/http"
	"time"

	"accountd/http/rest"
)

// exportUsers answers with all users of a list, a line each, as they stood at one position: that of Account-Sequence. Of the lines
// none is kept until others are there, so that fields are chosen here.
func (a *api) exportUsers(w http.ResponseWriter, r *http.Request, c caller) error {
	r, wanted, err := takeFields(r, membersOfSchema(userSchema()))
	if err != nil {
		return err
	}
	q, err := c.usersQuery(r)
	if err != nil {
		return err
	}
	if asked := r.URL.Query(); asked.Has("limit") || asked.Has("offset") || asked.Has(cursorParameter) {
		return badParameter("limit", "parameter_unknown", "An export has no pages.")
	}
	q.Limit = math.MaxInt
	found, then, err := a.find(r, c, q)
	if err != nil {
		return err
	}
	rest.SetSequence(w, found.Position)
	s := newStream(w)
	_ = s.conn.SetReadDeadline(time.Time{}) // when it passes, net/http takes the client for gone
	s.begin(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	for _, u := range found.Users {
		j := userJSON(then, named(found.Directory), u)
		err := s.write(append(shownOf(j.Bytes(), wanted), '\n'), false)
		j.Free()
		if err != nil {
			return nil //nolint:nilerror // the client is gone
		}
	}
	_ = s.flush() // the client may be gone
	return nil
}

// shownOf returns a user with the wanted members; nil: all.
func shownOf(user []byte, wanted []string) []byte {
	if wanted == nil {
		return user
	}
	user, _ = chosenMembers(user, append(wanted, "id")) // we wrote it
	return user
}
