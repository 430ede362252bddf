package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// groupAnswer names the datacenter that the group is bound to, and those that it is attached to.
type groupAnswer struct {
	ID          uuid.UUID `json:"id"`
	Number      int64     `json:"number"`
	Name        string    `json:"name"`
	DCBound     *string   `json:"dc_bound"`
	Permissions []string  `json:"permissions"`
	Datacenters []string  `json:"datacenters"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

func groupOf(dir *commands.Directory, g *commands.Group) groupAnswer {
	out := groupAnswer{ID: g.ID, Number: g.Number, Name: g.Name, Permissions: g.Permissions, Datacenters: []string{},
		CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt}
	if d := dir.Datacenter(g.Datacenter); d != nil {
		out.DCBound = &d.Name
	}
	if out.Permissions == nil {
		out.Permissions = []string{}
	}
	for _, d := range dir.Datacenters() {
		if d.Attached(g.ID) {
			out.Datacenters = append(out.Datacenters, d.Name)
		}
	}
	return out
}

// groupBody is what a request says about a group; what is nil it does not say.
type groupBody struct {
	change      events.GroupUpdated
	datacenters *[]uuid.UUID
	readOnly    object
}

func readGroup(dir *commands.Directory, m *members) (groupBody, error) {
	b := groupBody{change: events.GroupUpdated{Name: member[string](m, "name"), Datacenter: datacenterNamed(dir, clearable[string](m, "dc_bound")),
		Permissions: clearable[[]string](m, "permissions")}}
	if names := clearable[[]string](m, "datacenters"); names != nil {
		ids := make([]uuid.UUID, len(*names))
		for i, name := range *names {
			ids[i] = *datacenterNamed(dir, &name)
		}
		b.datacenters = &ids
	}
	b.readOnly = m.takeAll("id", "number", "created_at", "updated_at")
	return b, m.done()
}

// group returns the group of the path.
func (c caller) group(r *http.Request) (*commands.Group, error) {
	if found := c.states.Directory().Group(parseID(param(r, "group"))); found != nil {
		return found, nil
	}
	return nil, &commands.Refusal{Kind: commands.NotFound, Reason: "group_not_found", Detail: "There is no such group."}
}

func (c caller) groupOf(g *commands.Group) groupAnswer { return groupOf(c.states.Directory(), g) }

func (a *api) listGroups(w http.ResponseWriter, r *http.Request, c caller) error {
	return writeList(w, r, numbered("groups", c.states.Directory().Groups(), func(g *commands.Group) int64 { return g.Number }), c.groupOf)
}

func (a *api) getGroup(w http.ResponseWriter, r *http.Request, c caller) error {
	g, err := c.group(r)
	if err != nil {
		return err
	}
	return showEntity(w, r, g.Version, c.groupOf(g))
}

func (a *api) createGroup(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	b, err := readGroup(c.states.Directory(), m)
	if err == nil {
		err = b.readOnly.absent()
	}
	if err != nil {
		return err
	}
	id := uuid.New()
	out, err := a.Do(r.Context(), c.Actor, commands.CreateGroup{ID: id, Datacenters: or(b.datacenters, nil), Group: events.GroupCreated{
		Name: or(b.change.Name, ""), Datacenter: or(b.change.Datacenter, uuid.Nil), Permissions: or(b.change.Permissions, nil)}})
	if err != nil {
		return err
	}
	made := out.Directory.Group(id)
	w.Header().Set("ETag", versionTag(made.Version))
	return writeMade(w, out, location(r, id.String()), groupOf(out.Directory, made))
}

func (a *api) patchGroup(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeMergePatch, typeJSON)
	if err != nil {
		return err
	}
	g, err := c.group(r)
	if err != nil {
		return err
	}
	m.merge = true
	b, err := readGroup(c.states.Directory(), m)
	if err == nil {
		err = repeated(b.readOnly, c.groupOf(g))
	}
	if err != nil {
		return err
	}
	out, err := a.change(r, c, g.Version, commands.UpdateGroup{ID: g.ID, Change: b.change, Datacenters: b.datacenters})
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	after := out.Directory.Group(g.ID)
	return writeEntity(w, http.StatusOK, after.Version, groupOf(out.Directory, after))
}

func (a *api) deleteGroup(w http.ResponseWriter, r *http.Request, c caller) error {
	g, err := c.group(r)
	if err != nil {
		return err
	}
	out, err := a.change(r, c, g.Version, commands.DeleteGroup{ID: g.ID})
	if err != nil {
		return err
	}
	writeNothing(w, out)
	return nil
}
