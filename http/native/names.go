package native

import (
	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
)

// unknown is the id of nothing. A name that nothing has leads to it, so that whether there is such a thing is told only
// to those who may ask: commands look at rights first.
var unknown = uuid.Max

// datacenterNamed returns the datacenter of that name.
func datacenterNamed(dir *commands.Directory, name *string) *uuid.UUID {
	if name == nil || *name == "" {
		return zeroOf(name)
	}
	if d := dir.DatacenterByName(*name); d != nil {
		return &d.ID
	}
	return &unknown
}

// groupsNamed returns the groups of those names.
func groupsNamed(dir *commands.Directory, names *[]string) *[]uuid.UUID {
	if names == nil {
		return nil
	}
	ids := make([]uuid.UUID, len(*names))
	for i, name := range *names {
		ids[i] = unknown
		if g := dir.GroupByName(name); g != nil {
			ids[i] = g.ID
		}
	}
	return &ids
}

// parentOf returns the user of that id.
func parentOf(id *string) *uuid.UUID {
	if id == nil || *id == "" {
		return zeroOf(id)
	}
	if parent := call.ParseID(*id); parent != uuid.Nil {
		return &parent
	}
	return &unknown
}

func userNamed(c call.Caller, name *string) *uuid.UUID {
	if name == nil || *name == "" {
		return zeroOf(name)
	}
	if u := c.States.UserByName(*name); u != nil {
		return &u.ID
	}
	id := call.ParseID(*name)
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

// naming returns what the datacenter or the group of that id is called, or was at the time that is shown; false: there
// is none.
type naming func(kind events.Kind, id uuid.UUID) (name string, ok bool)

// named is what things are called in the Directory.
func named(dir *commands.Directory) naming {
	return func(kind events.Kind, id uuid.UUID) (name string, ok bool) {
		if kind == events.KindDatacenter {
			d := dir.Datacenter(id)
			if d == nil {
				return "", false
			}
			return d.Name, true
		}
		g := dir.Group(id)
		if g == nil {
			return "", false
		}
		return g.Name, true
	}
}
