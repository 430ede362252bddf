package danube

import (
	"net/http"

	"github.com/google/uuid"

	"accountd/commands"
)

// named returns the user of exactly that username, nil when there is none.
func (x *exchange) named(username string) *commands.User {
	if u := x.states.UserByName(username); u != nil && u.Username == username {
		return u
	}
	return nil
}

func (x *exchange) isSuperAdmin() bool { return commands.IsSuperAdmin(x.states, x.actor) }

// administered returns the datacenters of which the caller administers the users.
func (x *exchange) administered() []uuid.UUID {
	return commands.AdministeredDatacenters(x.states, x.actor)
}

// mayList refuses callers who administer nobody.
func (x *exchange) mayList() error {
	if !x.isSuperAdmin() && len(x.administered()) == 0 {
		return denied()
	}
	return nil
}

// target returns the user whom the path names, if the caller may act on that user. From then on the request is one in
// the datacenter that this user is bound to, unless it is the caller's own account.
func (x *exchange) target() (*commands.User, error) {
	name := x.params["username"]
	if name == x.caller.Username {
		return x.caller, nil
	}
	if err := x.mayList(); err != nil {
		return nil, err
	}
	u := x.named(name)
	if u == nil {
		return nil, noUser()
	}
	if !x.isSuperAdmin() && !commands.MayAdminister(x.states, x.actor, u) {
		return nil, forbidden()
	}
	x.enterDatacenter(u.Datacenter)
	return u, nil
}

// enterDatacenter makes the request one in that datacenter, if there is one.
func (x *exchange) enterDatacenter(id uuid.UUID) {
	if d := x.states.Directory().Datacenter(id); d != nil {
		x.dc = d
	}
}

// datacenter returns the datacenter of that name, if the caller may see it: a super admin each, others those that are
// public, the one that everybody begins in, and those that they own or are in a group of.
func (x *exchange) datacenter(name string) (*commands.Datacenter, error) {
	d := x.states.Directory().DatacenterByName(name)
	if d == nil || d.Name != name || !x.sees(d) {
		return nil, noDatacenter()
	}
	return d, nil
}

func (x *exchange) sees(d *commands.Datacenter) bool {
	if x.isSuperAdmin() || d.Public || d.ID == x.home().ID || d.Owner == x.caller.ID {
		return true
	}
	for _, g := range x.caller.Groups {
		if d.Attached(g) {
			return true
		}
	}
	return false
}

// withToken refuses callers who have not logged in: a key shall not get at keys.
func (x *exchange) withToken() error {
	if x.byKey {
		return detailed{http.StatusForbidden, notPermitted}
	}
	return nil
}
