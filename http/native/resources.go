package native

import (
	"bytes"
	"encoding/json"
	"net/http"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

func resources() belongings[events.ResourceLinked, resourceAnswer] {
	return belongings[events.ResourceLinked, resourceAnswer]{
		name: "resources",
		of:   func(u *commands.User) []events.ResourceLinked { return u.Resources },
		key:  func(l events.ResourceLinked) string { return l.Kind + " " + l.ID },
		find: func(u *commands.User, r *http.Request) (events.ResourceLinked, bool) {
			return u.Resource(param(r, "kind"), param(r, "resource"))
		},
		absent: commands.NoResource, show: resourceOf,
	}
}

func (a *api) linkResource(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	link := events.ResourceLinked{Kind: or(member[string](m, "kind"), ""), ID: or(member[string](m, "id"), ""),
		Name: or(member[string](m, "name"), ""), Data: compact(m.take("data"))}
	if err := m.done(); err != nil {
		return err
	}
	out, err := a.do(r, c, commands.LinkResource{ID: userID(r), Resource: link})
	if err != nil {
		return err
	}
	if linked(out.Before, link) {
		rest.SetSequence(w, out.Sequence)
		return writeEntity(w, http.StatusOK, out.User.Version, resourceOf(link))
	}
	return writeOwned(w, out, location(r, link.Kind, link.ID), resourceOf(link))
}

// linked reports whether the resource belonged to the user.
func linked(u *commands.User, link events.ResourceLinked) bool {
	if u == nil {
		return false
	}
	_, ok := u.Resource(link.Kind, link.ID)
	return ok
}

func changedResource(r *http.Request, m *members) commands.Command {
	cmd := commands.UpdateResource{ID: userID(r), Kind: param(r, "kind"), ResourceID: param(r, "resource"), Name: clearable[string](m, "name")}
	if patch := m.take("data"); patch != nil {
		text := string(patch)
		cmd.Data = &text
	}
	return cmd
}

func (a *api) unlinkResource(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.UnlinkResource{ID: userID(r), Kind: param(r, "kind"), ResourceID: param(r, "resource")})
}

// compact returns a JSON value without blanks, nothing for null.
func compact(raw json.RawMessage) string {
	if isNull(raw) {
		return ""
	}
	var b bytes.Buffer
	_ = json.Compact(&b, raw) // it was decoded already
	return b.String()
}
