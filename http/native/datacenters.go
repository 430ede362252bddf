package native

import (
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) datacenterCalls() call.Noun {
	return call.Noun{
		Tag: openapi.Tag{Name: "Datacenters", About: "Locations to which users are bound and groups are " +
			"attached."},
		Calls: datacenters().Calls(a.Kernel),
	}
}

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
	out := datacenterAnswer{ID: d.ID, Number: d.Number, Name: d.Name, Public: d.Public,
		Groups:    groupNames(dir, d.Groups),
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

func datacenters() call.Collection[*commands.Datacenter, datacenterAnswer] {
	name, null := openapi.Filled(openapi.Line(call.LongName)), openapi.Nullable
	owner, groups := null(openapi.Text()), null(openapi.Set(openapi.Text(), call.LongName))
	return call.Collection[*commands.Datacenter, datacenterAnswer]{
		Name: "datacenters", One: "datacenter",
		All:  (*commands.Directory).Datacenters,
		ByID: (*commands.Directory).Datacenter, Absent: commands.NoDatacenter,
		Show: datacenterOf,
		New: call.Body{Members: map[string]openapi.Schema{"name!": name, "owner": owner,
			"public": null(openapi.Truth()), "groups": groups},
			Example: map[string]any{"name": "east", "owner": "grace"}},
		Change: call.Body{Members: map[string]openapi.Schema{"name": name, "owner": owner, "public": openapi.Truth(),
			"groups": groups},
			Example: map[string]any{"public": true}},
		Create: func(c call.Caller, id uuid.UUID, m *call.Members) (commands.Command, func(datacenterAnswer) any) {
			e := readDatacenter(c, m)
			return commands.CreateDatacenter{ID: id, Datacenter: events.DatacenterCreated{
				Name: call.Or(e.Name, ""), Owner: call.Or(e.Owner, uuid.Nil), Public: call.Or(e.Public, false),
				Groups: call.Or(e.Groups, nil)}}, nil
		},
		Update: func(c call.Caller, id uuid.UUID, m *call.Members) commands.Command {
			return commands.UpdateDatacenter{ID: id, Change: readDatacenter(c, m)}
		},
		Remove: func(id uuid.UUID) commands.Command { return commands.DeleteDatacenter{ID: id} },
	}
}

// readDatacenter reads what a request says about a datacenter. The owner is named by username, e-mail address or UUID.
func readDatacenter(c call.Caller, m *call.Members) events.DatacenterUpdated {
	return events.DatacenterUpdated{Name: call.Member[string](m, "name"),
		Owner:  userNamed(c, call.Clearable[string](m, "owner")),
		Public: call.Member[bool](m, "public"),
		Groups: groupsNamed(c.States.Directory(), call.Clearable[[]string](m, "groups"))}
}
