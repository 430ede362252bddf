package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// datacenterAnswer names the owner and the groups, because people know them by their names.
type datacenterAnswer struct {
	ID        uuid.UUID `json:"id"`
	Number    int64     `json:"number"`
	Name      string    `json:"name"`
	Owner     *string   `json:"owner"`
	Public    bool      `json:"public"`
	Groups    []string  `json:"groups"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func datacenterOf(s commands.States, dir *commands.Directory, d *commands.Datacenter) datacenterAnswer {
	out := datacenterAnswer{ID: d.ID, Number: d.Number, Name: d.Name, Public: d.Public, Groups: groupNames(dir, d.Groups),
		CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt}
	if owner := s.User(d.Owner); owner != nil {
		out.Owner = &owner.Username
	}
	return out
}

// groupNames returns the groups' names, as they are listed.
func groupNames(dir *commands.Directory, ids []uuid.UUID) []string {
	names := []string{}
	for _, id := range ids {
		if g := dir.Group(id); g != nil {
			names = append(names, g.Name)
		}
	}
	return names
}

// readDatacenter reads what a request says about a datacenter. The owner is named by username, e-mail address or UUID.
func (c caller) readDatacenter(m *members) (events.DatacenterUpdated, object, error) {
	dir := c.states.Directory()
	e := events.DatacenterUpdated{Name: member[string](m, "name"), Owner: c.userNamed(clearable[string](m, "owner")),
		Public: member[bool](m, "public"), Groups: groupsNamed(dir, clearable[[]string](m, "groups"))}
	readOnly := m.takeAll("id", "number", "created_at", "updated_at")
	return e, readOnly, m.done()
}

func (c caller) userNamed(name *string) *uuid.UUID {
	if name == nil || *name == "" {
		return zeroOf(name)
	}
	if u := c.states.UserByName(*name); u != nil {
		return &u.ID
	}
	id := parseID(*name)
	if id == uuid.Nil {
		id = unknown
	}
	return &id
}

// zeroOf returns the zero id for a name that is to be cleared, nil for one that is absent.
func zeroOf(name *string) *uuid.UUID {
	if name == nil {
		return nil
	}
	return &uuid.Nil
}

// datacenter returns the datacenter of the path.
func (c caller) datacenter(r *http.Request) (*commands.Datacenter, error) {
	if found := c.states.Directory().Datacenter(parseID(param(r, "datacenter"))); found != nil {
		return found, nil
	}
	return nil, &commands.Refusal{Kind: commands.NotFound, Reason: "datacenter_not_found", Detail: "There is no such datacenter."}
}

func (c caller) datacenterOf(d *commands.Datacenter) datacenterAnswer {
	return datacenterOf(c.states, c.states.Directory(), d)
}

func (a *api) listDatacenters(w http.ResponseWriter, r *http.Request, c caller) error {
	return writeList(w, r, numbered("datacenters", c.states.Directory().Datacenters(), func(d *commands.Datacenter) int64 { return d.Number }), c.datacenterOf)
}

func (a *api) getDatacenter(w http.ResponseWriter, r *http.Request, c caller) error {
	d, err := c.datacenter(r)
	if err != nil {
		return err
	}
	return showEntity(w, r, d.Version, c.datacenterOf(d))
}

func (a *api) createDatacenter(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	e, readOnly, err := c.readDatacenter(m)
	if err == nil {
		err = readOnly.absent()
	}
	if err != nil {
		return err
	}
	id := uuid.New()
	out, err := a.Do(r.Context(), c.Actor, commands.CreateDatacenter{ID: id, Datacenter: events.DatacenterCreated{
		Name: or(e.Name, ""), Owner: or(e.Owner, uuid.Nil), Public: or(e.Public, false), Groups: or(e.Groups, nil)}})
	if err != nil {
		return err
	}
	made := out.Directory.Datacenter(id)
	w.Header().Set("ETag", versionTag(made.Version))
	return writeMade(w, out, location(r, id.String()), datacenterOf(c.states, out.Directory, made))
}

func (a *api) patchDatacenter(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeMergePatch, typeJSON)
	if err != nil {
		return err
	}
	d, err := c.datacenter(r)
	if err != nil {
		return err
	}
	m.merge = true
	e, readOnly, err := c.readDatacenter(m)
	if err == nil {
		err = repeated(readOnly, c.datacenterOf(d))
	}
	if err != nil {
		return err
	}
	out, err := a.change(r, c, d.Version, commands.UpdateDatacenter{ID: d.ID, Change: e})
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	after := out.Directory.Datacenter(d.ID)
	return writeEntity(w, http.StatusOK, after.Version, datacenterOf(c.states, out.Directory, after))
}

func (a *api) deleteDatacenter(w http.ResponseWriter, r *http.Request, c caller) error {
	d, err := c.datacenter(r)
	if err != nil {
		return err
	}
	out, err := a.change(r, c, d.Version, commands.DeleteDatacenter{ID: d.ID})
	if err != nil {
		return err
	}
	writeNothing(w, out)
	return nil
}
