package native

import (
	"bytes"
	"encoding/json"
	"net/http"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) resourceCalls() call.Noun {
	links, name := resources(), openapi.Line(call.LongName)
	made := openapi.Object(map[string]openapi.Schema{"kind!": openapi.Text(commands.ResourceKinds...),
		"id!":  openapi.Filled(name),
		"name": openapi.Nullable(name), "data": openapi.Anything()})
	return call.Noun{
		Tag: openapi.Tag{Name: "Resources", About: "Objects in other systems that belong to a user."},
		Calls: []call.Call{
			links.List("List a user's resources in other systems"),
			links.Add(a.linkResource, openapi.Operation{Summary: "Link a resource to a user", Body: made,
				Answer: resourceAnswer{}, Also: []int{http.StatusOK}}),
			links.Get("Show a user's resource"),
			links.Patch(a.Kernel, changedResource, call.Body{
				Members: map[string]openapi.Schema{"name": openapi.Nullable(name), "data": openapi.Anything()},
				Example: map[string]any{"data": map[string]any{"ip": "192.0.2.1"}}},
				openapi.Operation{Summary: "Change the name and data of a user's resource",
					About: "If data is an object, its members are merged."}),
			links.Delete(a.unlinkResource, "Unlink a resource from a user"),
		},
	}
}

func resources() call.SubResource[events.ResourceLinked, resourceAnswer] {
	return call.SubResource[events.ResourceLinked, resourceAnswer]{
		Name: "resources", One: ":kind/:resource",
		Of:  func(u *commands.User) []events.ResourceLinked { return u.Resources },
		Key: func(l events.ResourceLinked) string { return l.Kind + " " + l.ID },
		Find: func(u *commands.User, r *http.Request) (events.ResourceLinked, bool) {
			return u.Resource(call.Param(r, "kind"), call.Param(r, "resource"))
		},
		Absent: commands.NoResource, Show: resourceOf,
	}
}

func (a *api) linkResource(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	link := events.ResourceLinked{Kind: call.Or(call.Member[string](m, "kind"), ""),
		ID:   call.Or(call.Member[string](m, "id"), ""),
		Name: call.Or(call.Member[string](m, "name"), ""), Data: compact(m.Take("data"))}
	if err := m.Done(); err != nil {
		return err
	}
	out, err := a.OnUser(r, c, commands.LinkResource{ID: call.UserID(r), Resource: link})
	if err != nil {
		return err
	}
	if linked(out.Before, link) {
		rest.SetSequence(w, out.Sequence)
		return call.WriteEntity(w, http.StatusOK, out.User.Version, resourceOf(link))
	}
	return call.WriteOwned(w, out, call.Location(r, link.Kind, link.ID), resourceOf(link))
}

// linked reports whether the resource belonged to the user.
func linked(u *commands.User, link events.ResourceLinked) bool {
	if u == nil {
		return false
	}
	_, ok := u.Resource(link.Kind, link.ID)
	return ok
}

func changedResource(r *http.Request, m *call.Members) commands.Command {
	cmd := commands.UpdateResource{ID: call.UserID(r), Kind: call.Param(r, "kind"),
		ResourceID: call.Param(r, "resource"), Name: call.Clearable[string](m, "name")}
	if patch := m.Take("data"); patch != nil {
		text := string(patch)
		cmd.Data = &text
	}
	return cmd
}

func (a *api) unlinkResource(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	return a.End(w, r, c,
		commands.UnlinkResource{ID: call.UserID(r), Kind: call.Param(r, "kind"), ResourceID: call.Param(r, "resource")})
}

// compact returns a JSON value without blanks, nothing for null.
func compact(raw json.RawMessage) string {
	if call.IsNull(raw) {
		return ""
	}
	var b bytes.Buffer
	_ = json.Compact(&b, raw) // it was decoded already
	return b.String()
}

type resourceAnswer struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Name *string         `json:"name"`
	Data json.RawMessage `json:"data"`
}

func resourceOf(l events.ResourceLinked) resourceAnswer {
	a := resourceAnswer{Kind: l.Kind, ID: l.ID, Name: call.OrNull(l.Name)}
	if l.Data != "" {
		a.Data = json.RawMessage(l.Data)
	}
	return a
}
