package danube

import (
	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

type groupAnswer struct {
	DCBound     bool      `json:"dc_bound"`
	Name        string    `json:"name"`
	Alias       string    `json:"alias"`
	Permissions []string  `json:"permissions"`
	Users       []string  `json:"users"`
	Created     string    `json:"created"`
	DCs         *[]string `json:"dcs,omitempty"`
}

// showGroup shows a group, which in the original may have an alias, too; here that is its name.
func (x *exchange) showGroup() error {
	g, err := x.group()
	if err != nil {
		return err
	}
	extended, err := x.in.truth("extended", false)
	if err != nil {
		return err
	}
	return x.succeed(x.groupOf(g, extended))
}

// group returns the group that the path names, if the caller may see it. From then on the request is one in the group's
// datacenter.
func (x *exchange) group() (*commands.Group, error) {
	if err := x.mayList(); err != nil {
		return nil, err
	}
	g := x.states.Directory().GroupByName(x.params["group"])
	if g == nil || g.Name != x.params["group"] {
		return nil, noGroup()
	}
	if !commands.MaySeeGroup(x.states, x.actor, g) {
		return nil, forbidden()
	}
	x.enterDatacenter(g.Datacenter)
	return g, nil
}

func (x *exchange) groupOf(g *commands.Group, extended bool) groupAnswer {
	a := groupAnswer{DCBound: g.Datacenter != uuid.Nil, Name: g.Name, Alias: g.Name,
		Permissions: append([]string{}, g.Permissions...), Users: []string{}, Created: stamp(g.CreatedAt)}
	x.states.Members(events.Aggregate{Kind: events.KindGroup, ID: g.ID}, func(u *commands.User) bool {
		a.Users = append(a.Users, u.Username)
		return true
	})
	if extended {
		dcs := x.attached(g.ID)
		a.DCs = &dcs
	}
	return a
}
