package native

import (
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
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

func groupOf(_ commands.States, dir *commands.Directory, g *commands.Group) groupAnswer {
	out := groupAnswer{ID: g.ID, Number: g.Number, Name: g.Name, Permissions: orEmpty(g.Permissions), Datacenters: []string{},
		CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt}
	if d := dir.Datacenter(g.Datacenter); d != nil {
		out.DCBound = &d.Name
	}
	for _, d := range dir.Datacenters() {
		if d.Attached(g.ID) {
			out.Datacenters = append(out.Datacenters, d.Name)
		}
	}
	return out
}

func groups() things[*commands.Group, groupAnswer] {
	return things[*commands.Group, groupAnswer]{
		name: "groups", one: "group", all: (*commands.Directory).Groups, byID: (*commands.Directory).Group, absent: commands.NoGroup, show: groupOf,
		create: func(c caller, id uuid.UUID, m *members) (commands.Command, func(groupAnswer) any) {
			e, datacenters := readGroup(c.states.Directory(), m)
			return commands.CreateGroup{ID: id, Datacenters: or(datacenters, nil), Group: events.GroupCreated{
				Name: or(e.Name, ""), Datacenter: or(e.Datacenter, uuid.Nil), Permissions: or(e.Permissions, nil)}}, nil
		},
		update: func(c caller, id uuid.UUID, m *members) commands.Command {
			e, datacenters := readGroup(c.states.Directory(), m)
			return commands.UpdateGroup{ID: id, Change: e, Datacenters: datacenters}
		},
		remove: func(id uuid.UUID) commands.Command { return commands.DeleteGroup{ID: id} },
	}
}

// readGroup reads what a request says about a group, and the datacenters that it is attached to.
func readGroup(dir *commands.Directory, m *members) (e events.GroupUpdated, datacenters *[]uuid.UUID) {
	e = events.GroupUpdated{Name: member[string](m, "name"), Datacenter: datacenterNamed(dir, clearable[string](m, "dc_bound")),
		Permissions: clearable[[]string](m, "permissions")}
	if names := clearable[[]string](m, "datacenters"); names != nil {
		ids := make([]uuid.UUID, len(*names))
		for i, name := range *names {
			ids[i] = *datacenterNamed(dir, &name)
		}
		datacenters = &ids
	}
	return e, datacenters
}
