package native

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

func (a *api) listResources(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	return writeList(w, r, keyed("resources", u.Resources, func(l events.ResourceLinked) string { return l.Kind + " " + l.ID }), resourceOf)
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
	if c.linked(userID(r), link) {
		rest.SetSequence(w, out.Sequence)
		return rest.Write(w, http.StatusOK, resourceOf(link))
	}
	return writeMade(w, out, location(r, link.Kind, link.ID), resourceOf(link))
}

// linked reports whether the user had the resource before.
func (c caller) linked(user uuid.UUID, link events.ResourceLinked) bool {
	u := c.states.User(user)
	return u != nil && slices.ContainsFunc(u.Resources, func(l events.ResourceLinked) bool {
		return l.Kind == link.Kind && l.ID == link.ID
	})
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
