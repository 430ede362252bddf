package commands

import (
	"encoding/json"
	"slices"

	"accountd/events"
)

// ResourceKinds are the kinds of another system's objects that may be linked to a user.
var ResourceKinds = []string{"server", "vm", "node", "storage", "network", "image", "template", "iso_image", "domain"}

// maxResources bounds how many resources may be linked to a user.
const maxResources = 10_000

func decideLink(s States, a Actor, u *User, c LinkResource) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	r := c.Resource
	if !slices.Contains(ResourceKinds, r.Kind) {
		return nil, refuse(Invalid, "kind_invalid", "kind", "There is no such kind of resource.")
	}
	if r.ID == "" {
		return nil, refuse(Invalid, "id_required", "id", "A resource needs an id.")
	}
	if err := checkText("id", r.ID, maxName, false); err != nil {
		return nil, err
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

func decideUnlink(s States, a Actor, u *User, c UnlinkResource) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(u.Resources, sameResource(c.Kind, c.ResourceID)) {
		return nil, refuse(NotFound, "resource_not_found", "", "No such resource belongs to the account.")
	}
	return one(events.ResourceUnlinked{Kind: c.Kind, ID: c.ResourceID})
}
