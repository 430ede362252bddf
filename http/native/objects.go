package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"accountd/commands"
	"accountd/projections"
)

// Replayed returns the resources of which [Objects] has objects.
func Replayed() []string {
	return []string{"users", "datacenters", "groups", "clients", "applications"}
}

// Objects returns a resource's objects as lists show them, for those who have a View of their own.
func Objects(v *projections.View, resource string) ([]json.RawMessage, error) {
	switch resource {
	case "users":
		return userObjects(v)
	case "datacenters":
		return datacenters().objects(v.Snapshot())
	case "groups":
		return groups().objects(v.Snapshot())
	case "clients":
		return clients().objects(v.Snapshot())
	case "applications":
		return applications().objects(v.Snapshot())
	}
	return nil, fmt.Errorf("there is no resource %q", resource)
}

func userObjects(v *projections.View) (out []json.RawMessage, err error) {
	all, err := v.List(projections.Query{Scope: commands.Scope{All: true}, Limit: v.Snapshot().Len()})
	for _, u := range all.Users {
		j := userJSON(time.Time{}, named(v.Snapshot().Directory()), u)
		out = append(out, bytes.Clone(j.Bytes()))
		j.Free()
	}
	return out, err
}

func (k things[T, A]) objects(s *projections.Snapshot) (out []json.RawMessage, err error) {
	for _, one := range k.all(s.Directory()) {
		object, err := json.Marshal(k.show(s, s.Directory(), one))
		if err != nil {
			return nil, err
		}
		out = append(out, object)
	}
	return out, nil
}
