package native

import (
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
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

func datacenters() things[*commands.Datacenter, datacenterAnswer] {
	return things[*commands.Datacenter, datacenterAnswer]{
		name: "datacenters", one: "datacenter", all: (*commands.Directory).Datacenters, byID: (*commands.Directory).Datacenter, absent: commands.NoDatacenter,
		show: datacenterOf,
		create: func(c caller, id uuid.UUID, m *members) (commands.Command, func(datacenterAnswer) any) {
			e := c.readDatacenter(m)
			return commands.CreateDatacenter{ID: id, Datacenter: events.DatacenterCreated{
				Name: or(e.Name, ""), Owner: or(e.Owner, uuid.Nil), Public: or(e.Public, false), Groups: or(e.Groups, nil)}}, nil
		},
		update: func(c caller, id uuid.UUID, m *members) commands.Command {
			return commands.UpdateDatacenter{ID: id, Change: c.readDatacenter(m)}
		},
		remove: func(id uuid.UUID) commands.Command { return commands.DeleteDatacenter{ID: id} },
	}
}

// readDatacenter reads what a request says about a datacenter. The owner is named by username, e-mail address or UUID.
func (c caller) readDatacenter(m *members) events.DatacenterUpdated {
	return events.DatacenterUpdated{Name: member[string](m, "name"), Owner: c.userNamed(clearable[string](m, "owner")),
		Public: member[bool](m, "public"), Groups: groupsNamed(c.states.Directory(), clearable[[]string](m, "groups"))}
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
