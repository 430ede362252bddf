package commands

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/events"
)

// NoResource is the Refusal of a resource that is not linked to the user.
func NoResource() *Refusal {
	return refuse(NotFound, "resource_not_found", "", "No such resource belongs to the account.")
}

// LinkResource records that another system's object belongs to the user, or gives a linked one new name and data.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (too_many).
type LinkResource struct {
	ID       uuid.UUID
	Resource events.ResourceLinked
}

// Of names the user.
func (c LinkResource) Of() events.Aggregate { return events.User(c.ID) }

func (c LinkResource) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c LinkResource) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	return linked(u, c.Resource)
}

// linked decides that the resource belongs to the user as it is given.
func linked(u *User, r events.ResourceLinked) ([]events.Event, error) {
	if !slices.Contains(ResourceKinds, r.Kind) {
		return nil, refuse(Invalid, "kind_invalid", "kind", "There is no such kind of resource.")
	}
	if r.ID == "" {
		return nil, refuse(Invalid, "id_required", "id", "A resource needs an id.")
	}
	if err := checkText("id", r.ID, maxName, false); err != nil {
		return nil, err
	}
	if r.ID == "." || r.ID == ".." {
		return nil, refuse(Invalid, "id_invalid", "id", "This id could not stand in a path.")
	}
	if err := checkText("name", r.Name, maxName, false); err != nil {
		return nil, err
	}
	if len(r.Data) > maxOpaque || r.Data != "" && !json.Valid([]byte(r.Data)) {
		return nil, refuse(Invalid, "data_invalid", "data", "The data is not JSON of at most %d bytes.", maxOpaque)
	}
	if slices.Contains(u.Resources, r) {
		return nil, nil
	}
	if err := tooMany(len(u.Resources), maxResources, "resources"); err != nil {
		return nil, err
	}
	return one(r)
}

// UnlinkResource records that another system's object no longer belongs to the user.
//
// Refusals: NotFound, Forbidden.
type UnlinkResource struct {
	ID         uuid.UUID
	Kind       string
	ResourceID string
}

// Of names the user.
func (c UnlinkResource) Of() events.Aggregate { return events.User(c.ID) }

func (c UnlinkResource) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UnlinkResource) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.Resource(c.Kind, c.ResourceID); !ok {
		return nil, NoResource()
	}
	return one(events.ResourceUnlinked{Kind: c.Kind, ID: c.ResourceID})
}

// UpdateResource changes what its fields name of a resource that is linked to the user; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden.
type UpdateResource struct {
	ID         uuid.UUID
	Kind       string
	ResourceID string
	Name       *string
	Data       *string // a merge patch (RFC 7396) in JSON
}

// Of names the user.
func (c UpdateResource) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateResource) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateResource) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	r, ok := u.Resource(c.Kind, c.ResourceID)
	if !ok {
		return nil, NoResource()
	}
	set(&r.Name, c.Name)
	if c.Data != nil {
		r.Data = mergedData(r.Data, *c.Data)
	}
	return linked(u, r)
}

// mergedData returns the data after a merge patch, nothing for null.
func mergedData(data, patch string) string {
	var value, change any
	_ = decodeJSON(data, &value) // no data is no value
	if decodeJSON(patch, &change) != nil {
		return patch // which is then refused
	}
	merged := mergePatch(value, change)
	if merged == nil {
		return ""
	}
	text, _ := json.Marshal(merged) // it was read from JSON
	return string(text)
}

// decodeJSON reads a value and keeps its numbers as they are written.
func decodeJSON(text string, v *any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d.Decode(v)
}

// mergePatch returns the value after the patch (RFC 7396).
func mergePatch(value, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch // it takes the value's place
	}
	members, _ := value.(map[string]any) // what is no object has none
	merged := map[string]any{}
	maps.Copy(merged, members)
	for name, change := range changes {
		if change == nil {
			delete(merged, name)
			continue
		}
		merged[name] = mergePatch(members[name], change)
	}
	return merged
}

// ResourceKinds are the kinds of another system's objects that may be linked to a user.
var ResourceKinds = []string{"server", "vm", "node", "storage", "network", "image", "template", "iso_image", "domain"}

// maxResources bounds how many resources may be linked to a user.
const maxResources = 10_000

func sameResource(kind, id string) func(events.ResourceLinked) bool {
	return func(l events.ResourceLinked) bool { return l.Kind == kind && l.ID == id }
}

// Resource returns the resource of that kind and id that is linked to the user.
func (u *User) Resource(kind, id string) (events.ResourceLinked, bool) {
	for _, r := range u.Resources {
		if r.Kind == kind && r.ID == id {
			return r, true
		}
	}
	return events.ResourceLinked{}, false
}
