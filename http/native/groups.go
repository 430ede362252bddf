package native

import (
	"maps"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) groupCalls() call.Noun {
	return call.Noun{
		Tag:   openapi.Tag{Name: "Groups", About: "Users with permissions in datacenters."},
		Calls: groups().Calls(a.Kernel),
	}
}

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
	out := groupAnswer{ID: g.ID, Number: g.Number, Name: g.Name, Permissions: call.OrEmpty(g.Permissions),
		Datacenters: []string{},
		CreatedAt:   g.CreatedAt, UpdatedAt: g.UpdatedAt}
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

func groups() call.Collection[*commands.Group, groupAnswer] {
	name, text, null := openapi.Filled(openapi.Line(call.LongName)), openapi.Text(), openapi.Nullable
	made := map[string]openapi.Schema{"name!": name, "dc_bound": null(text),
		"datacenters": null(openapi.Set(text, call.LongName)),
		"permissions": null(openapi.List(openapi.Matching(`[a-z][a-z0-9_]{0,63}`)))}
	changed := maps.Clone(made)
	delete(changed, "name!")
	changed["name"] = name
	return call.Collection[*commands.Group, groupAnswer]{
		Name: "groups", One: "group",
		All: (*commands.Directory).Groups, ByID: (*commands.Directory).Group,
		Absent: commands.NoGroup, Show: groupOf,
		New: call.Body{Members: made, Example: map[string]any{"name": "main-admins", "dc_bound": "main",
			"permissions": []string{"admin", "user_admin"}, "datacenters": []string{"main"}}},
		Change: call.Body{Members: changed, Example: map[string]any{"permissions": []string{"admin"}}},
		Create: func(c call.Caller, id uuid.UUID, m *call.Members) (commands.Command, func(groupAnswer) any) {
			e, datacenters := readGroup(c.States.Directory(), m)
			return commands.CreateGroup{ID: id, Datacenters: call.Or(datacenters, nil), Group: events.GroupCreated{
				Name: call.Or(e.Name, ""), Datacenter: call.Or(e.Datacenter, uuid.Nil),
				Permissions: call.Or(e.Permissions, nil)}}, nil
		},
		Update: func(c call.Caller, id uuid.UUID, m *call.Members) commands.Command {
			e, datacenters := readGroup(c.States.Directory(), m)
			return commands.UpdateGroup{ID: id, Change: e, Datacenters: datacenters}
		},
		Remove: func(id uuid.UUID) commands.Command { return commands.DeleteGroup{ID: id} },
	}
}

// readGroup reads what a request says about a group, and the datacenters that it is attached to.
func readGroup(dir *commands.Directory, m *call.Members) (e events.GroupUpdated, datacenters *[]uuid.UUID) {
	e = events.GroupUpdated{Name: call.Member[string](m, "name"),
		Datacenter:  datacenterNamed(dir, call.Clearable[string](m, "dc_bound")),
		Permissions: call.Clearable[[]string](m, "permissions")}
	if names := call.Clearable[[]string](m, "datacenters"); names != nil {
		ids := make([]uuid.UUID, len(*names))
		for i, name := range *names {
			ids[i] = *datacenterNamed(dir, &name)
		}
		datacenters = &ids
	}
	return e, datacenters
}
