package commands

import (
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// Of names the administrator.
func (c SetUp) Of() events.Aggregate { return events.User(c.ID) }

// decide decides one command after another, each on what the ones before it make true.
func (c SetUp) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if !a.IsService() {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the service sets itself up.")
	}
	if s.LastNumber(events.DatacenterNumber) > 0 {
		return nil, refuse(Taken, "already_set_up", "", "The service has been set up before.")
	}
	o := newOverlay(s)
	var out []events.Draft
	for _, each := range c.Commands {
		drafts, err := Decide(o, a, each)
		if err != nil {
			return nil, err
		}
		o.add(a, drafts)
		out = append(out, drafts...)
	}
	return out, nil
}

// changeable refuses to change what does not exist, or has another version than the Command is for, and who may not.
func changeable[P entry](e P, version uint64, may error, absent func() *Refusal) error {
	var none P
	switch {
	case may != nil:
		return may
	case e == none:
		return absent()
	}
	return checkVersion(e.Base().Version, version)
}

// drafted returns the Event as the aggregate's only Draft.
func drafted(of events.Aggregate, key events.KeyID, e events.Event) ([]events.Draft, error) {
	return []events.Draft{{Aggregate: of, Key: key, Event: e}}, nil
}

// checkName holds the name of something in the Directory to the common rules.
func checkName(name string) error {
	if name == "" {
		return refuse(Invalid, "name_required", "name", "A name is needed.")
	}
	return checkText("name", name, maxName, false)
}

// checkPathName holds a name that can stand in a path to the common rules.
func checkPathName(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if !fitsPath(name) {
		return refuse(Invalid, "name_invalid", "name", "This name could not stand in a path.")
	}
	return nil
}

// checkExisting refuses ids of which one is not there, and repeated ones.
func checkExisting(field string, ids []uuid.UUID, there func(uuid.UUID) bool) error {
	for i, id := range ids {
		if !there(id) {
			return noSuch(field)
		}
		if slices.Contains(ids[:i], id) {
			return refuse(Invalid, "repeated", field, "Each may be named once.")
		}
	}
	return nil
}

// noSuch says that what a field names does not exist.
func noSuch(field string) *Refusal {
	switch field {
	case "datacenter", "datacenters", "dc_bound":
		return refuse(Invalid, "datacenter_not_found", field, "There is no such datacenter.")
	case "groups":
		return refuse(Invalid, "group_not_found", field, "There is no such group.")
	case "client_id":
		return refuse(Invalid, "client_not_found", field, "There is no such client.")
	}
	return refuse(Invalid, "user_not_found", field, "There is no such user.")
}

// hasMembers reports whether any user belongs to the datacenter, group, client or parent.
func hasMembers(s States, of events.Aggregate) bool {
	found := false
	s.Members(of, func(*User) bool {
		found = true
		return false
	})
	return found
}

func keepsMembers(what string) *Refusal {
	return refuse(Conflict, "has_members", "", "Users still belong to this %s.", what)
}
